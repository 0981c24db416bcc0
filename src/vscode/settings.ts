import * as vscode from 'vscode';
import { parseBackendUrl } from '../core/api/backendUrl';
import type { NetworkConfiguration } from '../core/http/networkConfiguration';
import { abbreviateHome, absoluteFromHome } from '../core/platform/homePath';
import type { Realm } from '../core/realm';

/**
 * The only module that accesses the configuration. Each value is read on use, so a change takes
 * effect at once.
 */
export const settings = {
  /**
   * Returns the current backend, from the environment or else from the setting.
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

  /** Returns the current backend for display, or the reason why it is rejected. */
  backendUrlOrReason(realm: Realm): string {
    try {
      return settings.backendUrl(realm);
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  },

  /**
   * Saves a backend in the user settings.
   * @param backendUrl As `parseBackendUrl` returns it.
   */
  setBackendUrl: async (realm: Realm, backendUrl: string): Promise<void> => {
    const value = backendUrl === realm.defaultBackendUrl ? undefined : backendUrl;
    await vscode.workspace
      .getConfiguration()
      .update(`${realm.id}.backendUrl`, value, vscode.ConfigurationTarget.Global);
  },

  /** Whether the operator features are enabled. */
  operatorEnabled: (): boolean => get('i99op.enabled', false),

  webConsoleUrl: (): string => get('i99dash.webConsoleUrl', 'https://dev.i99dash.app'),

  /** Returns the absolute path of the key. */
  keyPath: (): string => absoluteFromHome(getOfMachine('i99dash.ssh.keyPath', '~/.ssh/id_ed25519')),

  /**
   * Saves the key to sign in with in the user settings.
   * @param path Absolute path.
   */
  setKeyPath: async (path: string): Promise<void> => {
    const configuration = vscode.workspace.getConfiguration();
    const target = vscode.ConfigurationTarget.Global;
    await configuration.update('i99dash.ssh.keyPath', abbreviateHome(path), target);
  },

  /** Whether to use keys of the ssh-agent. */
  useAgent: (): boolean => getOfMachine('i99dash.ssh.useAgent', true),

  /** Returns the socket of the agent, or '' to use the one of the environment. */
  agentSocket: (): string => getOfMachine('i99dash.ssh.agentSocket', ''),

  statusBarVisible: () => getWord('i99dash.statusBar.visible', ['auto', 'always', 'never']),

  /**
   * Returns the default track of a mini-app.
   * @param folder The folder of the mini-app. Each folder may have its own setting.
   */
  defaultTrack: (folder: vscode.Uri) =>
    getWord('i99dash.publish.defaultTrack', ['production', 'beta'], folder),

  /**
   * Whether `confirmed: true` in command arguments is accepted. Only the user settings count, not
   * those of a workspace or any other source that VS Code merges.
   */
  acceptConfirmed: (): boolean =>
    vscode.workspace.getConfiguration().inspect('i99dash.commands.acceptConfirmed')?.globalValue ===
    true,

  /**
   * Checks whether the workspace settings select another track for a folder than the user settings
   * would.
   */
  isTrackFromWorkspace: (folder: vscode.Uri): boolean => {
    const key = 'i99dash.publish.defaultTrack';
    const known = vscode.workspace.getConfiguration(undefined, folder).inspect(key);
    const own = known?.globalValue === 'beta' ? 'beta' : 'production';
    return settings.defaultTrack(folder) !== own;
  },

  confirmPublish: () => getWord('i99dash.publish.confirm', ['production', 'always', 'never']),

  /**
   * Returns the network configuration from VS Code's own settings and the environment. Ignores
   * `http.proxyStrictSSL`: certificates are always verified.
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

/** Returns a setting. A value of the wrong type, which settings.json may contain, is ignored. */
function get<T>(key: string, fallback: T, resource?: vscode.Uri): T {
  return fitting(
    vscode.workspace.getConfiguration(undefined, resource).get<unknown>(key),
    fallback,
  );
}

/** Returns a setting that selects a credential of this machine. Workspace settings are ignored. */
function getOfMachine<T>(key: string, fallback: T): T {
  const found = vscode.workspace.getConfiguration().inspect<unknown>(key);
  return fitting(found?.globalValue ?? found?.defaultValue, fallback);
}

function fitting<T>(value: unknown, fallback: T): T {
  const fits = typeof value === typeof fallback && Array.isArray(value) === Array.isArray(fallback);
  return fits ? (value as T) : fallback;
}

/**
 * Returns a setting that is one of several words. The first word is the default, which also
 * replaces an unknown word.
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
