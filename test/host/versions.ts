/** The packages that run one version of VS Code without a display. */
export interface HostVersion {
  /** The version that `vscode.version` reports. */
  readonly vscode: string;
  /** The version of the npm package `code-server` that carries this VS Code. */
  readonly codeServer: string;
  /** The major version of Node that this VS Code targets. */
  readonly nodeMajor: number;
}

/** The version that tests run in by default. */
export const defaultVersion = '1.139.1';

/** The oldest supported version, as `engines.vscode` in package.json states. */
export const oldestVersion = '1.105.1';

/** Every version that the test host can run, newest first. */
const hostVersions: readonly HostVersion[] = [
  { vscode: defaultVersion, codeServer: '4.139.1', nodeMajor: 24 },
  { vscode: oldestVersion, codeServer: '4.105.1', nodeMajor: 22 },
];

/**
 * Returns the entry of a VS Code version.
 * @throws Error that lists the known versions when there is no such entry
 */
export function hostVersion(vscode: string): HostVersion {
  const found = hostVersions.find((version) => version.vscode === vscode);
  if (found === undefined) {
    const known = hostVersions.map((version) => version.vscode).join(', ');
    throw new Error(`The test host has no VS Code ${vscode}; it knows ${known}.`);
  }
  return found;
}
