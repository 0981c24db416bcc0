/** True for what a document writes in the place of a secret: nothing but `x`, `0` and signs, or words such as "your". */
export function isPlaceholder(text: string): boolean {
  return /^[x0*._+/=-]*$/iu.test(text) || /example|placeholder|your/iu.test(text);
}
