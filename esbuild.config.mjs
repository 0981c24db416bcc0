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
 * esbuild splits code only for ES modules, and VS Code's oldest supported host loads an extension
 * best as CommonJS. So the bundle is split as ES modules, and every file is then converted to
 * CommonJS: `import()` of a part becomes a `require` when the part is first used.
 *
 * Everything that the extension's entry imports immediately is joined with it into one file,
 * because each extra file costs activation about a millisecond. Parts that are loaded later reach
 * these modules through one-line stand-in files. Modules that the workers load too are also in a
 * file of their own, because the workers cannot load the entry.
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

/** A namespace import would copy the whole VS Code API into an object of its own in each module. */
function requireVscode(text) {
  return text.replace(
    /\bimport\s*\*\s*as ([\w$]+)\s+from\s*"vscode"/gu,
    'const $1=require("vscode")',
  );
}

/** Returns the file in which the worker finds modules that the extension's entry contains. */
function workerFile(file) {
  return file.replace('.js', '.worker.js');
}

function partName(joined, file) {
  return `part${joined.indexOf(file)}`;
}

/**
 * Returns code that re-exports a part of the entry.
 * @param own the file that contains the exports for the worker, if it needs them
 */
function standIn(part, own) {
  const entry = `./${basename(EXTENSION)}`;
  return own === undefined
    ? `module.exports=require("${entry}").${part};\n`
    : `const entry=require.cache[require.resolve("${entry}")];` +
        `module.exports=entry?entry.exports.${part}:require("./${basename(own)}");\n`;
}

/**
 * Returns the modules of the extension's file: its own, those joined with it, and one that exports
 * them all.
 */
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
 * @param modules its ES modules by file; their other imports stay external
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
      // Required once, however many modules need it.
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

/** Returns the files that a file imports, including itself. */
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

/** Returns the metafile entries for the files as they are written. */
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

/**
 * Leaves out HTTP/2, which undici uses only when it is allowed: loading `node:http2` takes half as
 * long as loading the rest of the transport.
 */
const withoutHttp2 = {
  name: 'without-http2',
  setup(pluginBuild) {
    pluginBuild.onLoad({ filter: /undici[\\/]lib[\\/]dispatcher[\\/]client-h2\.js$/ }, () => ({
      contents: 'module.exports = () => { throw new Error("HTTP/2 is not allowed"); };',
    }));
  },
};

const options = {
  entryPoints: {
    extension: 'src/extension.ts',
    // Runs in its own process: packs and checks large files.
    publishWorker: 'src/core/publish/publishWorker.ts',
    // Runs in its own thread: derives keys from passphrases.
    keyWorker: 'src/core/ssh/keyWorker.ts',
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
  plugins: [splitCommonJs, localizedTexts, withoutHttp2],
};

if (watch) {
  await (await context(options)).watch();
} else {
  await build(options);
}
