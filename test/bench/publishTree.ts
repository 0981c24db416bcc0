import { cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The contents of a generated mini-app; sizes in bytes. */
export interface TreeShape {
  binaries: number;
  binarySize: number;
  scripts: number;
  scriptSize: number;
}

/** 52 MB: pictures and tiles that do not compress, and code that does. */
export const LARGE_APP: TreeShape = {
  binaries: 2_000,
  binarySize: 20_000,
  scripts: 400,
  scriptSize: 31_000,
};

const PER_FOLDER = 100;
const WORDS =
  'value range speed battery charge tyre door trip route point frame state view list item cache window signal event time limit'.split(
    ' ',
  );

/** Writes a mini-app around a generated tree, which is the same for the same shape. */
export async function writeMiniApp(folder: string, shape: TreeShape): Promise<void> {
  await cp(join(__dirname, '../fixtures/mini-apps/tyre-pressure'), folder, { recursive: true });
  await writeTree(join(folder, 'src'), shape);
}

async function writeTree(root: string, shape: TreeShape): Promise<void> {
  const random = new Random(shape.binaries + shape.scripts);
  await writeFiles(root, 'assets', 'bin', shape.binaries, () => random.bytes(shape.binarySize));
  await writeFiles(root, 'code', 'js', shape.scripts, () => script(random, shape.scriptSize));
}

async function writeFiles(
  root: string,
  name: string,
  extension: string,
  count: number,
  content: () => Buffer | string,
): Promise<void> {
  for (let index = 0; index < count; index++) {
    const folder = join(root, name, String(Math.floor(index / PER_FOLDER)));
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, `${name}-${index}.${extension}`), content());
  }
}

/**
 * Generates code like a bundler's output: functions, objects, templates and strings, no two alike.
 */
function script(random: Random, size: number): string {
  const parts = ["'use strict';\n"];
  for (let length = 0; length < size;) {
    const part = functionText(random);
    parts.push(part);
    length += part.length;
  }
  return (
    parts
      .join('')
      .slice(0, size - 4)
      .replace(/\n[^\n]*$/u, '\n') + '//\n'
  );
}

function functionText(random: Random): string {
  const [name, first, second, third] = [0, 1, 2, 3].map(
    () => `${random.pick(WORDS)}${random.pick(WORDS)}${random.below(1_000)}`,
  );
  return (
    `var ${name} = function ${first}(${second}, options = {}) { const { ${third} = ${random.below(9_999)}, ...rest } = options; ` +
    `if (${second} == null || ${third} > ${random.below(500)}) { return { ...rest, kind: '${random.pick(WORDS)} ${random.pick(WORDS)}', at: ${random.below(99_999)} }; } ` +
    `for (let index = 0; index < ${second}.length; index += ${1 + random.below(4)}) { rest[\`\${index}-${random.pick(WORDS)}\`] = ` +
    `${second}[index]?.${random.pick(WORDS)} ?? ${second}.map((entry) => entry.${random.pick(WORDS)} * ${random.below(100)}); } ` +
    `return Object.assign(rest, { ${random.pick(WORDS)}: ${third}, ${random.pick(WORDS)}: [${random.below(99)}, ${random.below(99)}, '${random.pick(WORDS)}'] }); };\n`
  );
}

/** A deterministic pseudo-random number generator (xorshift32). */
class Random {
  constructor(private state: number) {}

  next(): number {
    this.state ^= this.state << 13;
    this.state ^= this.state >>> 17;
    this.state ^= this.state << 5;
    return this.state >>> 0;
  }

  below(limit: number): number {
    return this.next() % limit;
  }

  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)]!;
  }

  bytes(size: number): Buffer {
    const words = Uint32Array.from({ length: Math.ceil(size / 4) }, () => this.next());
    return Buffer.from(words.buffer, 0, size);
  }
}
