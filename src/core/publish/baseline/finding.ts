import type { Range } from '../../problem';

/** Rules on what the oldest cars' WebView, Chromium 95 with classic scripts only, understands. */
type BaselineRule =
  /** Syntax newer than ES2022, or none at all. */
  | 'baseline.syntax'
  /** What exists in modules alone. */
  | 'baseline.module'
  /** A call of what came after Chromium 95. */
  | 'baseline.api'
  /** Not looked at: too large, or nested too deeply. */
  | 'baseline.unchecked';

/** What a file's content breaks, wherever the file lies: the same content has the same findings. */
export interface Finding {
  rule: BaselineRule;
  message: string;
  range: Range;
}

/** Offsets into the text in UTF-16 units. */
export interface RawFinding {
  rule: BaselineRule;
  message: string;
  start: number;
  end: number;
}
