import { build, context } from 'esbuild';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { localizedTexts } from './scripts/l10n.mjs';

const production = process.argv.includes('--production');
const watch = process.argv.includes('--watch');
const OUT = 'dist';
const EXTENSION = `${OUT}/extension.js`;
const WORKERS = [`${OUT}/publishWorker.js`, `${OUT}/keyWorker.js`];

/**
 * esbuild splits code for ES modules alone, and VS Code's oldest supported host loads an extension best as CommonJS. So the bundle is
 * split as ES modules, and every file then becomes CommonJS: `import()` of a part turns into a `require` when the part is first used.
 *
 * What the extension's entry imports at once is written into one file with it: each file more costs activation a millisecond or so. The parts
 * that are loaded later find these modules through a file of one line in their place. What the workers load too is in a file of its own besides,
 * for the workers cannot load the entry.
 */
const splitCommonJs = {
  name: 'split-commonjs',
  setup(pluginBuild) {
    pluginBuild.onEnd(async ({ errors, outputFiles, metafile: { outputs, ...metafile } }) => {
      if (errors.length > 0) {
        return;
      }
      const texts = new Map(
        outputFiles
          .filter(({ path }) => path.endsWith('.js'))
          .map(({ path, text }) => [`${OUT}/${basename(path)}`, requireVscode(text)]),
      );
      const joined = reach(outputs, EXTENSION, ['import-statement']).slice(1);
      const forWorker = WORKERS.flatMap((worker) =>
        reach(outputs, worker, ['import-statement', 'dynamic-import']),
      );
      await rm(OUT, { recursive: true, force: true });
      await mkdir(OUT, { recursive: true });
      for (const [file, text] of texts) {
        if (file === EXTENSION) {
          await writeCommonJs(file, withParts(texts, joined));
        } else if (!joined.includes(file)) {
          await writeCommonJs(file, new Map([[file, text]]));
        } else {
          const own = forWorker.includes(file) ? workerFile(file) : undefined;
          if (own !== undefined) await writeCommonJs(own, new Map([[own, text]]));
          await writeFile(file, standIn(partName(joined, file), own));
        }
      }
      await mkdir('.build', { recursive: true });
      const shared = joined.filter((file) => forWorker.includes(file));
      const written = { ...metafile, outputs: describeJoined(outputs, joined, shared) };
      await writeFile('.build/meta.json', JSON.stringify(written));
    });
  },
};

/** A namespace import would copy the whole of VS Code's API into an object of its own, module by module. */
function requireVscode(text) {
  return text.replace(
    /\bimport\s*\*\s*as ([\w$]+)\s+from\s*"vscode"/gu,
    'const $1=require("vscode")',
  );
}

/** Where the worker has what the extension's entry holds. */
function workerFile(file) {
  return file.replace('.js', '.worker.js');
}

function partName(joined, file) {
  return `part${joined.indexOf(file)}`;
}

/** Code that has the exports of a part of the entry. @param own the file that has them for the worker, if it needs them */
function standIn(part, own) {
  const entry = `./${basename(EXTENSION)}`;
  return own === undefined
    ? `module.exports=require("${entry}").${part};\n`
    : `const entry=require.cache[require.resolve("${entry}")];` +
        `module.exports=entry?entry.exports.${part}:require("./${basename(own)}");\n`;
}

/** The modules of the extension's file: its own, those that are joined with it, and one that exports them all. */
function withParts(texts, joined) {
  const own = `${OUT}/own.js`;
  const exported = joined.map(
    (file) => `export * as ${partName(joined, file)} from "./${basename(file)}";`,
  );
  return new Map([
    [EXTENSION, [`export * from "./${basename(own)}";`, ...exported].join('\n')],
    [own, texts.get(EXTENSION)],
    ...joined.map((file) => [file, texts.get(file)]),
  ]);
}

/**
 * Writes a file as CommonJS.
 * @param modules the ES modules that go into it, by file; what else they import stays outside
 */
async function writeCommonJs(file, modules) {
  const fromModules = {
    name: 'from-modules',
    setup(pluginBuild) {
      pluginBuild.onResolve({ filter: /^\.\/|^dist\// }, ({ path }) => {
        const target = `${OUT}/${basename(path)}`;
        return modules.has(target) ? { path: target, namespace: 'part' } : { path, external: true };
      });
      pluginBuild.onLoad({ filter: /./, namespace: 'part' }, ({ path }) => ({
        contents: modules.get(path),
      }));
      // Asked for once, however many modules need it.
      pluginBuild.onResolve({ filter: /^vscode$/ }, ({ path, namespace }) =>
        namespace === 'part' ? { path, namespace: 'once' } : { path, external: true },
      );
      pluginBuild.onLoad({ filter: /./, namespace: 'once' }, () => ({
        contents: 'module.exports=require("vscode");',
      }));
    },
  };
  await build({
    entryPoints: [file],
    outfile: file,
    bundle: true,
    format: 'cjs',
    platform: 'node',
    target: 'node22',
    supported: { 'dynamic-import': false },
    minify: production,
    sourcemap: !production,
    plugins: [fromModules],
    logLevel: 'error',
  });
}

/** The files that one imports, itself among them. */
function reach(outputs, file, kinds) {
  const found = new Set([file]);
  for (const each of found) {
    for (const { path, kind, external } of outputs[each].imports) {
      if (kinds.includes(kind) && external !== true) {
        found.add(path);
      }
    }
  }
  return [...found];
}

/** What the metafile has to tell of the files as they are written. */
function describeJoined(outputs, joined, shared) {
  const entry = outputs[EXTENSION];
  const parts = joined.map((file) => outputs[file]);
  const stubs = joined.map((file) => [
    file,
    { ...outputs[file], inputs: {}, imports: [{ path: EXTENSION, kind: 'import-statement' }] },
  ]);
  return {
    ...outputs,
    ...Object.fromEntries(stubs),
    ...Object.fromEntries(shared.map((file) => [workerFile(file), outputs[file]])),
    [EXTENSION]: {
      ...entry,
      inputs: Object.assign({}, entry.inputs, ...parts.map(({ inputs }) => inputs)),
      imports: [entry, ...parts]
        .flatMap(({ imports }) => imports)
        .filter(({ path, kind }) => kind !== 'import-statement' || !joined.includes(path)),
    },
  };
}

const options = {
  entryPoints: {
    extension: 'src/extension.ts',
    // Runs in a process of its own: packing and checking what is large.
    publishWorker: 'src/core/publish/publishWorker.ts',
    // Runs in a thread of its own: deriving keys from passphrases.
    keyWorker: 'src/core/auth/keyWorker.ts',
  },
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node22',
  external: ['vscode'],
  outdir: OUT,
  chunkNames: '[name]-[hash]',
  minify: production,
  sourcemap: production ? false : 'inline',
  metafile: true,
  write: false,
  logLevel: 'info',
  plugins: [splitCommonJs, localizedTexts],
};

if (watch) {
  await (await context(options)).watch();
} else {
  await build(options);
}
