/**
 * Words of a server, a manifest or a file name as they may stand in a notification. VS Code renders `[text](command:…)` there as a
 * link that runs a command.
 */
export function plainText(text: string): string {
  return text.replaceAll('](', '] (');
}
