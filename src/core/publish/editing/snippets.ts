import type { Field } from '../project/manifestFields';
import type { JsonPath } from '../json/jsonText';
import { pictureFields, type DocumentKind } from './fields';

/** How a field's value begins, if that is more than a quote. */
const STARTS: Readonly<Record<string, string>> = {
  url: '"https://$1"',
  version: '"${1:1.0.0}"',
  network: '["https://$1"]',
};

/**
 * Returns a value for a field with tab stops, as a VS Code snippet: indented with tabs, lines
 * ending with \n.
 * @param path of the object that the field is in
 * @returns `hasSuggestions` if there are suggestions at the first tab stop
 */
export function valueSnippet(
  kind: DocumentKind,
  path: JsonPath,
  field: Field,
): { snippet: string; hasSuggestions: boolean } {
  const own = [...path, field.name].join('.');
  const isAsset = pictureFields(kind).some((each) => each.path.join('.') === own);
  const hasSuggestions = isAsset || field.values !== undefined || field.kind === 'object';
  const start = STARTS[field.name];
  if (start !== undefined) {
    return { snippet: start, hasSuggestions: false };
  }
  switch (field.kind) {
    case 'text':
      return { snippet: '"$1"', hasSuggestions };
    case 'number':
      return { snippet: `\${1:${Number(field.default ?? 0)}}`, hasSuggestions: false };
    case 'flag':
      return { snippet: '${1|true,false|}', hasSuggestions: false };
    case 'color':
      return { snippet: '"#$1"', hasSuggestions: false };
    case 'list':
      return { snippet: '["$1"]', hasSuggestions };
    case 'map':
      return { snippet: '{\n\t"${1:en}": "$2"\n}', hasSuggestions: false };
    case 'object':
      return { snippet: '{\n\t$1\n}', hasSuggestions };
  }
}
