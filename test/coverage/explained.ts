/** Sources of which less than 80 % of the lines run in the unit and integration tests, and why that is as it should be. */
export const EXPLAINED: Readonly<Record<string, string>> = {};
