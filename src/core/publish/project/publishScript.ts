import { join, normalize } from 'node:path';
import { PACKAGE_FILE } from '../../miniAppFolder';
import { readTextFile } from '../../platform/readTextFile';
import { parsePackageScripts, type PackageScripts } from './packageScripts';
import { findScriptCalls } from './scriptCalls';

/** UTF-16 units. Longer scripts are not parsed. */
const MAX_LENGTH = 8 * 1024;
/** The most commands that are parsed in all scripts together. */
const MAX_COMMANDS = 500;

/** Words that may precede the client in a call, such as `npx` or `pnpm exec`. */
const LAUNCHERS: ReadonlySet<string> = new Set([
  ...['npx', 'pnpx', 'bunx', 'npm', 'pnpm', 'yarn', 'yarnpkg', 'bun', 'node', 'corepack'],
  ...['exec', 'dlx', 'x', 'run', 'env', 'cross-env', 'dotenv', 'dotenvx', 'command', 'time'],
]);
const CLIENT = /^(?:.*[\\/])?i99dash(?:@[^\s\\/]+)?(?:\.(?:cmd|exe|ps1))?$/iu;
const IN_CLIENT_PACKAGE = /(?:^|[\\/])node_modules[\\/]i99dash[\\/]/iu;
const JAVASCRIPT_FILE = /\.[cm]?js$/iu;
const ASSIGNMENT = /^[A-Za-z_]\w*=/u;
const CHANGES_FOLDER = /(?:^|[\s;&|(])(?:cd|pushd|chdir)\s/u;
/** Runs the named scripts one after the other. */
const SEQUENCE = /^(?:(?:npx|pnpm exec|pnpm|yarn|bunx)\s+)?(?:run-s|npm-run-all)\s+(\S.*)$/u;

/**
 * Quoted text and escaped characters, brackets, and separators of commands. An `&` next to `<`, `>`
 * or another `&` is part of a redirection or of another separator.
 */
const TOKEN = /\\[^]|'[^']*'|"(?:\\[^]|[^"\\])*"|[()]|&&|\|\||\r?\n|;|(?<![<>&])&(?![>&])/gu;

/** A word of a command, or the separator of a pipe. */
const WORD = /\||(?:[^\s"'|]|"[^"]*"|'[^']*')+/gu;

/** A command between two separators of a shell script. */
interface Statement {
  text: string;
  /** Offset of the preceding separator. */
  cut: number;
  /** The preceding separator; empty for the first statement. */
  separator: string;
}

/**
 * Finds the command line that a project's `publish` script runs before it publishes with the
 * i99dash client, such as `pnpm bundle` in `pnpm bundle && i99dash publish`. Includes `prepublish`,
 * and the scripts that `publish` calls on the way to the client.
 * @param scripts the scripts of package.json
 * @returns undefined if the script does not publish with the client, or runs nothing before it
 */
export function findPublishBuild(scripts: PackageScripts): string | undefined {
  const commands = new ClientSearch(scripts).commandsBefore('publish') ?? [];
  const wanted = commands.map((command) => command.trim()).filter((command) => command !== '');
  return wanted.length < 2
    ? wanted[0]
    : wanted.map((command, index) => inShell(command, index < wanted.length - 1)).join(' && ');
}

/**
 * Reads the package.json of a project for {@link findPublishBuild}. Never throws: an unreadable
 * file counts as one without scripts.
 */
export async function readPublishBuild(folder: string): Promise<string | undefined> {
  const text = await readTextFile(join(folder, PACKAGE_FILE)).catch(() => '');
  return findPublishBuild(parsePackageScripts(text));
}

/**
 * Follows the scripts of a package.json to the client. Its methods return undefined if the scripts
 * do not lead there.
 */
class ClientSearch {
  private readonly visited = new Set<string>();
  private commandsLeft = MAX_COMMANDS;

  constructor(private readonly scripts: PackageScripts) {}

  /** Returns the commands that a script, including its `pre` hook, runs before the client. */
  commandsBefore(name: string): string[] | undefined {
    const script = this.scriptOf(name);
    if (script === undefined || this.visited.has(name)) {
      return undefined;
    }
    this.visited.add(name);
    const found = this.commandsInScript(script);
    const hook = this.scriptOf(`pre${name}`);
    return found && (hook === undefined ? found : [hook, ...found]);
  }

  private scriptOf(name: string): string | undefined {
    return Object.hasOwn(this.scripts, name) ? this.scripts[name] : undefined;
  }

  private commandsInScript(script: string): string[] | undefined {
    if (script.length > MAX_LENGTH) {
      return undefined;
    }
    for (const { text, cut, separator } of splitStatements(script)) {
      if (this.commandsLeft-- <= 0) {
        return undefined;
      }
      const before = script.slice(0, cut);
      const inner = isClientPublish(text) ? [] : this.commandsInCall(text, before);
      if (inner !== undefined) {
        // After `||` the client runs only if the previous command failed, so that command is not a
        // build.
        return separator === '||' ? [] : [before, ...inner];
      }
    }
    return undefined;
  }

  /**
   * Returns the commands that run before the client inside another command: a group in brackets, or
   * a call of scripts.
   */
  private commandsInCall(command: string, before: string): string[] | undefined {
    const [, group] = /^\(([^]*)\)$/u.exec(command) ?? [];
    if (group !== undefined) {
      return this.commandsInScript(group);
    }
    if (CHANGES_FOLDER.test(before)) {
      return undefined; // the scripts may be those of another package
    }
    const [, sequence] = SEQUENCE.exec(command) ?? [];
    if (sequence !== undefined) {
      return this.commandsInSequence(sequence.split(/\s+/u));
    }
    const [call, ...others] = findScriptCalls(command);
    const [name, ...otherNames] = call === undefined || call.names === 'all' ? [] : call.names;
    const isOneHere =
      others.length === 0 &&
      otherNames.length === 0 &&
      call?.isComplete === true &&
      normalize(call.folder) === '.';
    return name === undefined || !isOneHere ? undefined : this.commandsBefore(name);
  }

  private commandsInSequence(names: readonly string[]): string[] | undefined {
    for (const [index, name] of names.entries()) {
      const found = this.commandsBefore(name);
      if (found !== undefined) {
        const before = names.slice(0, index).filter((each) => !each.startsWith('-'));
        return [...(before.length === 0 ? [] : [`run-s ${before.join(' ')}`]), ...found];
      }
    }
    return undefined;
  }
}

/** Splits a script into its top-level commands, outside quotes and brackets. */
function splitStatements(script: string): Statement[] {
  const statements: Statement[] = [];
  let [depth, start, cut, separator] = [0, 0, 0, ''];
  for (const { 0: token, index } of script.matchAll(TOKEN)) {
    if (token === '(' || token === ')') {
      depth = Math.max(0, depth + (token === '(' ? 1 : -1));
    } else if (depth === 0 && /^(?:[&|;]|\r?\n)/u.test(token)) {
      statements.push({ text: script.slice(start, index).trim(), cut, separator });
      [start, cut, separator] = [index + token.length, index, token];
    }
  }
  return [...statements, { text: script.slice(start).trim(), cut, separator }];
}

/**
 * Checks whether a command, or a part of a pipe, runs the client's `publish`, however it is
 * launched.
 */
function isClientPublish(command: string): boolean {
  let words: string[] = [];
  const commands = [words];
  for (const [token] of command.matchAll(WORD)) {
    if (token === '|') {
      commands.push((words = []));
    } else {
      words.push(token.replace(/["']/gu, ''));
    }
  }
  return commands.some(launchesPublish);
}

function launchesPublish(words: readonly string[]): boolean {
  const other = words.findIndex((word, index) => !mayLaunch(word, words[index - 1]));
  const launching = other === -1 ? words : words.slice(0, other);
  return launching.some((word, index) => isClient(word) && isPublish(words.slice(index + 1)));
}

/**
 * Checks whether a word may precede the client's command: a launcher, an option or its value, a
 * variable, or the client itself.
 */
function mayLaunch(word: string, previous: string | undefined): boolean {
  const isValue = previous?.startsWith('-') === true && previous !== '--';
  const isLauncher = LAUNCHERS.has(word.replace(/\.(?:cmd|exe|ps1)$/iu, ''));
  return isLauncher || isClient(word) || isValue || word.startsWith('-') || ASSIGNMENT.test(word);
}

function isClient(word: string): boolean {
  const isFile = IN_CLIENT_PACKAGE.test(word) && JAVASCRIPT_FILE.test(word);
  return isFile || CLIENT.test(word);
}

/**
 * Checks whether the words after the client begin with `publish`. A preceding option may have its
 * value as a separate word.
 */
function isPublish(words: readonly string[]): boolean {
  let index = 0;
  while (words[index]?.startsWith('-') === true) {
    const next = words[index + 1];
    const hasValue = /^--[^=]+$/u.test(words[index] ?? '') && next !== 'publish';
    index += hasValue && next?.startsWith('-') === false ? 2 : 1;
  }
  return words[index] === 'publish';
}

/**
 * Returns a command for use inside a longer one. Adds brackets if the next command would bind to
 * its last part only, or would run in a folder that it changes to.
 */
function inShell(command: string, isFollowed: boolean): string {
  const isSimple = isFollowed ? /^[^;&|\n]*$/u : /^(?:[^;&|\n]|&&)*$/u;
  return isSimple.test(command) ? command : `(${command})`;
}
