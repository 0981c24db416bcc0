import { appIdFromName, appNameFromId, hostedUrl } from '../project/appNames';
import { PALETTES } from '../project/theme/themeDefaults';
import type { JsonPath } from '../json/jsonText';
import { fieldAt, listFields } from './fields';
import { fieldNames, fix, type Fix, type FixContext } from './fix';
import { insertProperty, replaceValue, type TextEdit } from '../json/jsonEdit';
import { nodeAt, readTree, textAt, type Node } from '../json/jsonTree';

const ICON = './icon.svg';
/** For a folder whose name makes no id. */
const FALLBACK_ID = 'my-app';

/** Inserts a missing required field: one fix for each likely value. */
export function requiredFixes(
  text: string,
  tree: Node,
  path: readonly string[],
  context: FixContext,
): Fix[] {
  const values = requiredValues(path, tree, context);
  const [object, name] = [path.slice(0, -1), path.at(-1) ?? ''];
  const field = path.join('.');
  let fixes = values.flatMap((value) => {
    const order = fieldNames(context.kind, object);
    const edit = insertProperty(text, tree, object, name, value, order);
    const shown = typeof value === 'string' ? value : JSON.stringify(value);
    return edit === undefined ? [] : [fix('setRequired', field, shown, [edit])];
  });
  if (field === 'icon' && !context.icons.includes(ICON)) {
    fixes = fixes.concat(iconFixes(text, tree, { ...context, icons: [] }));
  }
  return fixes.map((each, index) => ({ ...each, preferred: index === 0 && values.length <= 1 }));
}

/**
 * Inserts all missing required fields at once, each with its likeliest value, and the category
 * "other". A blank text counts as an empty object. Returns undefined when fewer than two fields are
 * missing, or when the text is not a JSON object.
 */
export function addRequiredFix(text: string, context: FixContext): Fix | undefined {
  const isBlank = text.trim() === '';
  let filled = isBlank ? '{}' : text;
  let [count, picture] = [0, ''];
  for (const { name } of listFields(context.kind, []).filter(({ required }) => required)) {
    const tree = readTree(filled);
    if (tree?.type !== 'object') {
      return undefined;
    }
    const [value = name === 'icon' ? ICON : undefined] =
      name === 'category' ? ['other'] : requiredValues([name], tree, context);
    const edit = insertProperty(filled, tree, [], name, value, fieldNames(context.kind));
    if (edit !== undefined) {
      filled = filled.slice(0, edit.start) + edit.text + filled.slice(edit.end);
      count += 1;
      picture = name === 'icon' && !context.icons.includes(String(value)) ? String(value) : picture;
    }
  }
  const added = fix('addRequired', '', '', [{ start: 0, end: text.length, text: filled }]);
  return count < 2 ? undefined : picture === '' ? added : { ...added, picture };
}

/** Returns the likely values of a required field, the likeliest first. */
function requiredValues(path: JsonPath, tree: Node, context: FixContext): unknown[] {
  const given = textAt(tree, ['id']);
  const id = given ?? appIdFromName(context.folderName) ?? FALLBACK_ID;
  const brightness = textAt(tree, ['spec', 'brightness']) === 'light' ? 'light' : 'dark';
  const colors = PALETTES[brightness];
  switch (path.join('.')) {
    case 'id':
      return [id];
    case 'name':
      return [{ en: appNameFromId(id) }];
    case 'icon':
      return context.icons.slice(0, 1);
    case 'url':
      return [hostedUrl(id)];
    case 'version':
      return ['1.0.0'];
    case 'spec':
      return [{ brightness, colors }];
    case 'spec.colors':
      return [colors];
    default: {
      const color = path[1] === 'colors' ? colors[path[2] as keyof typeof colors] : undefined;
      return color === undefined ? [...(fieldAt(context.kind, path)?.values ?? [])] : [color];
    }
  }
}

/** Returns fixes for the icon: create a picture, or use an existing one. */
export function iconFixes(text: string, tree: Node, { kind, icons }: FixContext): Fix[] {
  const node = nodeAt(tree, ['icon']);
  const current = textAt(tree, ['icon']);
  const set = (path: string): TextEdit[] => {
    const edit =
      node === undefined
        ? insertProperty(text, tree, [], 'icon', path, fieldNames(kind))
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
