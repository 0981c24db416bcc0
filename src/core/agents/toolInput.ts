import { I99dashError } from '../errors';
import { isJsonObject, type JsonObject } from '../platform/json';
import type { Track } from '../publish/publish';

interface StatusInput {
  appId?: string;
}

interface ValidateInput {
  folder?: string;
}

export interface PublishInput {
  folder?: string;
  track: Track;
  releaseNotes?: string;
  dryRun?: boolean;
}

/** A copy of the input schema in package.json, which VS Code does not enforce. */
interface Field {
  type: 'string' | 'boolean';
  enum?: readonly string[];
  /** In UTF-16 units. */
  maxLength?: number;
}

const FOLDER: Field = { type: 'string', maxLength: 500 };
const STATUS: Record<string, Field> = { appId: { type: 'string', maxLength: 100 } };
const VALIDATE: Record<string, Field> = { folder: FOLDER };
const PUBLISH: Record<string, Field> = {
  folder: FOLDER,
  track: { type: 'string', enum: ['production', 'beta'] },
  releaseNotes: { type: 'string', maxLength: 1_000 },
  dryRun: { type: 'boolean' },
};

/** The rules by tool name. A test compares them with package.json. */
export const TOOL_INPUTS = {
  i99dash_get_status: { fields: STATUS, required: [] },
  i99dash_validate_app: { fields: VALIDATE, required: [] },
  i99dash_publish_app: { fields: PUBLISH, required: ['track'] },
} as const;

export type ToolName = keyof typeof TOOL_INPUTS;

/** The input of each tool. */
export interface ToolInputs {
  i99dash_get_status: StatusInput;
  i99dash_validate_app: ValidateInput;
  i99dash_publish_app: PublishInput;
}

/**
 * Validates the input of a tool.
 * @throws VALIDATION_FAILED
 */
export function readToolInput<Name extends ToolName>(tool: Name, input: unknown): ToolInputs[Name] {
  const { fields, required } = TOOL_INPUTS[tool] as {
    fields: Record<string, Field>;
    required: readonly string[];
  };
  const given = input ?? {};
  if (!isJsonObject(given)) {
    throw new I99dashError('VALIDATION_FAILED', `The input of ${tool} is an object.`);
  }
  for (const name of required) {
    if (given[name] === undefined) {
      throw new I99dashError('VALIDATION_FAILED', `The input of ${tool} lacks "${name}".`);
    }
  }
  for (const [name, value] of Object.entries(given)) {
    const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (field === undefined) {
      const names = Object.keys(fields).join(', ');
      throw new I99dashError(
        'VALIDATION_FAILED',
        `The input of ${tool} has a field that there is not; there are ${names}.`,
      );
    }
    if (value !== undefined && !fits(value, field)) {
      throw new I99dashError('VALIDATION_FAILED', `"${name}" of ${tool} ${describe(field)}.`);
    }
  }
  return given as JsonObject & ToolInputs[Name];
}

function fits(value: unknown, { type, enum: values, maxLength = Infinity }: Field): boolean {
  if (typeof value !== 'string') {
    return typeof value === type;
  }
  return type === 'string' && value.length <= maxLength && (values?.includes(value) ?? true);
}

function describe({ type, enum: values, maxLength }: Field): string {
  if (values !== undefined) {
    return `is ${values.join(' or ')}`;
  }
  return type === 'boolean'
    ? 'is true or false'
    : `is a text of at most ${maxLength ?? 0} characters`;
}
