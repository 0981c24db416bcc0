import * as vscode from 'vscode';
import { getKind } from '../../core/projectKind';
import type { LockInfo } from '../../core/publish/publishLock';
import { Click } from '../ui/consent';
import { plainText } from '../ui/plainText';
import { commandStep, showOutcome } from '../ui/stepButtons';

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

function tell(lock: LockInfo): void {
  const { appId, folder, stage } = lock;
  const kind = getKind(lock.kind);
  const click = new Click({ folder: vscode.Uri.file(folder) });
  const again = commandStep(vscode.l10n.t('Publish Again'), 'i99dash.publish', click);
  const isUnsent = stage === 'preparing' || stage === 'uploading';
  const steps = isUnsent ? [again] : [showOutcome(appId, kind.isListed), again];
  void vscode.window
    .showWarningMessage(plainText(describe(lock, kind.name())), ...steps.map(({ label }) => label))
    .then((picked) => steps.find(({ label }) => label === picked)?.run());
}

/**
 * Describes what happened, and whether the backend may have received the version.
 * @param kind what a project of the kind is called
 */
function describe({ appId, version, stage }: LockInfo, kind: string): string {
  switch (stage) {
    case 'preparing':
      return vscode.l10n.t(
        "{0} {1} ({2}) wasn't finished because its window was closed. Nothing was sent.",
        appId,
        version,
        kind,
      );
    case 'uploading':
      return vscode.l10n.t(
        "{0} {1} ({2}) wasn't finished because its window was closed. Nothing was submitted.",
        appId,
        version,
        kind,
      );
    default:
      return vscode.l10n.t(
        "{0} {1} ({2}) wasn't finished because its window was closed. It may have been sent.",
        appId,
        version,
        kind,
      );
  }
}
