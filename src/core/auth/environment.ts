import { I99dashError } from '../errors';
import { t } from '../l10n';

/** A credential that the environment holds. It wins over everything stored and is written nowhere. */
export interface EnvironmentCredential {
  variable: string;
  token: string;
}

/** The first of the variables that is set and wanted, read anew at every call. */
export function environmentCredential(
  variables: readonly string[],
  isWanted: (credential: EnvironmentCredential) => boolean = () => true,
): EnvironmentCredential | undefined {
  return variables
    .map((variable) => ({ variable, token: process.env[variable]?.trim() ?? '' }))
    .find((credential) => credential.token !== '' && isWanted(credential));
}

/** NOT_SIGNED_IN, for a credential of the environment that the backend does not accept. */
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
