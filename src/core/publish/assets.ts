import { readFile, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { imageSize } from 'image-size';
import type { Manifest } from './manifest';
import type { Problem } from './problem';

interface AssetRule {
  field: string;
  paths: string[];
  maxBytes: number;
  /** Pixels; `exact`, or the most. */
  width: number;
  height: number;
  exact: boolean;
}

const KIB = 1024;
const NOT_A_PICTURE = 'is not a picture';

/**
 * Checks the pictures a manifest names: bytes and dimensions. Rules: wire-protocol, manifest table.
 * @param missing whether a file that is not there is a problem: before a build it may still come
 */
export async function checkAssets(
  manifest: Manifest,
  root: string,
  { missing }: { missing: 'error' | 'ignore' },
): Promise<Problem[]> {
  const problems: Problem[] = [];
  for (const rule of rulesOf(manifest)) {
    for (const path of rule.paths) {
      const file = join(root, path);
      const message = await assetProblem(file, rule, missing);
      if (message !== undefined) {
        problems.push({
          severity: 'error',
          rule: `asset.${rule.field}`,
          message: `"${path}" ${message}`,
          file,
        });
      }
    }
  }
  return problems;
}

function rulesOf({ icon, coverImage, screenshots }: Manifest): AssetRule[] {
  return [
    { field: 'icon', paths: [icon], maxBytes: 100 * KIB, width: 256, height: 256, exact: true },
    {
      field: 'coverImage',
      paths: coverImage === undefined ? [] : [coverImage],
      maxBytes: 500 * KIB,
      width: 1280,
      height: 720,
      exact: true,
    },
    {
      field: 'screenshots',
      paths: screenshots ?? [],
      maxBytes: 800 * KIB,
      width: 1920,
      height: 1080,
      exact: false,
    },
  ];
}

async function assetProblem(
  file: string,
  rule: AssetRule,
  missing: 'error' | 'ignore',
): Promise<string | undefined> {
  const stats = await stat(file).catch(() => undefined);
  if (!stats?.isFile()) {
    return missing === 'error' ? 'is missing' : undefined;
  }
  if (stats.size > rule.maxBytes) {
    return `has ${Math.ceil(stats.size / KIB)} KiB; at most ${rule.maxBytes / KIB} KiB are allowed`;
  }
  return extname(file).toLowerCase() === '.svg' ? undefined : dimensionProblem(file, rule);
}

async function dimensionProblem(file: string, rule: AssetRule): Promise<string | undefined> {
  let size: { width: number; height: number };
  try {
    // A copy, for image-size reads past the end of a Buffer that shares its memory with others.
    size = imageSize(new Uint8Array(await readFile(file)));
  } catch {
    return NOT_A_PICTURE;
  }
  if (size.width < 1 || size.height < 1) {
    return NOT_A_PICTURE;
  }
  const fits = rule.exact
    ? size.width === rule.width && size.height === rule.height
    : size.width <= rule.width && size.height <= rule.height;
  const wanted = `${rule.exact ? 'exactly' : 'at most'} ${rule.width}×${rule.height}`;
  return fits ? undefined : `is ${size.width}×${size.height} pixels; it must be ${wanted}`;
}
