import type { Range } from '../../problem';

/** Rules on what the oldest cars' WebView, Chromium 95 with classic scripts only, understands. */
type BaselineRule =
  /** Syntax newer than ES2022, or none at all. */
  | 'baseline.syntax'
  /** What exists in modules alone. */
  | 'baseline.module'
  /** A call of what came after Chromium 95, and the backend refuses. */
  | 'baseline.api'
  /** A use of anything else that came after Chromium 95. */
  | 'baseline.feature'
  /** Not looked at: too large, or nested too deeply. */
  | 'baseline.unchecked';

/** What a file's content breaks, wherever the file lies: the same content has the same findings. */
export interface Finding {
  rule: BaselineRule;
  message: string;
  range: Range;
  /** Names of functions: the finding is dropped if a script that is loaded before defines one of them. */
  unless?: readonly string[];
  /** Of a page: how many of the scripts that it loads have run before. */
  step?: number;
  /** So many more like this were found. */
  more?: number;
}

/** What a page loads: a script of its own, with what that brings, or one that is a file. */
export type PageLoad = { brings: readonly string[] } | { src: string };

/** What a content breaks, and what it means for other files. */
export interface CheckedContent {
  findings: readonly Finding[];
  /** The names of functions that a script brings. */
  brings: readonly string[];
  /** The scripts of a page in the order in which they run. */
  loads: readonly PageLoad[];
}

/** Offsets into the text in UTF-16 units. */
export interface RawFinding {
  rule: BaselineRule;
  message: string;
  start: number;
  end: number;
  /** Names of functions: dropped if this script, or one that is loaded before, defines one of them. */
  unless?: readonly string[];
  step?: number;
}
