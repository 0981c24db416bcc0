import { basename } from 'node:path';
import { systemErrorCode } from '../../errors';
import { t } from '../../text/l10n';
import type { Problem } from '../../problem';
import { readTextFile } from '../../platform/readTextFile';
import { validateConfig, type Config } from './config';
import { MAX_JSON } from '../json/jsonLimits';
import { JsonText } from '../json/jsonText';
import { fileSentence, toProblem, RULES } from '../rules/rules';
import type { ManifestType } from './manifestType';
import { checkManifest } from './validateManifest';
import type * as z from 'zod/mini';

/** The content of a file: its text, why it cannot be read, or undefined if it does not exist. */
export type FileText = string | Unreadable | undefined;

interface Unreadable {
  file: string;
  /** The system error code. */
  reason: string;
}

/**
 * Reads a file. Never throws.
 * @param file absolute path
 */
export async function readText(file: string): Promise<FileText> {
  try {
    return await readTextFile(file, MAX_JSON);
  } catch (error) {
    const reason = systemErrorCode(error) ?? 'unknown';
    return reason === 'ENOENT' || reason === 'ENOTDIR' ? undefined : { file, reason };
  }
}

/** Checks a manifest. A missing file has no fields and no problems. */
export function checkManifestText<Shape extends z.core.$ZodShape>(
  type: ManifestType<Shape>,
  text: FileText,
  file: string,
): ReturnType<typeof checkManifest<Shape>> {
  return typeof text === 'string'
    ? checkManifest(type, text, file)
    : { fields: {}, sound: {}, problems: unreadable('manifest', text), source: new JsonText('') };
}

/** Checks `sdk.config.json`. A missing file counts as an empty one. */
export function checkConfigText(
  text: FileText,
  file: string,
): { config?: Config; problems: Problem[] } {
  return typeof text === 'object'
    ? { problems: unreadable('config', text) }
    : validateConfig(text ?? '{}', file);
}

function unreadable(kind: 'manifest' | 'config', text: Unreadable | undefined): Problem[] {
  if (text === undefined) {
    return [];
  }
  const rule = `${kind}.unreadable` as const;
  const why = t('{0} ({1})', RULES[rule].text, inWords(text.reason));
  const message = fileSentence(basename(text.file), why);
  return [toProblem(rule, message, text.file)];
}

function inWords(reason: string): string {
  switch (reason) {
    case 'EFBIG':
      return t('it has more than {0} KiB', MAX_JSON / 1024);
    case 'EINVAL':
      return t('it is no file');
    default:
      return reason;
  }
}
