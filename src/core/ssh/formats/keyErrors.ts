import { I99dashError } from '../../errors';
import { t } from '../../text/l10n';

/** Creates the error for a private key file that is inconsistent with its format or itself. */
export function damagedKey(path: string): I99dashError {
  return new I99dashError('KEY_UNREADABLE', t('The key at {0} is damaged.', path), { file: path });
}

export function wrongPassphrase(path: string): I99dashError {
  const message = t('This is not the passphrase of {0}.', path);
  return new I99dashError('KEY_WRONG_PASSPHRASE', message, { file: path });
}

/** Creates the error for an unsupported encryption when no command is known to convert the key. */
export function unknownEncryption(path: string): I99dashError {
  const message = t(
    'The key at {0} is encrypted in a way that cannot be read here. Export it again from the program that made it, or use another key.',
    path,
  );
  return new I99dashError('KEY_UNREADABLE', message, { file: path });
}

/**
 * Creates the error for an unsupported encryption that a command can convert.
 * @param command Rewrites the key in a supported format.
 */
export function rewritableEncryption(path: string, command: string): I99dashError {
  const message = t(
    'The key at {0} is encrypted in a way that cannot be read here. Rewrite it with: {1}',
    path,
    command,
  );
  return new I99dashError('KEY_UNREADABLE', message, { file: path });
}

/** Throws an error in an expression. */
export function fail(error: Error): never {
  throw error;
}
