import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { delimiter, dirname, isAbsolute, join } from 'node:path';
import { scriptEnvironment } from '../publish/build/projectBuild';

/** The command line that starts the development server of the client. */
export const DEV_COMMAND = 'i99dash dev';
const PROGRAM_NAMES =
  process.platform === 'win32' ? ['i99dash.cmd', 'i99dash.exe', 'i99dash.bat'] : ['i99dash'];

/** The i99dash client of a project. */
export interface Client {
  /** Absolute. */
  program: string;
  /** The environment in which the command line runs this program. */
  env: NodeJS.ProcessEnv;
}

/**
 * Finds the client that a package manager would run for a project: that of its packages or those
 * above it, or else the one in the search path.
 * @param folder the project's absolute folder
 */
export async function findClient(
  folder: string,
  base: NodeJS.ProcessEnv = process.env,
): Promise<Client | undefined> {
  const env = await scriptEnvironment(folder, base);
  const variable = Object.keys(env).find((key) => key.toUpperCase() === 'PATH') ?? 'PATH';
  const path = env[variable] ?? '';
  for (const place of path.split(delimiter).filter(isAbsolute)) {
    for (const name of PROGRAM_NAMES) {
      const program = join(place, name);
      if (await isProgram(program)) {
        return {
          program,
          env: {
            ...env,
            // What was found and named is what runs, also if another client appears meanwhile.
            [variable]: [dirname(program), path].join(delimiter),
            // Windows would look into the project's folder first.
            NoDefaultCurrentDirectoryInExePath: '1',
            npm_lifecycle_event: 'dev',
            // Development servers otherwise open the system's browser.
            BROWSER: 'none',
          },
        };
      }
    }
  }
  return undefined;
}

async function isProgram(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}
