import { t } from '../../../text/l10n';
import { isPlaceholder } from '../placeholder';
import { MAX_FOUND, type FoundSecret } from './secretTexts';

/** The beginning of each token form in {@link FORMS}. */
const BEGIN =
  /A[KS]IA|AIza|gh[opsur]_|github_pat_|glpat-|hooks\.slack\.com\/|i99k?_|npm_|[rs]k_live_|sk-|xox[abeoprs]-|ya29\./gu;

/**
 * Token forms as their services document them, by issuer. The group `secret` is the random part.
 *
 * This is our own table instead of secretlint's recommended preset, which is 60 kB of minified code
 * and scans 19 MB/s of text, a fifth of the speed of this table. The preset also lacks our own API
 * keys and JWTs, and needs whole texts, while this code reads files in pieces.
 */
const FORMS: readonly (readonly [issuer: Issuer, form: RegExp])[] = [
  // Assumed: no public document describes the form of our own keys.
  ['i99dash', /i99k?_(?<secret>[\w-]{20,512})/uy],
  // Excludes the scope of a signed request, which is public.
  ['AWS', /A[KS]IA(?<secret>[A-Z0-9]{16})(?![A-Za-z0-9]|(?:\/|%2F)\d{8}(?:\/|%2F))/uy],
  ['GitHub', /(?:gh[opsur]|github_pat)_(?<secret>\w{36,255})(?!\w)/uy],
  ['GitLab', /glpat-(?<secret>[\w-]{20,300})/uy],
  ['Google', /ya29\.(?<secret>[\w-]{20,2048})/uy],
  ['Google Cloud', /AIza(?<secret>[\w-]{35})(?![\w-])/uy],
  ['npm', /npm_(?<secret>[A-Za-z0-9]{36})(?!\w)/uy],
  ['OpenAI', /sk-(?:proj|svcacct|admin)-(?<secret>[\w-]{32,300})/uy],
  ['OpenAI', /sk-(?<secret>(?=[A-Za-z]{0,47}\d)[A-Za-z0-9]{32,64})(?![\w-])/uy],
  ['Slack', /xox[abeoprs]-(?<secret>(?=[a-z-]{0,20}\d)[A-Za-z0-9-]{20,512})/uy],
  [
    'Slack',
    /hooks\.slack\.com\/(?:services|workflows|triggers)\/[\w/]{8,80}\/(?<secret>\w{20,64})/uy,
  ],
  ['Stripe', /[rs]k_live_(?<secret>[A-Za-z0-9]{20,255})/uy],
];

type Issuer =
  | 'i99dash'
  | 'AWS'
  | 'GitHub'
  | 'GitLab'
  | 'Google'
  | 'Google Cloud'
  | 'npm'
  | 'OpenAI'
  | 'Slack'
  | 'Stripe';

/**
 * AWS secret keys have no distinctive form. They are recognized by an access key ID within this
 * many characters.
 */
const AWS_SECRET = /(?<![A-Za-z0-9+/=])[A-Za-z0-9+/]{40}(?![A-Za-z0-9+/=])/gu;
const AWS_DISTANCE = 300;

/**
 * Text that may precede a token: anything but a word character, or an escape in source code or a
 * URL.
 */
const BOUNDARY = /(?:^|[^\w-]|\\[fnrtv]|\\u[\da-f]{4}|%[\da-f]{2})$/iu;
const LONGEST_BOUNDARY = 6;

/** Finds the tokens and keys of well-known services in a text. */
export function findServiceTokens(text: string): FoundSecret[] {
  let found: FoundSecret[] = [];
  for (const { index } of text.matchAll(BEGIN)) {
    if (found.length >= MAX_FOUND) {
      break;
    }
    const before = text.slice(Math.max(0, index - LONGEST_BOUNDARY), index);
    if (BOUNDARY.test(before)) {
      found = found.concat(matchTokens(text, index));
    }
  }
  return found;
}

function matchTokens(text: string, index: number): FoundSecret[] {
  return FORMS.flatMap(([issuer, form]) => {
    form.lastIndex = index;
    const match = form.exec(text);
    if (match === null || isPlaceholder(match.groups?.['secret'] ?? '')) {
      return [];
    }
    const end = index + match[0].length;
    const beside = issuer === 'AWS' ? findAwsSecrets(text, index, end) : [];
    return [describeToken(issuer, index, end), ...beside];
  });
}

function describeToken(issuer: Issuer, start: number, end: number): FoundSecret {
  switch (issuer) {
    case 'i99dash':
      return { rule: 'secret.api-key', text: t('holds an API key of i99dash'), start, end };
    case 'Google Cloud': {
      const words = t(
        'holds an API key of Google, which everybody can read: it must be restricted to this app in the Google Cloud console',
      );
      return { rule: 'secret.google-api-key', text: words, start, end };
    }
    default: {
      const words = t('holds a token or key of {0}', issuer);
      return { rule: 'secret.service-token', text: words, start, end };
    }
  }
}

function findAwsSecrets(text: string, start: number, end: number): FoundSecret[] {
  const from = Math.max(0, start - AWS_DISTANCE);
  return Array.from(text.slice(from, end + AWS_DISTANCE).matchAll(AWS_SECRET))
    .filter(([secret]) => [/[a-z]/u, /[A-Z]/u, /\d/u].every((kind) => kind.test(secret)))
    .map(({ 0: secret, index }) =>
      describeToken('AWS', from + index, from + index + secret.length),
    );
}
