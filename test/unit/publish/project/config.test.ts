import assert from 'node:assert/strict';
import { validateConfig } from '../../../../src/core/publish/project/config';
import { RULES, type RuleId } from '../../../../src/core/publish/rules/rules';
import { marked } from '../../../support/marked-text';

const FILE = '/apps/trip-log/sdk.config.json';

/** Texts that break each rule. `«»` marks the reported range. */
const BROKEN: Record<
  Exclude<Extract<RuleId, `config.${string}`>, 'config.unreadable'>,
  string[]
> = {
  'config.syntax': ['«»', '{«»', '{ "appRoot": "./src", «}»', '{\n«// comment»\n}'],
  'config.object': ['«[]»', '«null»', '«"./src"»'],
  'config.duplicate-key': ['{ "appRoot": "./src",\n  «"appRoot"»: "./app" }', '{"a":1,«"a"»:2}'],
  'config.appRoot.type': ['{ "appRoot": «7» }', '{ "appRoot": «["./src"]» }'],
  'config.distDir.type': ['{ "distDir": «{}» }', '{ "distDir": «false» }'],
  'config.buildCommand.type': ['{\n  "buildCommand": «[\n"npm", "run", "build"]» }'],
  'config.dev.type': ['{ "dev": «7» }', '{ "dev": «"localhost"» }'],
  'config.dev.port': ['"5173"', '5173.5', '65536', '-1'].map(
    (port) => `{"dev":{"port":«${port}»}}`,
  ),
  'config.dev.host': ['{ "dev": { "port": 1, "host": «1» } }'],
  'config.unknown-field': [
    '{ «"buildcommand"»: "npm run build" }',
    '{ "distDir": "./out", «"distdir"»: "./dist" }',
    '{ «"buildComand"»: "x", «"appRot"»: "./src", "dev": { «"ports"»: 5173 } }',
  ],
};

describe('sdk.config.json', () => {
  for (const [rule, examples] of Object.entries(BROKEN) as [RuleId, string[]][]) {
    it(`reports ${rule}: ${RULES[rule].text}`, () => {
      for (const example of examples) {
        const { text, ranges } = marked(example);
        const { config, problems } = validateConfig(text, FILE);
        assert.deepEqual(
          problems.map((problem) => [problem.rule, problem.file, problem.range]),
          ranges.map((range) => [rule, FILE, range]),
          example,
        );
        assert.equal(config === undefined, RULES[rule].severity === 'error', example);
      }
    });
  }

  it('reports all problems at once', () => {
    const text =
      '{ "appRoot": 1, "distDir": 2, "buildCommand": 3, "dev": { "port": "x", "host": 4 } }';
    assert.deepEqual(
      validateConfig(text, FILE).problems.map(({ rule, message }) => `${rule} | ${message}`),
      [
        'config.appRoot.type | "appRoot" must be text',
        'config.distDir.type | "distDir" must be text',
        'config.buildCommand.type | "buildCommand" must be text',
        'config.dev.port | "dev.port" must be a whole number from 0 to 65535',
        'config.dev.host | "dev.host" must be text',
      ],
    );
  });

  it('suggests the field that was probably meant', () => {
    const text = '{ "buildcommand": "x", "dev": { "hosts": "y" } }';
    assert.deepEqual(
      validateConfig(text, FILE).problems.map(({ message }) => message),
      [
        '"buildcommand" is not a field of sdk.config.json; did you mean "buildCommand"?',
        '"dev.hosts" is not a field of sdk.config.json; did you mean "host"?',
      ],
    );
  });

  it('has default paths and ignores unknown fields', () => {
    const usual = { appRoot: './src', distDir: './dist' };
    for (const text of [
      '{}',
      '\uFEFF{}',
      '{ "appRoot": null, "distDir": null, "buildCommand": null, "dev": null }',
      '{ "buildCommand": " \\n" }',
      '{ "mocksDir": "./mocks" }',
      '{ "unknown": [1], "dev": { "port": 5173, "host": "localhost", "context": { "a": 1 } } }',
    ]) {
      assert.deepEqual(validateConfig(text, FILE), { config: usual, problems: [] }, text);
    }
  });
});
