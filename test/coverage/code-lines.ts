import { eachMapping, TraceMap } from '@jridgewell/trace-mapping';
import { transform } from 'esbuild';
import ts from 'typescript';

/**
 * Returns the lines of a TypeScript source that hold executable code: no empty lines, comments,
 * types or imports.
 * @returns line numbers, counted from 1; an empty set for a module that only has types or
 * re-exports
 */
export async function codeLines(source: string): Promise<ReadonlySet<number>> {
  const { map } = await transform(source, { loader: 'ts', sourcemap: true, target: 'node22' });
  const lines = new Set<number>();
  eachMapping(new TraceMap(map), ({ originalLine }) => {
    if (originalLine !== null) lines.add(originalLine);
  });
  for (const line of importLines(source)) lines.delete(line);
  return lines;
}

function* importLines(source: string): Generator<number, void, undefined> {
  const file = ts.createSourceFile('source.ts', source, ts.ScriptTarget.ES2022);
  const lineOf = (position: number): number =>
    file.getLineAndCharacterOfPosition(position).line + 1;
  for (const statement of file.statements) {
    if (!ts.isImportDeclaration(statement) && !ts.isExportDeclaration(statement)) continue;
    for (let line = lineOf(statement.getStart(file)); line <= lineOf(statement.end); line++) {
      yield line;
    }
  }
}
