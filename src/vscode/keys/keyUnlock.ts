import { join } from 'node:path';
import * as vscode from 'vscode';
import type { KeyUnlock } from '../../core/ssh/formats/keyContainer';
import { bcryptInWorker } from '../../core/ssh/keyWorkerClient';
import { openKeyFile } from '../../core/ssh/privateKey';
import type { Signer } from '../../core/platform/interfaces';
import { withDelayedProgress } from '../ui/progress';

/** The built worker lies beside the file that this module is built into. */
const WORKER = join(__dirname, 'keyWorker.js');

/**
 * Opens an encrypted key file; when that takes a while, a notification says so and lets the user
 * cancel.
 * @throws CancelledError, and as {@link openKeyFile}
 */
export function unlockKeyFile(path: string, passphrase: string): Promise<Signer> {
  return withUnlock(vscode.l10n.t('Opening the key…'), passphrase, (unlock) =>
    openKeyFile(path, unlock),
  );
}

/** Runs a task that derives a key from a passphrase, with a notification when it takes a while. */
export function withUnlock<T>(
  title: string,
  passphrase: string,
  task: (unlock: KeyUnlock) => Promise<T>,
): Promise<T> {
  return withDelayedProgress(title, (signal) =>
    task({ passphrase, deriveBcrypt: bcryptInWorker(WORKER), signal }),
  );
}
