/**
 * Quotes an argument of a command that the user pastes into a terminal: a POSIX shell, or
 * PowerShell or cmd on Windows. Windows file names cannot contain `"`.
 */
export function shellQuote(argument: string, platform: NodeJS.Platform = process.platform): string {
  if (platform === 'win32') {
    return /^[\w.:\\/~-]+$/u.test(argument) ? argument : `"${argument}"`;
  }
  return /^[\w./@%+=:,-]+$/u.test(argument) ? argument : `'${argument.replaceAll("'", `'\\''`)}'`;
}
