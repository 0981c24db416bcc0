import { compileFunction, Script } from 'node:vm';

/**
 * Checks with V8 whether a text is a classic script, or the body of an event handler. The text is
 * compiled and never run, and V8 neither reads nor writes compiled code.
 * @returns the message about an invalid script; without one, V8 could not decide
 */
export function compile(text: string, isHandler: boolean): { isValid: boolean; error?: string } {
  try {
    if (isHandler && text.startsWith('#!')) {
      return { isValid: false }; // only scripts have a hashbang line, but V8 skips it here, too
    }
    if (isHandler) {
      compileFunction(text, []);
    } else {
      new Script(text);
    }
    return { isValid: true };
  } catch (error) {
    // Any other error, such as one about deep nesting, says nothing about the text.
    return error instanceof SyntaxError && !isHandler
      ? { isValid: false, error: error.message }
      : { isValid: false };
  }
}
