import type { SessionWindow } from './session-window';

/** Records the kinds of state that a window passes through from now on. */
export function statesOf({ session }: SessionWindow): string[] {
  const kinds: string[] = [];
  session.onDidChange(({ kind }) => kinds.push(kind));
  return kinds;
}

/** Returns the kind of a window's current state. */
export const kindOf = ({ session }: SessionWindow): string => session.state.kind;

/** Returns the code of a window's current failure, if any. */
export function failureOf({ session }: SessionWindow): string | undefined {
  return 'failure' in session.state ? session.state.failure.code : undefined;
}
