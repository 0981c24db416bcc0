import path from 'node:path';

/** Environment variables; undefined removes one that would be inherited. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * What keeps a test away from its user: another home folder, no ssh-agent and no credentials.
 * @param home absolute path of the folder that takes the home folder's place
 */
export function isolatedEnvironment(home: string): Environment {
  return {
    HOME: home,
    USERPROFILE: home,
    XDG_CONFIG_HOME: path.join(home, '.config'),
    SSH_AUTH_SOCK: undefined,
    I99DASH_TOKEN: undefined,
    I99DASH_API_KEY: undefined,
    I99DASH_BACKEND_URL: undefined,
  };
}

// What VS Code's terminal, a debugger or npm put into the environment is about them, not about the server under test.
const foreign = /^(VSCODE_|ELECTRON_|npm_|NODE_OPTIONS$|TSX_)/;

/** The environment of this process without what its own launchers left in it, and with changes applied. */
export function childEnvironment(changes: Environment): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !foreign.test(name));
  const merged = Object.entries({ ...Object.fromEntries(own), ...changes });
  return Object.fromEntries(merged.filter(([, value]) => value !== undefined));
}
