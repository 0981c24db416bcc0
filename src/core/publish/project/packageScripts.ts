import { dirname, join, resolve } from 'node:path';
import { isJsonObject, parseJson } from '../../platform/json';
import { readTextFile } from '../../platform/readTextFile';
import { findScriptCalls, type ScriptCall } from './scriptCalls';

/** The most scripts that are followed. */
const MAX_SCRIPTS = 100;
/** Parent folders in which a package manager looks for package.json. */
const MAX_PARENTS = 64;

interface PackageScript {
  /** Absolute. */
  file: string;
  name: string;
  text: string;
}

/** What is known about the scripts that a command line runs. */
export interface RunText {
  commandLine: string;
  /**
   * The scripts that it runs, including `pre` and `post` hooks and scripts they call, each once.
   */
  scripts: readonly PackageScript[];
  /** False if it also runs scripts that cannot be determined. */
  isComplete: boolean;
}

/** Reads the text of the package scripts that a command line runs. Never throws. */
export async function readRunText(commandLine: string, folder: string): Promise<RunText> {
  const reader = new ScriptReader();
  await reader.follow(commandLine, folder);
  const { found, isComplete } = reader;
  return { commandLine, scripts: [...found.values()], isComplete };
}

/** The `scripts` of a package.json: names and shell commands. */
export type PackageScripts = Readonly<Record<string, string>>;

class ScriptReader {
  readonly found = new Map<string, PackageScript>();
  isComplete = true;
  private readonly packages = new Map<string, Promise<{ file: string; scripts: PackageScripts }>>();

  /** Adds the scripts that a command line or script calls. */
  async follow(text: string, folder: string): Promise<void> {
    for (const call of findScriptCalls(text)) {
      await this.add(call, resolve(folder, call.folder));
    }
  }

  private async add(call: ScriptCall, folder: string): Promise<void> {
    const { file, scripts } = await this.packageOf(folder);
    this.isComplete &&= call.isComplete;
    const names = call.names === 'all' ? Object.keys(scripts) : call.names.flatMap(withHooks);
    for (const name of names) {
      const text = Object.hasOwn(scripts, name) ? scripts[name] : undefined;
      const key = `${file} ${name}`;
      if (text === undefined || this.found.has(key)) {
        continue;
      }
      if (this.found.size >= MAX_SCRIPTS) {
        this.isComplete = false;
        return;
      }
      this.found.set(key, { file, name, text });
      await this.follow(text, dirname(file));
    }
  }

  /** Returns the nearest package.json in a folder or above it. */
  private packageOf(folder: string): Promise<{ file: string; scripts: PackageScripts }> {
    const known = this.packages.get(folder) ?? readNearestPackage(folder);
    this.packages.set(folder, known);
    return known;
  }
}

function withHooks(name: string): string[] {
  return [`pre${name}`, name, `post${name}`];
}

async function readNearestPackage(
  folder: string,
): Promise<{ file: string; scripts: PackageScripts }> {
  let current = folder;
  for (let count = 0; count < MAX_PARENTS; count++) {
    const file = join(current, 'package.json');
    const text = await readTextFile(file).catch(() => undefined);
    if (text !== undefined) {
      return { file, scripts: parsePackageScripts(text) };
    }
    if (dirname(current) === current) {
      break;
    }
    current = dirname(current);
  }
  return { file: join(folder, 'package.json'), scripts: {} };
}

/** Parses the scripts in the text of a package.json; empty if it is not JSON or has no scripts. */
export function parsePackageScripts(text: string): PackageScripts {
  const value = parseJson(text.replace(/^\uFEFF/u, ''))?.value;
  const scripts = isJsonObject(value) ? value['scripts'] : undefined;
  const entries = isJsonObject(scripts) ? Object.entries(scripts) : [];
  return Object.fromEntries(
    entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}
