/** What differs between the products that share one engine. */
export interface Realm {
  readonly id: 'i99dash' | 'i99op';
  readonly label: string;
  readonly defaultBackendUrl: string;
  readonly environment: {
    /** The variable that wins over the setting of the backend. */
    readonly backendUrl?: string;
    /** Variables that hold a credential, the strongest first. */
    readonly credentials: readonly string[];
  };
  /** Who we are where sign-in with a device code is known; undefined where it never was. */
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
  // Assumed: no public document states it.
  deviceClientId: 'sdk-i99dash',
};

export const operatorRealm: Realm = {
  id: 'i99op',
  label: 'i99op',
  defaultBackendUrl: 'https://i99op.i99dash.app',
  environment: { credentials: [] },
};
