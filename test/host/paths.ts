import path from 'node:path';

/** The root of the repository. */
export const repositoryRoot = path.resolve(__dirname, '../..');

/** Where everything fetched for tests lives, as `@vscode/test-electron` has it too. */
export const vscodeTestDir = path.join(repositoryRoot, '.vscode-test');

/** The executable to give to `runTests` as `vscodeExecutablePath`. */
export const launcherPath = path.join(repositoryRoot, 'test/host/launcher.mjs');

/** Where tarballs are kept until they are unpacked. */
export const downloadDir = path.join(vscodeTestDir, 'downloads');
