import type { ErrorCode } from '../../../src/core/errors';
import type { CellResult } from './runCell';

/** Two letters for each code, so that the table fits a screen. */
const MARKS: Partial<Record<ErrorCode | 'HANGS' | 'UNCODED', string>> = {
  OFFLINE: 'of',
  TIMEOUT: 'ti',
  SERVER: 'se',
  PROTOCOL: 'pr',
  NOT_SIGNED_IN: 'ns',
  SIGN_IN_REJECTED: 'sr',
  SSH_AUTH_DISABLED: 'sd',
  KEY_EXISTS: 'ke',
  UPLOAD_FAILED: 'uf',
  DEVICE_CODE_UNSUPPORTED: 'du',
  DEVICE_CODE_EXPIRED: 'de',
};

export interface TableRow {
  readonly name: string;
  /** One cell for each column: the outcomes once and always. */
  readonly cells: readonly (readonly [CellResult, CellResult])[];
}

/** Formats the matrix as text; `!` marks a failure. */
export function formatTable(columns: readonly string[], rows: readonly TableRow[]): string {
  const width = Math.max(...rows.map(({ name }) => name.length));
  const numbers = columns.map((_, index) => String(index + 1).padEnd(6)).join('');
  const lines = rows.map(({ name, cells }) => {
    const marks = cells.map(([once, always]) => `${mark(once)}/${mark(always)}`.padEnd(6));
    return `${name.padEnd(width)}  ${marks.join('')}`.trimEnd();
  });
  const codes = Object.entries(MARKS).map(([code, letters]) => `${letters} ${code}`);
  return [
    `${''.padEnd(width)}  ${numbers}`.trimEnd(),
    ...lines,
    '',
    ...columns.map((column, index) => `${String(index + 1).padStart(2)} ${column}`),
    '',
    `✓ success, ${codes.join(', ')}; once/always`,
    '',
  ].join('\n');
}

function mark({ outcome, complaint }: CellResult): string {
  const letters = outcome === undefined ? '✓' : (MARKS[outcome] ?? '??');
  return complaint === '' ? letters : `${letters}!`;
}
