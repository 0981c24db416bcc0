import { ICON_EXTENSIONS, PICTURE_EXTENSIONS } from '../rules/manifestValues';
import { WALLPAPERS } from '../rules/themeValues';
import type { JsonPath } from '../json/jsonText';

/** A field of a manifest that holds the path of a picture, or a list of them. */
export interface PictureField {
  path: readonly string[];
  isList: boolean;
  extensions: readonly string[];
  maxBytes: number;
  /** Pixels: the required size if `exact` is set, otherwise the maximum. SVGs are not checked. */
  width: number;
  height: number;
  exact: boolean;
}

const KIB = 1024;

export const ICON: PictureField = {
  ...{ path: ['icon'], isList: false, extensions: ICON_EXTENSIONS },
  ...{ maxBytes: 100 * KIB, width: 256, height: 256, exact: true },
};
const COVER: PictureField = {
  ...{ path: ['coverImage'], isList: false, extensions: PICTURE_EXTENSIONS },
  ...{ maxBytes: 500 * KIB, width: 1280, height: 720, exact: true },
};
const SCREENSHOTS: PictureField = {
  ...{ path: ['screenshots'], isList: true, extensions: PICTURE_EXTENSIONS },
  ...{ maxBytes: 800 * KIB, width: 1920, height: 1080, exact: false },
};
const WALLPAPER_FIELDS = WALLPAPERS.map((name): PictureField => ({
  ...{ path: ['spec', 'wallpaper', name], isList: false, extensions: PICTURE_EXTENSIONS },
  ...{ maxBytes: 2048 * KIB, width: 2560, height: 1440, exact: false },
}));

/** The pictures of a mini-app. */
export const MINI_APP_PICTURES: readonly PictureField[] = [ICON, COVER, SCREENSHOTS];

/** The pictures of a theme, in the order in which they are packed. */
export const THEME_PICTURES: readonly PictureField[] = [...MINI_APP_PICTURES, ...WALLPAPER_FIELDS];

/** Returns the field whose value, or an entry of whose list, is at a path. */
export function matchPictureField(
  fields: readonly PictureField[],
  path: JsonPath,
): PictureField | undefined {
  return fields.find(
    (field) =>
      path.length === field.path.length + Number(field.isList) &&
      field.path.every((name, index) => name === path[index]),
  );
}

/** Returns the paths of all pictures that a manifest names, with their places, in field order. */
export function listPicturePaths(
  fields: readonly PictureField[],
  manifest: unknown,
): { field: PictureField; path: string; at: JsonPath }[] {
  return fields.flatMap((field) => {
    const value = readPath(manifest, field.path);
    const entries: unknown[] = field.isList && Array.isArray(value) ? value : [value];
    return entries.flatMap((path, index) =>
      typeof path === 'string'
        ? [{ field, path, at: field.isList ? [...field.path, index] : field.path }]
        : [],
    );
  });
}

function readPath(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (inner, name) =>
      typeof inner === 'object' && inner !== null
        ? (inner as Record<string, unknown>)[name]
        : undefined,
    value,
  );
}
