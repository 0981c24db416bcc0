import * as vscode from 'vscode';
import { I99dashError } from '../../core/errors';
import { settings } from '../settings';
import type { Operator } from './operator';

const SETTING = 'i99op.enabled';

/** Has the operator's half loaded while the setting says so, and let go when it does not. */
export class OperatorFeature implements vscode.Disposable {
  private loading: Promise<Operator> | undefined;
  private readonly subscription: vscode.Disposable;

  /** @param load makes the operator's half */
  constructor(private readonly load: () => Promise<Operator>) {
    this.subscription = vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration(SETTING)) {
        this.follow();
      }
    });
    this.follow();
  }

  /**
   * The operator's half, for a command.
   * @throws NOT_SIGNED_IN while it is switched off
   */
  async require(): Promise<Operator> {
    this.follow();
    if (this.loading === undefined) {
      throw new I99dashError(
        'NOT_SIGNED_IN',
        vscode.l10n.t('The commands for support operators are switched off.'),
        { setting: SETTING },
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
        this.loading = this.loading === loading ? undefined : this.loading; // the next command tries anew
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
