/** The command line of a VS Code launch. */
export interface LaunchArguments {
  /** Folders of the extensions under development. */
  readonly extensions: readonly string[];
  /** The module whose `run()` is the test run. */
  readonly tests: string;
  readonly userDataDir: string;
  readonly extensionsDir: string;
  /** A folder or `.code-workspace` file to open. */
  readonly folder?: string;
  readonly workspaceTrust: boolean;
  /** The display language; English when left out. */
  readonly displayLanguage?: string;
}

/**
 * Parses the arguments that `runTests` of `@vscode/test-electron` passes to VS Code.
 * `--disable-workspace-trust` is always among them, so `--enable-workspace-trust` (ours, not VS
 * Code's) overrides it. Desktop-only options are ignored.
 * @param args without the executable
 * @throws Error when a required argument is missing
 */
export function parseLaunchArguments(args: readonly string[]): LaunchArguments {
  const folder = args.find((arg) => !arg.startsWith('-'));
  const [displayLanguage] = values(args, 'locale');
  return {
    extensions: values(args, 'extensionDevelopmentPath'),
    tests: required(args, 'extensionTestsPath'),
    userDataDir: required(args, 'user-data-dir'),
    extensionsDir: required(args, 'extensions-dir'),
    workspaceTrust: args.includes('--enable-workspace-trust'),
    ...(folder === undefined ? {} : { folder }),
    ...(displayLanguage === undefined ? {} : { displayLanguage }),
  };
}

function values(args: readonly string[], name: string): string[] {
  const prefix = `--${name}=`;
  return args.filter((arg) => arg.startsWith(prefix)).map((arg) => arg.slice(prefix.length));
}

function required(args: readonly string[], name: string): string {
  const value = values(args, name)[0];
  if (value === undefined) throw new Error(`--${name}=… is missing`);
  return value;
}
