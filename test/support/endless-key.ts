/**
 * Returns a PKCS#8 structure whose PBKDF2 rounds would take too long to wait for; its content is
 * not encrypted data.
 */
export function endlessPkcs8(): string {
  const rounds = '02047fffffff';
  const salt = '04080000000000000000';
  const iv = `0410${'00'.repeat(16)}`;
  const pbkdf2 = der('30', `06092a864886f70d01050c${der('30', salt + rounds)}`);
  const cipher = der('30', `060960864801650304012a${iv}`);
  const algorithm = der('30', `06092a864886f70d01050d${der('30', pbkdf2 + cipher)}`);
  return pem('ENCRYPTED PRIVATE KEY', der('30', algorithm + der('04', '00'.repeat(64))));
}

/** Returns the same with scrypt parameters that need little memory and days of time. */
export function endlessScrypt(): string {
  const parameters = der('30', '04080000000000000000' + '0203008000' + '020101' + '0203020000');
  const scrypt = der('30', `06092b06010401da47040b${parameters}`);
  const cipher = der('30', `060960864801650304012a0410${'00'.repeat(16)}`);
  const algorithm = der('30', `06092a864886f70d01050d${der('30', scrypt + cipher)}`);
  return pem('ENCRYPTED PRIVATE KEY', der('30', algorithm + der('04', '00'.repeat(64))));
}

function der(tag: string, hex: string): string {
  const length = hex.length / 2;
  const header = length < 0x80 ? length.toString(16).padStart(2, '0') : `81${length.toString(16)}`;
  return `${tag}${header}${hex}`;
}

function pem(label: string, hex: string): string {
  const body = Buffer.from(hex, 'hex').toString('base64');
  return `-----BEGIN ${label}-----\n${body}\n-----END ${label}-----\n`;
}
