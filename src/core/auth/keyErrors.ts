import { I99dashError } from '../errors';
import { t } from '../l10n';

/** For a private key file whose content contradicts its format or itself. */
export function damagedKey(path: string): I99dashError {
  return new I99dashError('KEY_UNREADABLE', t('The key at {0} is damaged.', path), { file: path });
}

export function wrongPassphrase(path: string): I99dashError {
  const message = t('This is not the passphrase of {0}.', path);
  return new I99dashError('KEY_WRONG_PASSPHRASE', message, { file: path });
}

/** For a key that is encrypted with an algorithm that we do not have, where no command is known to help. */
export function unknownEncryption(path: string): I99dashError {
  const message = t(
    'The key at {0} is encrypted in a way that cannot be read here. Export it again from the program that made it, or use another key.',
    path,
  );
  return new I99dashError('KEY_UNREADABLE', message, { file: path });
}

/** @param command rewrites the key in a form that we read */
export function rewritableEncryption(path: string, command: string): I99dashError {
  const message = t(
    'The key at {0} is encrypted in a way that cannot be read here. Rewrite it with: {1}',
    path,
    command,
  );
  return new I99dashError('KEY_UNREADABLE', message, { file: path });
}
