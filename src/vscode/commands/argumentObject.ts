/** Returns what a command was called with as an object. The row of a view has fields, too. */
export function argumentObject(args: unknown): Record<string, never> {
  return typeof args === 'object' && args !== null ? (args as Record<string, never>) : {};
}
