/** First argument of every console message that belongs to the test run; all others are VS Code's own log. */
export const suiteMarker = '\u0002i99dash-suite';

/** What the suite runner tells the launcher: something printed, or that `run()` resolved. */
export type SuiteMessage = 'output' | 'passed';

/** The environment variable that tells the suite runner the absolute path of the test suite. */
export const suiteVariable = 'I99DASH_TEST_SUITE';
