import { build, context, transform } from 'esbuild';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';

const production = process.argv.includes('--production');
const watch = process.argv.includes('--watch');
const OUT = 'dist';

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
      await rm(OUT, { recursive: true, force: true });
      await mkdir(OUT, { recursive: true });
      for (const { path, text } of outputFiles.filter((file) => file.path.endsWith('.js'))) {
        const { code, map } = await transform(text, {
          format: 'cjs',
          platform: 'node',
          target: 'node22',
          supported: { 'dynamic-import': false },
          minify: production,
          sourcemap: production ? false : 'external',
          sourcefile: basename(path),
        });
        const file = join(OUT, basename(path));
        await writeFile(file, map ? `${code}//# sourceMappingURL=${basename(file)}.map\n` : code);
        if (map) {
          await writeFile(`${file}.map`, map);
        }
      }
      await mkdir('.build', { recursive: true });
      await writeFile('.build/meta.json', JSON.stringify(metafile));
    });
  },
};

const options = {
  entryPoints: {
    extension: 'src/extension.ts',
    // Runs in threads of its own: packing and checking what is large.
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
