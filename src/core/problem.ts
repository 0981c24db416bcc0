/** Positions count lines and UTF-16 characters from 0. */
export interface Range {
  start: { line: number; character: number };
  end: { line: number; character: number };
}

/** One finding about a mini-app, as `validate` returns it and the Problems panel shows it. */
export interface Problem {
  severity: 'error' | 'warning' | 'info';
  /** The rule's stable id, such as `manifest.id.format` or `asset.missing`. */
  rule: string;
  message: string;
  /** Absolute path. */
  file: string;
  range?: Range;
}
