/** The differences between the products that share this engine. */
export interface Realm {
  readonly id: 'i99dash' | 'i99op';
  readonly label: string;
  readonly defaultBackendUrl: string;
  readonly environment: {
    /** The variable that overrides the backend setting. */
    readonly backendUrl?: string;
    /** Variables that may hold a credential, in order of precedence. */
    readonly credentials: readonly string[];
  };
  /** Client ID for device code sign-in. Undefined when the product does not offer it. */
  readonly deviceClientId?: string;
}

export const developerRealm: Realm = {
  id: 'i99dash',
  label: 'i99dash',
  defaultBackendUrl: 'https://api.i99dash.app',
  environment: {
    backendUrl: 'I99DASH_BACKEND_URL',
    credentials: ['I99DASH_TOKEN', 'I99DASH_API_KEY'],
  },
  // Assumed: it is not documented publicly.
  deviceClientId: 'sdk-i99dash',
};

export const operatorRealm: Realm = {
  id: 'i99op',
  label: 'i99op',
  defaultBackendUrl: 'https://i99op.i99dash.app',
  environment: { credentials: [] },
};
