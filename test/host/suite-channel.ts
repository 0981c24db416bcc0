/** First argument of every console message of the test run; all others are VS Code's own log. */
export const suiteMarker = '\u0002i99dash-suite';

/** A message from the suite runner to the launcher: output, or that `run()` resolved. */
export type SuiteMessage = 'output' | 'passed';

/** The environment variable with the absolute path of the test suite for the suite runner. */
export const suiteVariable = 'I99DASH_TEST_SUITE';
