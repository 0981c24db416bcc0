import { t } from '../../l10n';
import type { RuleId } from '../rules';

/** `.env` and `.env.*`; those that show which variables there are hold no values. */
const ENV_FILE = /^\.env(?:\.(?!(?:example|sample|template)$).*)?$/iu;
/** The names ssh-keygen gives, with what people append, and any other `id_…` without an extension. */
const KEY_FILE =
  /^id_(?:[a-z0-9_-]+|(?:rsa|dsa|ecdsa|ed25519|xmss)[a-z0-9_-]*\.(?!pub$)[a-z0-9]+)$/iu;

/** The rule that a file breaks by its name alone, and why. */
export function secretName(name: string): { rule: RuleId; text: string } | undefined {
  const base = name.slice(name.lastIndexOf('/') + 1);
  if (ENV_FILE.test(base)) {
    return {
      rule: 'secret.env-file',
      text: t('holds variables of the environment, often secrets'),
    };
  }
  if (KEY_FILE.test(base)) {
    return { rule: 'secret.key-file', text: t('has the name of a private key file') };
  }
  return undefined;
}
