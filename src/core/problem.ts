/** Positions count lines and UTF-16 units from 0. */
export interface Range {
  start: { line: number; character: number };
  end: { line: number; character: number };
}

/** One diagnostic for a mini-app, as `validate` returns it and the Problems panel shows it. */
export interface Problem {
  severity: 'error' | 'warning' | 'info';
  /** Stable ID of the rule, such as `manifest.id.format` or `asset.missing`. */
  rule: string;
  message: string;
  /** Absolute path. */
  file: string;
  range?: Range;
}
