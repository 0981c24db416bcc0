/** Sources that are less than 80 % covered by the unit and integration tests, with the reason. */
export const EXPLAINED: Readonly<Record<string, string>> = {};
