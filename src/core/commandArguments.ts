import { I99dashError } from './errors';
import { PROJECT_KINDS } from './projectKind';
import { t } from './text/l10n';

/** Upper limit for paths, names and notes, in UTF-16 units. */
const MAX_ARGUMENT = 32_768;

/** Upper limit for the texts of a list. */
const MAX_TEXTS = 1_000;

/**
 * `folder` and `file` are a path or the URI of a local folder or file. A list holds the allowed
 * values.
 */
type ArgumentKind = 'text' | 'texts' | 'flag' | 'folder' | 'file' | readonly string[];

type ArgumentKinds = Readonly<Record<string, ArgumentKind>>;

const PUBLISH_ARGUMENTS: ArgumentKinds = {
  folder: 'folder',
  bundle: 'folder',
  track: 'text',
  releaseNotes: 'text',
  dryRun: 'flag',
  confirmed: 'flag',
};
const ADD_KEY_ARGUMENTS: ArgumentKinds = {
  publicKeyPath: 'text',
  name: 'text',
  purpose: ['login', 'attest'],
  confirmed: 'flag',
};
const APP_ARGUMENTS: ArgumentKinds = {
  appId: 'text',
  version: 'text',
  releaseNotes: 'text',
  confirmed: 'flag',
};

/**
 * The arguments of each command, by command ID. Commands not listed take no arguments, or a tree
 * item.
 */
const COMMANDS: Readonly<Record<string, ArgumentKinds>> = {
  'i99dash.signIn': {
    method: ['ssh', 'agent', 'token', 'deviceCode'],
    keyPath: 'text',
    passphrase: 'text',
    token: 'text',
    ignoreEnvironment: 'flag',
    confirmed: 'flag',
  },
  'i99dash.validate': { folder: 'folder' },
  'i99dash.publish': PUBLISH_ARGUMENTS,
  'i99dash.publishTheme': PUBLISH_ARGUMENTS,
  'i99dash.publishToBeta': PUBLISH_ARGUMENTS,
  'i99dash.dryRun': PUBLISH_ARGUMENTS,
  'i99dash.saveBundle': { folder: 'folder', output: 'file', confirmed: 'flag' },
  'i99dash.makeMiniApp': { folder: 'folder', name: 'text', category: 'text' },
  'i99dash.createProject': {
    kind: PROJECT_KINDS.map(({ id }) => id),
    folder: 'folder',
    name: 'text',
    category: 'text',
    open: 'flag',
  },
  'i99dash.checkSetup': {},
  'i99dash.preview': { folder: 'folder', confirmed: 'flag' },
  'i99dash.stopPreview': { folder: 'folder' },
  'i99dash.previewTheme': { folder: 'folder' },
  'i99dash.status': { appId: 'text' },
  'i99dash.addKey': ADD_KEY_ARGUMENTS,
  'i99dash.removeKey': { id: 'text', confirmed: 'flag' },
  'i99dash.replaceKey': { keyPath: 'text', passphrase: 'text', confirmed: 'flag' },
  'i99dash.generateKey': { path: 'text', passphrase: 'text', comment: 'text' },
  'i99dash.copyPublicKey': { publicKeyPath: 'text', openConsole: 'flag' },
  'i99dash.setUpCi': { folder: 'folder', name: 'text', confirmed: 'flag' },
  'i99dash.listTesters': { appId: 'text' },
  'i99dash.inviteTesters': { appId: 'text', usernames: 'texts', confirmed: 'flag' },
  'i99dash.removeTester': { appId: 'text', userId: 'text', confirmed: 'flag' },
  'i99dash.openAppInWebConsole': APP_ARGUMENTS,
  'i99dash.promoteToBeta': APP_ARGUMENTS,
  'i99dash.promoteToProduction': APP_ARGUMENTS,
  'i99dash.endBeta': APP_ARGUMENTS,
  'i99op.signIn': {
    baseUrl: 'text',
    keyPath: 'text',
    passphrase: 'text',
    token: 'text',
    confirmed: 'flag',
  },
  'i99op.addKey': ADD_KEY_ARGUMENTS,
};

/** Checks whether a command takes an arguments object. */
export function takesArguments(id: string): boolean {
  return Object.hasOwn(COMMANDS, id);
}

/**
 * Validates the argument of a command. Keybindings, tasks and other extensions can pass anything,
 * and a `dryRun` that is a string must not end in a publish. `null` counts as no argument. Unknown
 * fields are ignored.
 * @throws VALIDATION_FAILED
 */
export function readArguments(id: string, given: unknown): Record<string, unknown> {
  if (given === undefined || given === null) {
    return {};
  }
  if (typeof given !== 'object' || Array.isArray(given)) {
    const message = t('{0} can be called with an object, and with nothing else.', id);
    throw new I99dashError('VALIDATION_FAILED', message);
  }
  const kinds = Object.entries(COMMANDS[id] ?? {});
  const fields = kinds.map(([name, kind]) => [name, readField(given, name, kind)] as const);
  return Object.fromEntries(fields.filter(([, value]) => value !== undefined));
}

/**
 * Reads one field.
 * @returns undefined when the field is missing or null
 * @throws VALIDATION_FAILED
 */
function readField(given: object, name: string, kind: ArgumentKind): unknown {
  try {
    const value = (given as Record<string, unknown>)[name] ?? undefined;
    if (value === undefined || fits(value, kind)) {
      return value;
    }
  } catch {
    // A getter or a proxy passed by another extension may throw.
  }
  throw new I99dashError('VALIDATION_FAILED', describeArgument(name, kind));
}

function fits(value: unknown, kind: ArgumentKind): boolean {
  switch (kind) {
    case 'flag':
      return typeof value === 'boolean';
    case 'text':
      return isText(value);
    case 'texts':
      return Array.isArray(value) && value.length <= MAX_TEXTS && value.every(isText);
    case 'folder':
    case 'file':
      return isText(value) || isFileUri(value);
    default:
      return isText(value) && kind.includes(value);
  }
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.length <= MAX_ARGUMENT;
}

/**
 * Checks for the `file` scheme: URIs of virtual workspaces have an `fsPath` too, but it does not
 * name that file on this computer.
 */
function isFileUri(value: unknown): boolean {
  const { scheme, fsPath } = value as { scheme?: unknown; fsPath?: unknown };
  return scheme === 'file' && isText(fsPath);
}

function describeArgument(name: string, kind: ArgumentKind): string {
  switch (kind) {
    case 'flag':
      return t('“{0}” must be true or false.', name);
    case 'text':
      return t('“{0}” must be a text of at most {1} characters.', name, MAX_ARGUMENT);
    case 'texts':
      return t('“{0}” must be a list of at most {1} texts.', name, MAX_TEXTS);
    case 'folder':
      return t('“{0}” must be a folder on this computer: its path or its file URI.', name);
    case 'file':
      return t('“{0}” must be a file on this computer: its path or its file URI.', name);
    default:
      return t('“{0}” must be one of these: {1}.', name, kind.join(', '));
  }
}
