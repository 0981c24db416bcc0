/**
 * Checks whether a value is a placeholder for a secret: only `x`, `0` and punctuation, or words
 * such as "your".
 */
export function isPlaceholder(text: string): boolean {
  return /^[x0*._+/=-]*$/iu.test(text) || /example|placeholder|your/iu.test(text);
}
