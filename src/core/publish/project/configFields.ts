import { t } from '../../text/l10n';
import type { Field } from './manifestFields';
import { isRuleId, RULES } from '../rules/rules';

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
  rules: Object.keys(RULES)
    .filter((id) => id === `config.${path}` || id === `config.${path}.type`)
    .filter(isRuleId),
});

const fields = (): Field[] => [
  field('appRoot', t("The folder with the app's sources, or with the app itself."), 'text', {
    default: './src',
  }),
  field('distDir', t('The folder that the build writes, and that is published.'), 'text', {
    default: './dist',
  }),
  field('buildCommand', t('The shell command that builds the app, run in this folder.'), 'text'),
  field('mocksDir', t('Not used by the i99dash client since version 7.0.'), 'text', {
    isUnused: true,
  }),
  field('dev', t('For a development server. Publishing does not use it.'), 'object'),
];

const devFields = (): Field[] => [
  field('dev.port', t('The port of the development server.'), 'number'),
  field('dev.host', t('The host name of the development server.'), 'text'),
  field('dev.context', t('For the development server.'), 'object'),
];

/**
 * Returns the fields of the object at a path: of `sdk.config.json` (`[]`), or of `dev`. Empty if
 * there is no such object.
 */
export function configFields(path: readonly PropertyKey[]): Field[] {
  if (path.length === 0) {
    return fields();
  }
  return path.length === 1 && path[0] === 'dev' ? devFields() : [];
}
