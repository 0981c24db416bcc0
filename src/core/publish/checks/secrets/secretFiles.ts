import { t } from '../../../text/l10n';
import type { BundleFile } from '../../bundle/files';
import type { RuleId } from '../../rules/rules';

interface SecretName {
  rule: RuleId;
  /** The message, which follows the file's name. */
  text: string;
}

/** `.env`, `.env.*`, `.envrc` and `*.env`. */
const ENV_FILE = /^(?:\.env(?:rc|\..+)?|[^.].*\.env)$/iu;
/** Environment files that list variables without values: `.env.local.example`, `example.env`. */
const ENV_SAMPLE =
  /^(?:(?:example|sample|template)\.env|.*\.(?:example|sample|template|tpl|dist|defaults?|schema|d\.ts))$/iu;
/**
 * Key files: the names that ssh-keygen uses, with common suffixes, and the formats that hold a
 * private key.
 */
const KEY_FILE =
  /^(?:id_(?:rsa|dsa|ecdsa|ed25519|xmss)[\w-]*(?:\.(?!pub$)[a-z0-9]+)?|.+\.(?:p12|pfx|jks|ppk))$/iu;
/** Files in which programs store credentials, by the ends of their paths. */
const CREDENTIALS_FILE =
  /(?:^|\/)(?:\.git-credentials|[._]netrc|\.yarnrc\.yml|\.pypirc|\.aws\/credentials|\.docker\/config\.json)$/iu;

/**
 * Returns the rule that a file breaks by its name, or by the name of the file it links to, and why.
 */
export function secretName({
  name,
  linksTo = '',
}: Pick<BundleFile, 'name' | 'linksTo'>): SecretName | undefined {
  return byName(name) ?? byName(linksTo);
}

function byName(name: string): SecretName | undefined {
  const base = name.slice(name.lastIndexOf('/') + 1);
  if (ENV_FILE.test(base) && !ENV_SAMPLE.test(base)) {
    return {
      rule: 'secret.env-file',
      text: t('holds variables of the environment, often secrets'),
    };
  }
  if (KEY_FILE.test(base)) {
    return { rule: 'secret.key-file', text: t('has the name of a private key file') };
  }
  if (CREDENTIALS_FILE.test(name)) {
    return {
      rule: 'secret.credentials-file',
      text: t('is a file in which programs keep credentials'),
    };
  }
  return undefined;
}
