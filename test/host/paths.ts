import path from 'node:path';

/** The root of the repository. */
export const repositoryRoot = path.resolve(__dirname, '../..');

/** The folder for everything downloaded for tests, shared with `@vscode/test-electron`. */
export const vscodeTestDir = path.join(repositoryRoot, '.vscode-test');

/** The executable to pass to `runTests` as `vscodeExecutablePath`. */
export const launcherPath = path.join(repositoryRoot, 'test/host/launcher.mjs');

/** The folder that holds tarballs until they are unpacked. */
export const downloadDir = path.join(vscodeTestDir, 'downloads');
