import { t } from '../../l10n';
import type { BundleFile } from '../files';
import type { RuleId } from '../rules';

interface SecretName {
  rule: RuleId;
  /** Follows the file's name. */
  text: string;
}

/** `.env` and `.env.*`; those that show which variables there are hold no values. */
const ENV_FILE = /^\.env(?:\.(?!(?:example|sample|template)$).*)?$/iu;
/** The names ssh-keygen gives, with what people append, and any other `id_…` without an extension. */
const KEY_FILE =
  /^id_(?:[a-z0-9_-]+|(?:rsa|dsa|ecdsa|ed25519|xmss)[a-z0-9_-]*\.(?!pub$)[a-z0-9]+)$/iu;

/** The rule that a file breaks by its name alone, or by that of the file it links to, and why. */
export function secretName({
  name,
  linksTo = '',
}: Pick<BundleFile, 'name' | 'linksTo'>): SecretName | undefined {
  return byName(name) ?? byName(linksTo);
}

function byName(name: string): SecretName | undefined {
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
