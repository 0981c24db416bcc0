import { appIdFromName, appNameFromId, hostedUrl } from '../project/appNames';
import { manifestFields } from '../project/manifestFields';
import { CATEGORIES } from '../rules/manifestValues';
import { FIELDS, fix, type Fix, type FixContext } from './fix';
import { insertProperty, replaceValue, type TextEdit } from '../json/jsonEdit';
import { nodeAt, readTree, textAt, type Node } from '../json/jsonTree';

const ICON = './icon.svg';
/** For a folder whose name makes no id. */
const FALLBACK_ID = 'my-app';

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

/**
 * Inserts all missing required fields at once, each with its likeliest value, and the category
 * "other". A blank text counts as an empty object. Returns undefined when fewer than two fields are
 * missing, or when the text is not a JSON object.
 */
export function addRequiredFix(text: string, context: FixContext): Fix | undefined {
  const isBlank = text.trim() === '';
  let filled = isBlank ? '{}' : text;
  let [count, picture] = [0, ''];
  for (const { name } of manifestFields([]).filter(({ required }) => required)) {
    const tree = readTree(filled);
    if (tree?.type !== 'object') {
      return undefined;
    }
    const [value = name === 'icon' ? ICON : undefined] =
      name === 'category' ? ['other'] : requiredValues(name, tree, context);
    const edit = insertProperty(filled, tree, [], name, value, FIELDS);
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
function requiredValues(field: string, tree: Node, context: FixContext): unknown[] {
  const given = textAt(tree, ['id']);
  const id = given ?? appIdFromName(context.folderName) ?? FALLBACK_ID;
  switch (field) {
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
