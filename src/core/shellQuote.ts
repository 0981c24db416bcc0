/**
 * Quotes an argument of a command that a person pastes into a terminal: a POSIX shell, or on Windows PowerShell or cmd.
 * Windows allows no `"` in file names.
 */
export function shellQuote(argument: string, platform: NodeJS.Platform = process.platform): string {
  if (platform === 'win32') {
    return /^[\w.:\\/~-]+$/u.test(argument) ? argument : `"${argument}"`;
  }
  return /^[\w./@%+=:,-]+$/u.test(argument) ? argument : `'${argument.replaceAll("'", `'\\''`)}'`;
}
