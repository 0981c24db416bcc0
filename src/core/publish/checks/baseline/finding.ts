import type { Range } from '../../../problem';

/** Rules about what the oldest cars' WebView supports: Chromium 95, classic scripts only. */
type BaselineRule =
  /** Syntax newer than ES2022, or invalid syntax. */
  | 'baseline.syntax'
  /** Syntax that only modules allow. */
  | 'baseline.module'
  /** A call of an API that is newer than Chromium 95 and that the backend rejects. */
  | 'baseline.api'
  /** A use of any other feature that is newer than Chromium 95. */
  | 'baseline.feature'
  /** The file was not checked, because it is too large or nested too deeply. */
  | 'baseline.unchecked';

/**
 * A problem in a file's content. It does not depend on the path: equal contents have equal
 * findings.
 */
export interface Finding {
  rule: BaselineRule;
  message: string;
  range: Range;
  /**
   * Names of functions: the finding is dropped if a script that is loaded earlier defines one of
   * them.
   */
  unless?: readonly string[];
  /** For code in a page: how many of the page's scripts have run before it. */
  step?: number;
  /** How many similar findings were left out. */
  more?: number;
}

/** What a page loads: an inline script with the functions that it defines, or a script file. */
export type PageLoad = { brings: readonly string[] } | { src: string };

/** The findings in a content, and what it defines or loads for other files. */
export interface CheckedContent {
  findings: readonly Finding[];
  /** The names of the functions that a script defines. */
  brings: readonly string[];
  /** The scripts of a page in the order in which they run. */
  loads: readonly PageLoad[];
}

/** A finding with offsets into the text, in UTF-16 units. */
export interface RawFinding {
  rule: BaselineRule;
  message: string;
  start: number;
  end: number;
  /**
   * Names of functions: the finding is dropped if this script, or one that is loaded earlier,
   * defines one of them.
   */
  unless?: readonly string[];
  step?: number;
}
