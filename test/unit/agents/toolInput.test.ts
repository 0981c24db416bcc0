import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readToolInput, TOOL_INPUTS, type ToolName } from '../../../src/core/agents/toolInput';

interface Tool {
  name: string;
  inputSchema: {
    properties: Record<string, { type: string; enum?: string[]; maxLength?: number }>;
    required?: string[];
    additionalProperties: boolean;
  };
}

describe('agent tool input', () => {
  const { contributes } = JSON.parse(
    readFileSync(join(__dirname, '../../../package.json'), 'utf8'),
  ) as { contributes: { languageModelTools: Tool[] } };

  it('is validated by the schemas in package.json', () => {
    const told = contributes.languageModelTools.map(({ name, inputSchema }) => {
      assert.equal(inputSchema.additionalProperties, false);
      const fields = Object.entries(inputSchema.properties).map(([field, rule]) => {
        const { type, enum: values, maxLength } = rule;
        const limits = { ...(values && { enum: values }), ...(maxLength && { maxLength }) };
        return [field, { type, ...limits }] as const;
      });
      const { required = [] } = inputSchema;
      return [name, { fields: Object.fromEntries(fields), required }] as const;
    });
    assert.deepEqual(Object.fromEntries(told), TOOL_INPUTS);
  });

  it('is accepted unchanged', () => {
    const input = { folder: 'tyres', track: 'beta', releaseNotes: 'New.', dryRun: true };
    assert.deepEqual(readToolInput('i99dash_publish_app', input), input);
    assert.deepEqual(readToolInput('i99dash_get_status', undefined), {});
    assert.deepEqual(readToolInput('i99dash_validate_app', {}), {});
  });

  const refused: [tool: ToolName, input: unknown, said: RegExp][] = [
    ['i99dash_publish_app', {}, /lacks "track"/u],
    ['i99dash_publish_app', { track: 'nightly' }, /"track" .* is production or beta/u],
    ['i99dash_publish_app', { track: 'beta', confirmed: true }, /has a field that there is not/u],
    ['i99dash_publish_app', { track: 'beta', dryRun: 'no' }, /"dryRun" .* is true or false/u],
    ['i99dash_publish_app', { track: 'beta', releaseNotes: 'x'.repeat(1_001) }, /at most 1000/u],
    ['i99dash_validate_app', { folder: ['tyres'] }, /"folder" .* is a text/u],
    ['i99dash_validate_app', [], /is an object/u],
    ['i99dash_get_status', { __proto__: null, constructor: 1 }, /has a field that there is not/u],
  ];
  for (const [tool, input, said] of refused) {
    it(`is rejected: ${JSON.stringify(input).slice(0, 60)}`, () => {
      assert.throws(() => readToolInput(tool, input), { code: 'VALIDATION_FAILED', message: said });
    });
  }
});
