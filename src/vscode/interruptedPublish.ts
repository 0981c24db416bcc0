import { basename } from 'node:path';
import * as vscode from 'vscode';
import type { PublishNote } from '../core/publish/publishLock';
import { Click } from './consent';
import { plainText } from './plainText';
import { runQuietly } from './runQuietly';

/** The start of the editor comes first; nobody waits for this. In milliseconds. */
const DELAY_MS = 3_000;

/** Some time after the start, tells of publishes that a window did not live to finish, and removes what they left. */
export function tellInterruptedPublishes(lockFolder: string): vscode.Disposable {
  const timer = setTimeout(() => {
    void import('../core/publish/publishLock')
      .then(({ takeInterrupted }) => takeInterrupted(lockFolder))
      .then((notes) => notes.forEach(tell));
    void import('../core/publish/bundleFolder').then(({ removeAbandonedBundles }) =>
      removeAbandonedBundles(),
    );
  }, DELAY_MS);
  return new vscode.Disposable(() => clearTimeout(timer));
}

function tell({ appId, version, folder }: PublishNote): void {
  const again = vscode.l10n.t('Publish Again');
  void vscode.window
    .showWarningMessage(
      plainText(
        vscode.l10n.t(
          'Publishing {0} {1} from {2} was interrupted: its window closed in the middle.',
          appId,
          version,
          basename(folder),
        ),
      ),
      again,
    )
    .then((picked) =>
      picked === again
        ? runQuietly('i99dash.publish', new Click({ folder: vscode.Uri.file(folder) }))
        : undefined,
    );
}
