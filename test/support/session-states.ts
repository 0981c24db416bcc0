import type { SessionWindow } from './session-window';

/** The kinds of state that a window goes through from now on. */
export function statesOf({ session }: SessionWindow): string[] {
  const kinds: string[] = [];
  session.onDidChange(({ kind }) => kinds.push(kind));
  return kinds;
}

/** The kind of the state that a window is in. */
export const kindOf = ({ session }: SessionWindow): string => session.state.kind;

/** The code of what stands in a window's way, if anything does. */
export function failureOf({ session }: SessionWindow): string | undefined {
  return 'failure' in session.state ? session.state.failure.code : undefined;
}
