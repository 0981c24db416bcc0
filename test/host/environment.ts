import path from 'node:path';

/** Environment variables; `undefined` removes an inherited one. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Returns the variables that isolate a test from the user: another home folder, no ssh-agent and no
 * credentials.
 * @param home absolute path of the folder that replaces the home folder
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

// Variables set by VS Code's terminal, a debugger or npm for themselves, not for the server under
// test.
const foreign = /^(VSCODE_|ELECTRON_|npm_|NODE_OPTIONS$|TSX_)/;

/**
 * Returns this process's environment without the variables of its launchers and with the changes
 * applied.
 */
export function childEnvironment(changes: Environment): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !foreign.test(name));
  const merged = Object.entries({ ...Object.fromEntries(own), ...changes });
  return Object.fromEntries(merged.filter(([, value]) => value !== undefined));
}
