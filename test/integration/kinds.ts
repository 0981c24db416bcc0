/**
 * The kinds of integration tests, each run in its own VS Code: `samples`, a workspace with every
 * sample mini-app; `multi-root`, one with several folders that are mini-apps; `untrusted`, an
 * untrusted folder; `arabic`, the samples in a VS Code in Arabic.
 */
export const integrationKinds = ['samples', 'multi-root', 'untrusted', 'arabic'] as const;

/** One of the kinds. */
export type IntegrationKind = (typeof integrationKinds)[number];

/**
 * @returns the kind of a test file `<name>.<kind>.test.ts`; `samples` for one that names no kind
 */
export function readKind(file: string): IntegrationKind {
  const kind = /\.([a-z-]+)\.test\.ts$/u.exec(file)?.[1];
  return integrationKinds.find((each) => each === kind) ?? 'samples';
}
