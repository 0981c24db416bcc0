import { join } from 'node:path';
import * as vscode from 'vscode';
import type { KeyUnlock } from '../../core/ssh/formats/keyContainer';
import { bcryptInWorker } from '../../core/ssh/keyWorkerClient';
import { openKeyFile } from '../../core/ssh/privateKey';
import type { Signer } from '../../core/platform/interfaces';
import { withDelayedProgress } from '../ui/progress';

/** The build puts the worker next to the bundle that contains this module. */
const WORKER = join(__dirname, 'keyWorker.js');

/**
 * Opens an encrypted key file. If that takes a while, shows a notification that lets the user
 * cancel.
 * @throws CancelledError and the errors of {@link openKeyFile}
 */
export function unlockKeyFile(path: string, passphrase: string): Promise<Signer> {
  return withUnlock(vscode.l10n.t('Opening the key…'), passphrase, (unlock) =>
    openKeyFile(path, unlock),
  );
}

/** Runs a task that derives a key from a passphrase. Shows a notification if it takes a while. */
export function withUnlock<T>(
  title: string,
  passphrase: string,
  task: (unlock: KeyUnlock) => Promise<T>,
): Promise<T> {
  return withDelayedProgress(title, (signal) =>
    task({ passphrase, deriveBcrypt: bcryptInWorker(WORKER), signal }),
  );
}
