import { build, context, transform } from 'esbuild';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { basename } from 'node:path';

const production = process.argv.includes('--production');
const watch = process.argv.includes('--watch');
const OUT = 'dist';
const EXTENSION = `${OUT}/extension.js`;
const WORKER = `${OUT}/publishWorker.js`;

const commonJs = {
  format: 'cjs',
  platform: 'node',
  target: 'node22',
  supported: { 'dynamic-import': false },
  minify: production,
};

/**
 * esbuild splits code for ES modules alone, and VS Code's oldest supported host loads an extension best as CommonJS. So the bundle is
 * split as ES modules, and every file then becomes CommonJS: `import()` of a part turns into a `require` when the part is first used.
 */
const splitCommonJs = {
  name: 'split-commonjs',
  setup(pluginBuild) {
    pluginBuild.onEnd(async ({ errors, outputFiles, metafile }) => {
      if (errors.length > 0) {
        return;
      }
      const texts = new Map(
        outputFiles
          .filter(({ path }) => path.endsWith('.js'))
          .map(({ path, text }) => [`${OUT}/${basename(path)}`, requireVscode(text)]),
      );
      await rm(OUT, { recursive: true, force: true });
      await mkdir(OUT, { recursive: true });
      const joined = await joinAtActivation(texts, metafile.outputs);
      for (const [file, text] of texts) {
        if (!joined.has(file)) {
          await writeCode(file, await transform(text, { ...commonJs, ...sourceMap(file) }));
        }
      }
      await mkdir('.build', { recursive: true });
      await writeFile('.build/meta.json', JSON.stringify(metafile));
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

/**
 * Writes the extension's entry and what it imports at once as one file: each file more costs activation a millisecond or so. The parts that are
 * loaded later find these modules through a file of one line in their place. What the worker loads too stays a file of its own.
 * @returns the files that are written
 */
async function joinAtActivation(texts, outputs) {
  const forWorker = reach(outputs, WORKER, ['import-statement', 'dynamic-import']);
  const files = reach(outputs, EXTENSION, ['import-statement']).filter(
    (file) => !forWorker.includes(file) && file !== EXTENSION,
  );
  const names = new Map(files.map((file, index) => [file, `part${index}`]));
  const entry = [`export * from "./${basename(EXTENSION)}";`];
  for (const [file, name] of names) {
    entry.push(`export * as ${name} from "./${basename(file)}";`);
  }
  const inEntry = {
    name: 'in-entry',
    setup(pluginBuild) {
      pluginBuild.onResolve({ filter: /^\.\// }, ({ path }) => {
        const file = `${OUT}/${basename(path)}`;
        const isPart = file === EXTENSION || names.has(file);
        return isPart ? { path: file, namespace: 'part' } : { path, external: true };
      });
      pluginBuild.onLoad({ filter: /./, namespace: 'part' }, ({ path }) => ({
        contents: texts.get(path),
      }));
    },
  };
  const { outputFiles } = await build({
    ...commonJs,
    ...sourceMap(EXTENSION),
    stdin: { contents: entry.join('\n') },
    bundle: true,
    external: ['vscode'],
    outfile: EXTENSION,
    write: false,
    plugins: [inEntry],
  });
  const [code, map] = ['.js', '.map'].map((end) =>
    outputFiles.find(({ path }) => path.endsWith(end)),
  );
  await writeCode(EXTENSION, { code: code.text, map: map?.text });
  for (const [file, name] of names) {
    await writeFile(file, `module.exports=require("./${basename(EXTENSION)}").${name};\n`);
  }
  describeJoined(outputs, files);
  return new Set([EXTENSION, ...files]);
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

/** Has the metafile tell what was written. */
function describeJoined(outputs, files) {
  const entry = outputs[EXTENSION];
  for (const file of files) {
    Object.assign(entry.inputs, outputs[file].inputs);
    entry.imports.push(...outputs[file].imports);
    outputs[file] = {
      ...outputs[file],
      inputs: {},
      imports: [{ path: EXTENSION, kind: 'import-statement' }],
    };
  }
  entry.imports = entry.imports.filter(
    ({ path, kind }) => kind !== 'import-statement' || !files.includes(path),
  );
}

function sourceMap(file) {
  return production ? {} : { sourcemap: 'external', sourcefile: basename(file) };
}

async function writeCode(file, { code, map }) {
  await writeFile(file, map ? `${code}//# sourceMappingURL=${basename(file)}.map\n` : code);
  if (map) {
    await writeFile(`${file}.map`, map);
  }
}

const options = {
  entryPoints: {
    extension: 'src/extension.ts',
    // Runs in a process of its own: packing and checking what is large.
    publishWorker: 'src/core/publish/publishWorker.ts',
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
  plugins: [splitCommonJs],
};

if (watch) {
  await (await context(options)).watch();
} else {
  await build(options);
}
