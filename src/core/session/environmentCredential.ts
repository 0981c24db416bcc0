import { I99dashError } from '../errors';
import { t } from '../text/l10n';

/**
 * A credential from the environment. It takes precedence over everything stored and is never
 * written.
 */
export interface EnvironmentCredential {
  variable: string;
  token: string;
}

/** Returns the first variable that is set and accepted. Reads the environment on each call. */
export function environmentCredential(
  variables: readonly string[],
  isWanted: (credential: EnvironmentCredential) => boolean = () => true,
): EnvironmentCredential | undefined {
  return variables
    .map((variable) => ({ variable, token: process.env[variable]?.trim() ?? '' }))
    .find((credential) => credential.token !== '' && isWanted(credential));
}

/** Creates the error NOT_SIGNED_IN for a credential of the environment that the backend rejects. */
export function refusedCredential({ variable }: EnvironmentCredential): I99dashError {
  return new I99dashError(
    'NOT_SIGNED_IN',
    t(
      'The backend does not accept the credential in the environment variable {0}. Replace it, or unset it, where VS Code is started.',
      variable,
    ),
    { variable },
  );
}
