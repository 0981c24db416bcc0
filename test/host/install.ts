import { existsSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { build } from 'esbuild';
import { installOnce } from './install-once';
import { downloadPackage } from './download';
import { npmInstall } from './npm';
import { downloadDir, vscodeTestDir } from './paths';
import { printSteps, type ReportStep } from './steps';
import { unpackTar } from './unpack';
import { hostVersion, type HostVersion } from './versions';

/** An installed VS Code server. */
export interface InstalledHost {
  /** The Node executable that runs the server. */
  readonly node: string;
  /** The server's main module. */
  readonly serverMain: string;
}

// Dependencies that are not needed without a display, large, native or for another platform.
const unneededDependencies =
  /copilot|mxc-sdk|devcontainers|sandbox-runtime|sqlite3|windows|kerberos|ssh2|languagedetection/;
// Source maps and the two largest extensions are more than half of the package.
const unneededFiles = /\.map$|^extensions\/(copilot|mermaid-[^/]*)\//;

// VS Code's own ripgrep package either contains the binaries of all platforms or downloads one
// during installation.
const ripgrep = 'npm:@vscode/ripgrep@1.18.0';

// Native modules that would need a C++ compiler, and their replacements.
const standIns: Readonly<Record<string, string>> = {
  '@vscode/spdlog': 'spdlog.ts',
  '@vscode/native-watchdog': 'watchdog.ts',
  'native-watchdog': 'watchdog.ts',
};

/** Increase this whenever the installed content changes. */
const recipe = 2;

/**
 * Installs the server of a VS Code version under `.vscode-test/` if it is missing.
 * @param version a version that `hostVersion` knows, such as `1.139.1`
 * @throws FetchError when a download fails
 */
export async function installHost(version: string): Promise<InstalledHost> {
  const wanted = hostVersion(version);
  const nodePackage = `node-${process.platform}-${process.arch}@${wanted.nodeMajor}`;
  const dir = await installOnce({
    dir: path.join(vscodeTestDir, `server-${version}`),
    recipe: { recipe, ...wanted, nodePackage },
    fill: (target) => fillHost(target, wanted, nodePackage),
  });
  return {
    node: path.join(dir, 'node'),
    serverMain: path.join(dir, 'vscode/out/server-main.js'),
  };
}

async function fillHost(dir: string, wanted: HostVersion, nodePackage: string): Promise<void> {
  const report = printSteps(`VS Code ${wanted.vscode}`);
  const server = path.join(dir, 'vscode');
  await Promise.all([
    unpackPackage(`code-server@${wanted.codeServer}`, report, (entry) => {
      const name = inside('lib/vscode/', entry);
      if (name === undefined || unneededFiles.test(name)) return undefined;
      return path.join(server, name);
    }),
    unpackPackage(nodePackage, report, (entry) =>
      entry === 'bin/node' ? path.join(dir, 'node') : undefined,
    ),
  ]);
  report('installing dependencies');
  await slimDependencies(server);
  await npmInstall(server, `the dependencies of VS Code ${wanted.vscode}`);
  await replaceNativeModules(server);
  report('installed');
}

/**
 * Downloads a package and unpacks the files that `rename` keeps; it receives names relative to the
 * package.
 */
async function unpackPackage(
  spec: string,
  report: ReportStep,
  rename: (entry: string) => string | undefined,
): Promise<void> {
  const tarball = await downloadPackage(spec, { dir: downloadDir, report });
  await unpackTar(tarball, (entry) => {
    const name = inside('package/', entry);
    return name === undefined ? undefined : rename(name);
  });
  await rm(tarball);
}

function inside(prefix: string, entry: string): string | undefined {
  return entry.startsWith(prefix) ? entry.slice(prefix.length) : undefined;
}

interface Manifest {
  dependencies: Record<string, string>;
}

interface Shrinkwrap {
  packages: Record<string, { version?: string } | undefined>;
}

/**
 * Removes dependencies that a run without a display never needs and pins the others to the versions
 * VS Code was built with. It deletes the shrinkwrap, which includes the removed dependencies and
 * may name a git URL for a package that is in the registry.
 */
async function slimDependencies(server: string): Promise<void> {
  const manifestFile = path.join(server, 'package.json');
  const shrinkwrapFile = path.join(server, 'npm-shrinkwrap.json');
  const manifest = JSON.parse(await readFile(manifestFile, 'utf8')) as Manifest;
  const shrinkwrap = JSON.parse(await readFile(shrinkwrapFile, 'utf8')) as Shrinkwrap;
  const kept = Object.entries(manifest.dependencies).filter(
    ([name]) => !unneededDependencies.test(name),
  );
  const pinned = kept.map(([name, range]) => {
    const version = name.includes('ripgrep')
      ? ripgrep
      : shrinkwrap.packages[`node_modules/${name}`]?.version;
    return [name, version ?? range] as const;
  });
  const slim = { ...manifest, dependencies: Object.fromEntries(pinned), overrides: {} };
  await writeFile(manifestFile, JSON.stringify(slim, undefined, 2));
  await rm(shrinkwrapFile);
}

async function replaceNativeModules(server: string): Promise<void> {
  for (const [name, source] of Object.entries(standIns)) {
    const module = path.join(server, 'node_modules', name);
    if (!existsSync(module)) continue;
    await build({
      entryPoints: [path.join(__dirname, source)],
      outfile: path.join(module, 'index.js'),
      allowOverwrite: true,
      format: 'cjs',
      platform: 'node',
      target: 'node20',
      logLevel: 'error',
    });
  }
}
