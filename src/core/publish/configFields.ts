import type { Field } from './manifestFields';
import { RULES } from './rules';

const field = (
  path: string,
  description: string,
  kind: Field['kind'],
  more: Partial<Field> = {},
): Field => ({
  name: path.split('.').at(-1) ?? '',
  description,
  required: false,
  kind,
  ...more,
  rules: Object.entries(RULES)
    .filter(([id]) => id === `config.${path}` || id === `config.${path}.type`)
    .map(([, { text }]) => text),
});

const FIELDS = [
  field('appRoot', "The folder with the app's sources, or with the app itself.", 'text', {
    default: './src',
  }),
  field('distDir', 'The folder that the build writes, and that is published.', 'text', {
    default: './dist',
  }),
  field('buildCommand', 'The shell command that builds the app, run in this folder.', 'text'),
  field('dev', 'For a development server. Publishing does not use it.', 'object'),
];

const DEV_FIELDS = [
  field('dev.port', 'The port of the development server.', 'number'),
  field('dev.host', 'The host name of the development server.', 'text'),
  field('dev.context', 'For the development server.', 'object'),
];

/** The fields of the object at a path: of `sdk.config.json` (`[]`), or of `dev`. None when there is no such object. */
export function configFields(path: readonly PropertyKey[]): Field[] {
  if (path.length === 0) {
    return FIELDS;
  }
  return path.length === 1 && path[0] === 'dev' ? DEV_FIELDS : [];
}
