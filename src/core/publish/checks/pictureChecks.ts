import { stat } from 'node:fs/promises';
import { extname, join, posix, relative, sep } from 'node:path';
import { t } from '../../text/l10n';
import { sanitizeLine } from '../../text/sanitizeLine';
import type { Problem } from '../../problem';
import { readTextFile } from '../../platform/readTextFile';
import { isPlaceholderIcon } from '../project/placeholderIcon';
import type { BundleFile } from '../bundle/files';
import type { JsonPath } from '../json/jsonText';
import {
  ICON,
  listPicturePaths,
  MINI_APP_PICTURES,
  type PictureField,
} from '../project/pictureFields';
import type { PartialProject } from '../project/project';
import { RULES, sentence, type RuleId } from '../rules/rules';
import type { ManifestLocations } from '../project/manifestLocations';
import { describeSimilar, findSimilarFile, NameIndex } from './nameIndex';
import { readPicture } from './readPicture';

/** A picture that a manifest names. */
interface Asset {
  field: PictureField;
  /** The path as written in the manifest. */
  path: string;
  /** Its location in the manifest. */
  at: JsonPath;
}

const KIB = 1024;

interface Finding {
  rule: RuleId;
  /** The message, which follows the path. */
  text: string;
  /** The whole sentence, where the path does not come first. */
  message?: string;
}

/** Where to look for pictures. Paths are written as in the manifest. */
export interface PictureFiles {
  /** Returns the size in bytes; undefined if there is no such picture. */
  sizeOf: (path: string) => Promise<number | undefined>;
  /** Returns a picture whose name differs only in case or Unicode form. */
  findSimilar: (path: string) => Promise<string | undefined>;
  /** The rule that such a name breaks. */
  similarRule: RuleId;
  /** Returns the whole message for a missing picture. */
  describeMissing: (path: string) => string;
}

/**
 * Checks the pictures that a manifest names: bytes, format and dimensions. Rules: wire-protocol,
 * manifest table. A missing picture is not a problem, because the build may create it. One whose
 * name differs only in case or Unicode form is a warning.
 * @param root the absolute folder that the manifest's paths are relative to
 */
export async function checkSourceAssets(
  project: PartialProject,
  root: string,
  places: ManifestLocations,
): Promise<Problem[]> {
  const problems = await checkAssets(listAssets(project), root, places, {
    sizeOf: async (path) => {
      const stats = await stat(join(root, path)).catch(() => undefined);
      return stats?.isFile() === true ? stats.size : undefined;
    },
    findSimilar: (path) => findSimilarFile(root, posix.normalize(path)),
    similarRule: 'asset.name',
    describeMissing: (path) => sentence(path, RULES['asset.missing'].text),
  });
  return problems.filter(({ rule }) => rule !== ('asset.missing' satisfies RuleId));
}

/**
 * Checks the pictures that a manifest names against the files to be packed. A picture that is not
 * among them under exactly the same name is missing, even if it is on disk.
 */
export async function checkPackedAssets(
  project: PartialProject,
  root: string,
  files: readonly BundleFile[],
  places: ManifestLocations,
): Promise<Problem[]> {
  const sizes = new Map(files.map(({ name, size }) => [name, size]));
  const names = new NameIndex(sizes.keys());
  const where = relative(project.folder, root).split(sep).join('/') || t('the project');
  return checkAssets(listAssets(project), root, places, {
    sizeOf: (path) => Promise.resolve(sizes.get(posix.normalize(path))),
    findSimilar: (path) => Promise.resolve(names.findSimilar(posix.normalize(path))),
    similarRule: 'asset.missing',
    describeMissing: (path) => describeUnpacked(project, sanitizeLine(where, Infinity), path),
  });
}

/**
 * Checks a picture for a field of a manifest.
 * @param path as written in the manifest
 * @param file its absolute path
 * @returns a message that follows the picture's name; undefined if the picture is valid
 */
export async function pictureTrouble(
  field: PictureField,
  path: string,
  file: string,
  size: number,
): Promise<string | undefined> {
  return (await checkAsset({ path, field }, file, size))?.text;
}

/** Checks pictures, in their order. */
export async function checkAssets(
  assets: readonly Asset[],
  root: string,
  places: ManifestLocations,
  pictures: PictureFiles,
): Promise<Problem[]> {
  const problems: Problem[] = [];
  for (const asset of assets) {
    const finding = await findingAmong(pictures, asset, root);
    if (finding !== undefined) {
      const { rule, text, message = sentence(asset.path, text) } = finding;
      problems.push(places.problem(rule, message, asset.at));
    }
  }
  return problems;
}

async function findingAmong(
  { sizeOf, findSimilar, similarRule, describeMissing }: PictureFiles,
  asset: Asset,
  root: string,
): Promise<Finding | undefined> {
  const { path } = asset;
  const similar = await findSimilar(path);
  if (similar !== undefined) {
    return { rule: similarRule, text: describeSimilar(posix.normalize(path), similar) };
  }
  const size = await sizeOf(path);
  return size === undefined
    ? { rule: 'asset.missing', text: '', message: describeMissing(path) }
    : checkAsset(asset, join(root, path), size);
}

/** @param where the folder that is packed */
function describeUnpacked(project: PartialProject, where: string, path: string): string {
  const name = sanitizeLine(path, Infinity);
  return project.buildCommand === undefined
    ? t('{0} does not contain {1}', where, name)
    : t(
        '{0} does not contain {1}. Put it where your build copies files from, such as {2}',
        where,
        name,
        'public/',
      );
}

/**
 * Warns of an icon that a quick fix has made for the time until there is a real one. Only
 * publishing tells: it is fine while an app is made.
 */
export async function checkPlaceholderIcon(
  { manifest }: PartialProject,
  files: readonly BundleFile[],
  places: ManifestLocations,
): Promise<Problem[]> {
  const { icon } = manifest;
  const file = files.find(({ name }) => icon !== undefined && name === posix.normalize(icon));
  const isSmall = file !== undefined && file.size <= ICON.maxBytes;
  const text = isSmall ? await readTextFile(file.path).catch(() => '') : '';
  if (icon === undefined || !isPlaceholderIcon(text)) {
    return [];
  }
  const words = t('is the placeholder icon; replace it with the icon of your app');
  return [places.problem('asset.placeholder', sentence(icon, words), ['icon'])];
}

function listAssets({ manifest }: PartialProject): Asset[] {
  return listPicturePaths(MINI_APP_PICTURES, manifest);
}

async function checkAsset(
  { path, field: { maxBytes, width, height, exact } }: Pick<Asset, 'path' | 'field'>,
  file: string,
  size: number,
): Promise<Finding | undefined> {
  if (size > maxBytes) {
    const text = t(
      'has {0} KiB; at most {1} KiB are allowed',
      Math.ceil(size / KIB),
      maxBytes / KIB,
    );
    return { rule: 'asset.size', text };
  }
  const kind = extname(path).slice(1).toLowerCase().replace('jpeg', 'jpg');
  if (kind === 'svg') {
    return undefined;
  }
  const picture = await readPicture(file, maxBytes);
  if (picture?.format !== kind) {
    const text =
      picture === undefined
        ? t('is not a picture')
        : t('is not {0} but {1}', sanitizeLine(kind), picture.format);
    return { rule: 'asset.format', text };
  }
  const fits = exact
    ? picture.width === width && picture.height === height
    : picture.width <= width && picture.height <= height;
  if (fits) {
    return undefined;
  }
  const [actual, wanted] = [`${picture.width}×${picture.height}`, `${width}×${height}`];
  const text = exact
    ? t('is {0} pixels; it must be exactly {1}', actual, wanted)
    : t('is {0} pixels; it must be at most {1}', actual, wanted);
  return { rule: 'asset.dimensions', text };
}
