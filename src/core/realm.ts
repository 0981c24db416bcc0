/** What differs between the products that share one engine. */
export interface Realm {
  readonly id: 'i99dash';
  readonly label: string;
  readonly defaultBackendUrl: string;
  readonly environment: {
    readonly backendUrl: string;
    /** Variables that hold a credential, the strongest first. */
    readonly credentials: readonly string[];
  };
}

export const developerRealm: Realm = {
  id: 'i99dash',
  label: 'i99dash',
  defaultBackendUrl: 'https://api.i99dash.app',
  environment: {
    backendUrl: 'I99DASH_BACKEND_URL',
    credentials: ['I99DASH_TOKEN', 'I99DASH_API_KEY'],
  },
};
