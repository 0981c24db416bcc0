import type * as z from 'zod/mini';
import { MINI_APP_MANIFEST, type ManifestType } from './manifestType';
import { descriptions, fieldKinds } from './schemaParts';
import { isRuleId, RULES, type RuleId } from '../rules/rules';

/** What an editor shows for a field of a JSON file of a project. */
export interface Field {
  name: string;
  description: string;
  required: boolean;
  kind: 'text' | 'number' | 'flag' | 'color' | 'list' | 'map' | 'object';
  /** The allowed values of the field, or of the entries if it is a list. */
  values?: readonly string[];
  /** The value of a field that is left out. */
  default?: unknown;
  /** The field is known, but no longer has any effect. */
  isUnused?: true;
  rules: RuleId[];
}

type Schema = z.core.$ZodTypes;

/**
 * Returns the fields of the object at a path: of the manifest (`[]`), or of an object in it, such
 * as `requires`. Empty if there is no such object.
 */
export function manifestFields(
  path: readonly PropertyKey[],
  type: ManifestType = MINI_APP_MANIFEST,
): Field[] {
  let shape: Readonly<Record<string, z.core.$ZodType>> = type.schema.shape;
  for (const segment of path) {
    const name = String(segment);
    const inner = Object.hasOwn(shape, name) ? unwrapSchema(shape[name]) : undefined;
    if (inner?._zod.def.type !== 'object') {
      return [];
    }
    shape = inner._zod.def.shape;
  }
  return Object.entries(shape).map(([name, schema]) => toField([...path, name], schema, type));
}

/**
 * Returns the field at a path, or the one whose list or map contains the path; undefined for an
 * unknown path.
 */
export function manifestField(
  path: readonly PropertyKey[],
  type: ManifestType = MINI_APP_MANIFEST,
): Field | undefined {
  for (let length = path.length; length > 0; length--) {
    const field = manifestFields(path.slice(0, length - 1), type).find(
      ({ name }) => name === path[length - 1],
    );
    if (field !== undefined) {
      return field.kind === 'object' && length < path.length ? undefined : field;
    }
  }
  return undefined;
}

function toField(
  path: readonly PropertyKey[],
  schema: z.core.$ZodType,
  { rules }: ManifestType,
): Field {
  const { def } = (schema as Schema)._zod;
  const inner = unwrapSchema(schema);
  const item = inner?._zod.def.type === 'array' ? unwrapSchema(inner._zod.def.element) : inner;
  const values = item?._zod.def.type === 'enum' ? Object.values(item._zod.def.entries) : undefined;
  const prefixes = rules.map((beginning) => `${beginning}.${path.map(String).join('.')}.`);
  return {
    name: String(path.at(-1)),
    description: descriptions.get(schema)?.() ?? '',
    required: def.type !== 'optional' && def.type !== 'default',
    kind: (inner && fieldKinds.get(inner)) ?? KINDS[inner?._zod.def.type ?? ''] ?? 'text',
    ...(values === undefined ? {} : { values: values.map(String) }),
    ...(def.type === 'default' ? { default: def.defaultValue } : {}),
    rules: Object.keys(RULES)
      .filter((id) => prefixes.includes(id.slice(0, id.lastIndexOf('.') + 1)))
      .filter(isRuleId),
  };
}

const KINDS: Record<string, Field['kind']> = {
  number: 'number',
  boolean: 'flag',
  array: 'list',
  record: 'map',
  object: 'object',
};

/**
 * Returns the schema without the wrappers that make it optional, add a default or transform its
 * input.
 */
function unwrapSchema(schema: z.core.$ZodType | undefined): Schema | undefined {
  const known = schema as Schema | undefined;
  switch (known?._zod.def.type) {
    case 'optional':
    case 'default':
      return unwrapSchema(known._zod.def.innerType);
    case 'pipe':
      return unwrapSchema(known._zod.def.in);
    default:
      return known;
  }
}
