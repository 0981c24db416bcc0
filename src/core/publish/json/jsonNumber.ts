/** Checks whether a JSON number keeps its value when it is parsed and serialized. */
export function isKeptNumber(literal: string): boolean {
  return decimal(literal) === decimal(JSON.stringify(Number(literal)));
}

/** Normalizes a number literal: sign, digits without leading or trailing zeros, exponent. */
function decimal(literal: string): string | undefined {
  const [, sign = '', whole, fraction = '', exponent = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]?\d+))?$/iu.exec(literal) ?? [];
  if (whole === undefined) {
    return undefined; // null: a number too large for JSON
  }
  const digits = `${whole}${fraction}`.replace(/^0+/u, '');
  let end = digits.length;
  while (digits.charAt(end - 1) === '0') {
    end--;
  }
  const power = BigInt(exponent) - BigInt(fraction.length) + BigInt(digits.length - end);
  return end === 0 ? '0' : `${sign}${digits.slice(0, end)}e${power}`;
}
