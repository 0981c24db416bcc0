import * as vscode from 'vscode';
import { parseBackendUrl } from '../core/api/backendUrl';
import type { NetworkConfiguration } from '../core/http/networkConfiguration';
import { abbreviateHome, absoluteFromHome } from '../core/platform/homePath';
import type { Realm } from '../core/realm';

/**
 * The only place that knows the configuration. Every value is read at each use, so a change counts
 * at once.
 */
export const settings = {
  /**
   * The backend in force: the environment's, else the setting's.
   * @throws BACKEND_REFUSED
   */
  backendUrl(realm: Realm): string {
    const variable = realm.environment.backendUrl;
    const fromEnvironment = variable === undefined ? undefined : process.env[variable]?.trim();
    const fromSettings = get<string>(`${realm.id}.backendUrl`, realm.defaultBackendUrl).trim();
    return parseBackendUrl(
      fromEnvironment === undefined || fromEnvironment === '' ? fromSettings : fromEnvironment,
    );
  },

  /** The backend in force as people may read it; why there is none where the client refuses it. */
  backendUrlOrReason(realm: Realm): string {
    try {
      return settings.backendUrl(realm);
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  },

  /** Remembers a backend. @param backendUrl as `parseBackendUrl` returns it */
  setBackendUrl: async (realm: Realm, backendUrl: string): Promise<void> => {
    const value = backendUrl === realm.defaultBackendUrl ? undefined : backendUrl;
    await vscode.workspace
      .getConfiguration()
      .update(`${realm.id}.backendUrl`, value, vscode.ConfigurationTarget.Global);
  },

  /** Whether the operator's half is there. */
  operatorEnabled: (): boolean => get('i99op.enabled', false),

  webConsoleUrl: (): string => get('i99dash.webConsoleUrl', 'https://dev.i99dash.app'),

  /** Absolute. */
  keyPath: (): string => absoluteFromHome(getOfMachine('i99dash.ssh.keyPath', '~/.ssh/id_ed25519')),

  /** Makes this the key to sign in with. @param path absolute */
  setKeyPath: async (path: string): Promise<void> => {
    const configuration = vscode.workspace.getConfiguration();
    const target = vscode.ConfigurationTarget.Global;
    await configuration.update('i99dash.ssh.keyPath', abbreviateHome(path), target);
  },

  /** Whether an ssh-agent is asked for keys. */
  useAgent: (): boolean => getOfMachine('i99dash.ssh.useAgent', true),

  /** Where the agent listens; '' for the environment's. */
  agentSocket: (): string => getOfMachine('i99dash.ssh.agentSocket', ''),

  statusBarVisible: () => getWord('i99dash.statusBar.visible', ['auto', 'always', 'never']),

  /** @param folder the mini-app: each may have its own */
  defaultTrack: (folder: vscode.Uri) =>
    getWord('i99dash.publish.defaultTrack', ['production', 'beta'], folder),

  /**
   * Whether `confirmed: true` in the argument of a command counts. Only the user's own settings say
   * so, whatever a workspace or the place that VS Code merges from may hold.
   */
  acceptConfirmed: (): boolean =>
    vscode.workspace.getConfiguration().inspect('i99dash.commands.acceptConfirmed')?.globalValue ===
    true,

  /** Whether the workspace's settings choose another track for a folder than the user's would. */
  isTrackFromWorkspace: (folder: vscode.Uri): boolean => {
    const key = 'i99dash.publish.defaultTrack';
    const known = vscode.workspace.getConfiguration(undefined, folder).inspect(key);
    const own = known?.globalValue === 'beta' ? 'beta' : 'production';
    return settings.defaultTrack(folder) !== own;
  },

  confirmPublish: () => getWord('i99dash.publish.confirm', ['production', 'always', 'never']),

  /**
   * VS Code's own settings of the network, and the environment. `http.proxyStrictSSL` is not among
   * them: certificates are always checked.
   */
  network: (): NetworkConfiguration => ({
    proxy: {
      support: get('http.proxySupport', 'override'),
      url: get('http.proxy', ''),
      noProxy: get<unknown[]>('http.noProxy', []).filter((entry) => typeof entry === 'string'),
      authorization: get('http.proxyAuthorization', ''),
      environment: process.env,
    },
    trust: {
      systemCertificates: get('http.systemCertificates', true),
      extraFile: process.env['NODE_EXTRA_CA_CERTS'] ?? '',
    },
  }),
};

/** A value of another type than it should have, as settings.json may hold, counts as none. */
function get<T>(key: string, fallback: T, resource?: vscode.Uri): T {
  return fitting(
    vscode.workspace.getConfiguration(undefined, resource).get<unknown>(key),
    fallback,
  );
}

/**
 * As {@link get}, for what names a credential of this machine: whatever a workspace holds does not
 * count.
 */
function getOfMachine<T>(key: string, fallback: T): T {
  const found = vscode.workspace.getConfiguration().inspect<unknown>(key);
  return fitting(found?.globalValue ?? found?.defaultValue, fallback);
}

function fitting<T>(value: unknown, fallback: T): T {
  const fits = typeof value === typeof fallback && Array.isArray(value) === Array.isArray(fallback);
  return fits ? (value as T) : fallback;
}

/**
 * One of several words, the first of which is the default. A word that is misspelt counts as none.
 */
function getWord<T extends string>(
  key: string,
  words: readonly [T, ...T[]],
  resource?: vscode.Uri,
): T {
  const [fallback] = words;
  const value = get<string>(key, fallback, resource);
  return words.find((word) => word === value) ?? fallback;
}
