/** Whether a number of a JSON text is the same number once it was read and written again. */
export function isKeptNumber(literal: string): boolean {
  return decimal(literal) === decimal(JSON.stringify(Number(literal)));
}

/** One form for all literals of a number: sign, digits without zeros around, exponent. */
function decimal(literal: string): string | undefined {
  const [, sign = '', whole, fraction = '', exponent = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]?\d+))?$/iu.exec(literal) ?? [];
  if (whole === undefined) {
    return undefined; // null, which is written for what is too large
  }
  const digits = `${whole}${fraction}`.replace(/^0+/u, '');
  let end = digits.length;
  while (digits.charAt(end - 1) === '0') {
    end--;
  }
  const power = BigInt(exponent) - BigInt(fraction.length) + BigInt(digits.length - end);
  return end === 0 ? '0' : `${sign}${digits.slice(0, end)}e${power}`;
}
