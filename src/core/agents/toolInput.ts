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
interface InputField {
  type: 'string' | 'boolean';
  enum?: readonly string[];
  /** In UTF-16 units. */
  maxLength?: number;
}

const FOLDER_FIELD: InputField = { type: 'string', maxLength: 500 };
const STATUS_FIELDS: Record<string, InputField> = { appId: { type: 'string', maxLength: 100 } };
const VALIDATE_FIELDS: Record<string, InputField> = { folder: FOLDER_FIELD };
const PUBLISH_FIELDS: Record<string, InputField> = {
  folder: FOLDER_FIELD,
  track: { type: 'string', enum: ['production', 'beta'] },
  releaseNotes: { type: 'string', maxLength: 1_000 },
  dryRun: { type: 'boolean' },
};

/** The rules by tool name. A test compares them with package.json. */
export const TOOL_INPUTS = {
  i99dash_get_status: { fields: STATUS_FIELDS, required: [] },
  i99dash_validate_app: { fields: VALIDATE_FIELDS, required: [] },
  i99dash_publish_app: { fields: PUBLISH_FIELDS, required: ['track'] },
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
    fields: Record<string, InputField>;
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
    if (value !== undefined && !fitsField(value, field)) {
      throw new I99dashError('VALIDATION_FAILED', `"${name}" of ${tool} ${describeField(field)}.`);
    }
  }
  return given as JsonObject & ToolInputs[Name];
}

function fitsField(
  value: unknown,
  { type, enum: values, maxLength = Infinity }: InputField,
): boolean {
  if (typeof value !== 'string') {
    return typeof value === type;
  }
  return type === 'string' && value.length <= maxLength && (values?.includes(value) ?? true);
}

function describeField({ type, enum: values, maxLength }: InputField): string {
  if (values !== undefined) {
    return `is ${values.join(' or ')}`;
  }
  return type === 'boolean'
    ? 'is true or false'
    : `is a text of at most ${maxLength ?? 0} characters`;
}
