/**
 * What integration tests are about, each in a VS Code of its own: `samples`, a workspace with every sample mini-app; `multi-root`, one of
 * several folders that are mini-apps; `untrusted`, a folder that nobody trusts; `arabic`, the samples in a VS Code that is shown in Arabic.
 */
export const integrationKinds = ['samples', 'multi-root', 'untrusted', 'arabic'] as const;

/** One of the kinds. */
export type IntegrationKind = (typeof integrationKinds)[number];

/** @returns the kind that a test file `<name>.<kind>.test.ts` is of; `samples` for one that names none */
export function readKind(file: string): IntegrationKind {
  const kind = /\.([a-z-]+)\.test\.ts$/u.exec(file)?.[1];
  return integrationKinds.find((each) => each === kind) ?? 'samples';
}
