import * as vscode from 'vscode';
import type { LockInfo } from '../../core/publish/publishLock';
import { Click } from '../ui/consent';
import { plainText } from '../ui/plainText';
import { runCommand } from '../ui/runCommand';

/** The delay after the start, in milliseconds, so that this does not slow down the editor. */
const DELAY_MS = 3_000;
/** The delay before the next search while a lock is held, in milliseconds. */
const AGAIN_MS = 15_000;

/**
 * Reports publishes that were interrupted when their window ended, and removes their locks and
 * bundles. Waits a moment after the start. While a lock is held it searches again, because the
 * closed window's extension host may still be ending, and other windows may crash.
 */
export function tellInterruptedPublishes(
  lockFolder: string,
  againMs = AGAIN_MS,
): vscode.Disposable {
  let isDisposed = false;
  const search = async (): Promise<void> => {
    const { collectStaleLocks, hasLocks } = await import('../../core/publish/publishLock');
    (await collectStaleLocks(lockFolder)).forEach(tell);
    if ((await hasLocks(lockFolder)) && !isDisposed) {
      timer = setTimeout(() => void search(), againMs);
    }
  };
  let timer = setTimeout(() => {
    void search();
    void import('../../core/publish/bundle/bundleFolder').then(({ removeAbandonedBundles }) =>
      removeAbandonedBundles(),
    );
  }, DELAY_MS);
  return new vscode.Disposable(() => {
    isDisposed = true;
    clearTimeout(timer);
  });
}

function tell(note: LockInfo): void {
  const { appId, folder, stage } = note;
  const again = {
    label: vscode.l10n.t('Publish Again'),
    run: () => runCommand('i99dash.publish', new Click({ folder: vscode.Uri.file(folder) })),
  };
  const showStatus = {
    label: vscode.l10n.t('Show Status'),
    run: () => runCommand('i99dash.status', { appId }),
  };
  const isUnsent = stage === 'preparing' || stage === 'uploading';
  const steps = isUnsent ? [again] : [showStatus, again];
  void vscode.window
    .showWarningMessage(plainText(describe(note)), ...steps.map(({ label }) => label))
    .then((picked) => steps.find(({ label }) => label === picked)?.run());
}

/** Describes what happened, and whether the backend may have received the version. */
function describe({ appId, version, stage }: LockInfo): string {
  switch (stage) {
    case 'preparing':
      return vscode.l10n.t(
        "{0} {1} wasn't finished because its window was closed. Nothing was sent.",
        appId,
        version,
      );
    case 'uploading':
      return vscode.l10n.t(
        "{0} {1} wasn't finished because its window was closed. Nothing was submitted.",
        appId,
        version,
      );
    default:
      return vscode.l10n.t(
        "{0} {1} wasn't finished because its window was closed. It may have been sent.",
        appId,
        version,
      );
  }
}
