import { isAbsolute } from 'node:path';

/** A package manager call in a shell command, which runs scripts of a package.json. */
export interface ScriptCall {
  /** Names of scripts; `all` if any of them may run. */
  names: readonly string[] | 'all';
  /** The folder of the call, relative to that of the command. */
  folder: string;
  /** False if it also runs scripts of other packages. */
  isComplete: boolean;
}

/** UTF-16 units. Only the beginning of a longer command is parsed, so the result is incomplete. */
const MAX_LENGTH = 8 * 1024;

const MANAGERS: ReadonlySet<string> = new Set(['npm', 'pnpm', 'yarn', 'yarnpkg', 'bun']);
/** Programs that run scripts by name patterns. */
const SCRIPT_RUNNERS: ReadonlySet<string> = new Set([
  ...['npm-run-all', 'npm-run-all2', 'run-s', 'run-p', 'run-z', 'concurrently', 'conc', 'wireit'],
]);
/** Programs that run scripts of other packages. */
const REPOSITORY_RUNNERS: ReadonlySet<string> = new Set(['lerna', 'turbo', 'nx', 'rush', 'wsrun']);
/** The most words of a call that are parsed. */
const MAX_WORDS = 100;
/** The most folders that a command may have changed to. */
const MAX_FOLDERS = 8;
const RUN_WORDS: ReadonlySet<string> = new Set(['run', 'run-script', 'rum', 'urn']);
const SHORT_NAMES: Readonly<Record<string, readonly string[]>> = {
  t: ['test'],
  tst: ['test'],
  restart: ['stop', 'restart', 'start'],
  'install-test': ['install', 'test'],
  it: ['install', 'test'],
};
const INSTALL_WORDS: ReadonlySet<string> = new Set([
  ...['install', 'i', 'in', 'ins', 'isntall', 'add', 'ci', 'clean-install', 'ic', 'rebuild', 'rb'],
  ...['install-test', 'it', 'update', 'up', 'link', 'ln', 'dedupe', 'pack', 'publish', 'version'],
  ...['remove', 'rm', 'uninstall', 'un', 'upgrade', 'import', 'prune'],
]);
/**
 * Scripts that installing, packing and publishing run automatically, each with its `pre` and `post`
 * hook.
 */
const LIFECYCLE = [
  ...['install', 'prepublish', 'prepare', 'pack', 'publish', 'version', 'uninstall'],
  ...['prepublishOnly', 'dependencies'],
];
const OTHER_PACKAGES =
  /^(?:-w|-ws|-r|-F|--workspaces?|--recursive|--filter(?:-prod)?|--all|--parallel|workspaces?|foreach)(?:=|$)/u;
/** Options whose value is the next word. */
const FOLDER_OPTIONS: ReadonlySet<string> = new Set(['--prefix', '-C', '--cwd', '--dir']);
const VALUE_OPTIONS: ReadonlySet<string> = new Set([
  ...['--loglevel', '--script-shell', '--registry', '--userconfig', '--reporter', '--cache'],
]);

/**
 * Finds package manager calls in a shell command, including those in quotes and subshells. Prefers
 * false positives to missed calls, because the results are only shown and compared, never run.
 */
export function findScriptCalls(command: string): ScriptCall[] {
  let calls: ScriptCall[] = [];
  // A `cd` may apply to a subshell only, or also to the commands after it.
  const folders = ['.'];
  let isComplete = command.length <= MAX_LENGTH;
  for (const words of splitSegments(command.slice(0, MAX_LENGTH))) {
    if (/^(?:cd|pushd|chdir)$/u.test(words[0] ?? '')) {
      const target = words.slice(1).find((word) => !/^[-/][A-Za-z]?$/u.test(word)) ?? '.';
      folders.push(join(folders.at(-1) ?? '.', target));
      isComplete &&= folders.length <= MAX_FOLDERS && !/[$%~*?]/u.test(target);
      continue;
    }
    for (const [index, word] of words.entries()) {
      const call = readCall(findProgram(word), words.slice(index + 1, index + 1 + MAX_WORDS));
      if (call !== undefined) {
        const { folder, ...rest } = call;
        const places = folders.slice(0, MAX_FOLDERS).map((from) => join(from, folder));
        calls = calls.concat(places.map((place) => ({ ...rest, folder: place })));
      }
    }
  }
  const unique = new Map(calls.map((call) => [JSON.stringify(call), call]));
  return [...unique.values(), ...(isComplete ? [] : [{ names: [], folder: '.', isComplete }])];
}

function join(folder: string, path: string): string {
  return isAbsolute(path) ? path : `${folder}/${path}`;
}

/**
 * Returns the words of each simple command. Quotes and brackets also end one, because they may
 * contain a command.
 */
function splitSegments(command: string): string[][] {
  return command
    .replace(/[\\^]\r?\n/gu, ' ')
    .replace(/(["'])([^\s"'`;&|(){}]*)\1/gu, '$2') // unquote single words
    .split(/[;&|\r\n"'`(){}]+/u)
    .map((segment) => segment.split(/\s+/u).filter((word) => word !== ''))
    .filter((words) => words.length > 0);
}

/** Returns the name of a program without its path and its Windows extension. */
function findProgram(word: string): string {
  const name = word.slice(Math.max(word.lastIndexOf('/'), word.lastIndexOf('\\')) + 1);
  return name.replace(/\.(?:cmd|exe|ps1|js|cjs|mjs)$/iu, '').toLowerCase();
}

function readCall(program: string, args: readonly string[]): ScriptCall | undefined {
  if (SCRIPT_RUNNERS.has(program) || REPOSITORY_RUNNERS.has(program)) {
    return { names: 'all', folder: '.', isComplete: SCRIPT_RUNNERS.has(program) };
  }
  if (program === 'node') {
    const at = args.findIndex((arg) => /^--run(?:=|$)/u.test(arg));
    const name = args[at]?.split('=')[1] ?? args[at + 1];
    return at < 0 || name === undefined
      ? undefined
      : { names: [name], folder: '.', isComplete: true };
  }
  if (!MANAGERS.has(program)) {
    return undefined;
  }
  const { words, folder, isComplete } = readOptions(args);
  return { names: listNames(words), folder, isComplete };
}

/** Returns the words that are not options, and the folder that the options set. */
function readOptions(args: readonly string[]): {
  words: string[];
  folder: string;
  isComplete: boolean;
} {
  const words: string[] = [];
  let folder = '.';
  let isComplete = args.length < MAX_WORDS;
  for (let index = 0; index < args.length && args[index] !== '--'; index++) {
    const arg = args[index] ?? '';
    const [name = '', value] = arg.split('=', 2);
    if (OTHER_PACKAGES.test(arg)) {
      isComplete = false;
    } else if (FOLDER_OPTIONS.has(name)) {
      folder = value ?? args[++index] ?? '.';
      isComplete &&= !/[$%~*?]/u.test(folder);
    } else if (VALUE_OPTIONS.has(name)) {
      index += value === undefined ? 1 : 0;
    } else if (!arg.startsWith('-')) {
      words.push(arg);
    }
  }
  return { words, folder, isComplete };
}

/** @param words the words of the call, such as `run build` */
function listNames(words: readonly string[]): readonly string[] | 'all' {
  const [first, second] = words;
  if (first === undefined) {
    return LIFECYCLE; // `yarn` without arguments installs
  }
  if (RUN_WORDS.has(first)) {
    return second === undefined || isPattern(second) ? 'all' : [second];
  }
  const known = SHORT_NAMES[first] ?? [first];
  return INSTALL_WORDS.has(first) ? [...known, ...LIFECYCLE] : known;
}

/**
 * Checks for a name pattern, as pnpm and others accept, or a shell variable, which may be any name.
 */
function isPattern(name: string): boolean {
  return /[*?$%/!]/u.test(name);
}
