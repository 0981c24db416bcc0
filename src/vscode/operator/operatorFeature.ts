import * as vscode from 'vscode';
import { I99dashError } from '../../core/errors';
import { settings } from '../settings';
import type { Operator } from './operator';

const ENABLED_SETTING = 'i99op.enabled';

/** Loads the operator features while the setting enables them, and unloads them otherwise. */
export class OperatorFeature implements vscode.Disposable {
  private loading: Promise<Operator> | undefined;
  private readonly subscription: vscode.Disposable;

  /**
   * Creates the feature.
   * @param load Creates the operator features.
   */
  constructor(private readonly load: () => Promise<Operator>) {
    this.subscription = vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration(ENABLED_SETTING)) {
        this.follow();
      }
    });
    this.follow();
  }

  /**
   * Returns the operator features for a command.
   * @throws NOT_SIGNED_IN if they are disabled
   */
  async require(): Promise<Operator> {
    this.follow();
    if (this.loading === undefined) {
      throw new I99dashError(
        'NOT_SIGNED_IN',
        vscode.l10n.t('The commands for support operators are switched off.'),
        { setting: ENABLED_SETTING },
      );
    }
    return this.loading;
  }

  dispose(): void {
    this.subscription.dispose();
    this.unload();
  }

  private follow(): void {
    if (!settings.operatorEnabled()) {
      this.unload();
    } else if (this.loading === undefined) {
      const loading = this.load();
      this.loading = loading;
      loading.catch(() => {
        this.loading = this.loading === loading ? undefined : this.loading; // the next command tries again
      });
    }
  }

  private unload(): void {
    this.loading?.then(
      (operator) => operator.dispose(),
      () => undefined,
    );
    this.loading = undefined;
  }
}
