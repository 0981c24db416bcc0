import { CATEGORIES } from '../manifestValues';
import { FIELDS, fix, type Fix, type FixContext } from './fix';
import { insertProperty, replaceValue, type TextEdit } from './jsonEdit';
import { nodeAt, textAt, type Node } from './jsonTree';

const ICON = './icon.svg';

/** Inserts a missing required field: one fix for each likely value. */
export function requiredFixes(text: string, tree: Node, field: string, context: FixContext): Fix[] {
  const values = requiredValues(field, tree, context);
  let fixes = values.flatMap((value) => {
    const edit = insertProperty(text, tree, [], field, value, FIELDS);
    const shown = typeof value === 'string' ? value : JSON.stringify(value);
    return edit === undefined ? [] : [fix('setRequired', field, shown, [edit])];
  });
  if (field === 'icon' && !context.icons.includes(ICON)) {
    fixes = fixes.concat(iconFixes(text, tree, { ...context, icons: [] }));
  }
  return fixes.map((each, index) => ({ ...each, preferred: index === 0 && values.length <= 1 }));
}

/** Returns the likely values of a required field, the likeliest first. */
function requiredValues(field: string, tree: Node, context: FixContext): unknown[] {
  const given = textAt(tree, ['id']);
  const id = given ?? idFrom(context.folderName);
  switch (field) {
    case 'id':
      return [id];
    case 'name':
      return [{ en: nameFrom(id) }];
    case 'icon':
      return context.icons.slice(0, 1);
    case 'url':
      return [`https://miniapps.i99dash.app/${encodeURIComponent(wellFormed(id))}/`];
    case 'version':
      return ['1.0.0'];
    case 'category':
      return [...CATEGORIES];
    default:
      return [];
  }
}

/** Returns fixes for the icon: create a picture, or use an existing one. */
export function iconFixes(text: string, tree: Node, { icons }: FixContext): Fix[] {
  const node = nodeAt(tree, ['icon']);
  const current = textAt(tree, ['icon']);
  const set = (path: string): TextEdit[] => {
    const edit =
      node === undefined
        ? insertProperty(text, tree, [], 'icon', path, FIELDS)
        : replaceValue(node, path);
    return edit === undefined || path === current ? [] : [edit];
  };
  const isSvg = current?.startsWith('./') === true && /\.svg$/iu.test(current);
  const picture = isSvg ? current : ICON;
  const [existing] = icons;
  return [
    ...(icons.includes(picture)
      ? []
      : [{ ...fix('placeholderIcon', 'icon', picture, set(picture)), picture }]),
    ...(existing === undefined
      ? []
      : [
          {
            ...fix('setValue', 'icon', existing, set(existing)),
            preferred: icons.includes(picture),
          },
        ]),
  ];
}

/** Turns `My App` into `my-app`. */
function idFrom(folderName: string): string {
  const id = folderName
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9_-]+/gu, '-')
    .replace(/^[-_]+|(?<!-)-+$/gu, '')
    .slice(0, 64);
  return id.length < 2 ? 'my-app' : id;
}

/** Turns `tyre-pressure` into `Tyre Pressure`. */
function nameFrom(id: string): string {
  const words = id.split(/[-_]+/u).filter((word) => word !== '');
  return words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join(' ') || id;
}

/** Replaces lone surrogates, which no URL can hold. */
function wellFormed(text: string): string {
  return text.replace(/\p{Surrogate}/gu, '\uFFFD');
}
