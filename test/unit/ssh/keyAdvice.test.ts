import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openKeyFile } from '../../../src/core/ssh/privateKey';
import { shellQuote } from '../../../src/core/platform/shellQuote';
import { sshUint32 } from '../../../src/core/ssh/formats/sshWire';
import { rejectsWith } from '../../support/expect';
import { toPutty } from '../../support/putty-key';
import { fingerprintOfLine, generateTestKey, toPublicKeyLine } from '../../support/ssh-key';
import { useTempFolder } from '../../support/temp-folder';
import { unlockWith } from '../../support/unlock-with';

const PASSPHRASE = 'the passphrase';
const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const PEM = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const LINE = toPublicKeyLine(publicKey, '');
const FINGERPRINT = fingerprintOfLine(LINE);
/** Answers the prompts that the programs print in a terminal. */
const OPENSSL_ANSWERS = `-passin 'pass:${PASSPHRASE}' -passout 'pass:${PASSPHRASE}'`;
const KEYGEN_ANSWERS = `-P '${PASSPHRASE}' -N '${PASSPHRASE}'`;

function hasProgram(name: string): boolean {
  const folders = (process.env['PATH'] ?? '').split(':');
  return folders.some((folder) => existsSync(join(folder, name)));
}

describe('commands suggested in key messages', () => {
  const temp = useTempFolder();
  let folder: string;
  let path: string;

  beforeEach(async () => {
    folder = join(temp.path, 'it\'s a $HOME `x` & "more"');
    await mkdir(folder);
    path = join(folder, 'my key');
  });

  /** Returns the command at the end of the message that opening the key throws. */
  async function advice(): Promise<string> {
    const { message } = await rejectsWith('KEY_UNREADABLE', openKeyFile(path));
    return /: ((?:openssl|ssh-keygen|puttygen) .*)$/u.exec(message)?.[1] ?? assert.fail(message);
  }

  const run = (command: string): void =>
    void execFileSync('sh', ['-c', command], { stdio: ['ignore', 'pipe', 'pipe'] });

  async function assertOpens(file: string, fingerprint = FINGERPRINT): Promise<void> {
    const signer = await openKeyFile(file, unlockWith(PASSPHRASE));
    assert.equal(signer.fingerprint, fingerprint);
  }

  async function seal(...options: string[]): Promise<void> {
    const args = ['pkcs8', '-topk8', '-passout', `pass:${PASSPHRASE}`, ...options];
    const text = execFileSync('openssl', args, { input: PEM, encoding: 'utf8' });
    await writeFile(path, text, { mode: 0o600 });
  }

  const legacy = ['-provider', 'legacy', '-provider', 'default'];
  for (const scheme of ['PBE-MD5-DES', 'PBE-SHA1-RC4-128', 'PBE-SHA1-RC2-40']) {
    it(`converts a key with ${scheme} using openssl`, async () => {
      await seal('-v1', scheme, ...legacy);
      run(`${await advice()} ${OPENSSL_ANSWERS}`);
      await assertOpens(`${path}.new`);
    });
  }

  it('converts a key with too many rounds using openssl', async () => {
    await seal('-v1', 'PBE-SHA1-3DES', '-iter', '10001');
    run(`${await advice()} ${OPENSSL_ANSWERS}`);
    await assertOpens(`${path}.new`);
  });

  it('converts a key with too many rounds using ssh-keygen', async () => {
    const key = await generateTestKey({ folder, rounds: 1, passphrase: PASSPHRASE });
    const text = await readFile(key.path, 'utf8');
    const [begin = '', ...lines] = text.trim().split('\n');
    const bytes = Buffer.from(lines.slice(0, -1).join(''), 'base64');
    // The rounds end a string of 24 bytes after the name of the key derivation.
    sshUint32(2000).copy(bytes, bytes.indexOf('bcrypt') + 6 + 4 + 20);
    await writeFile(path, `${begin}\n${bytes.toString('base64')}\n${lines.at(-1) ?? ''}\n`);
    const command = await advice();
    // Deriving with that many rounds would take minutes.
    await copyFile(key.path, path);
    run(`${command.replace('-a 64', '-a 2')} ${KEYGEN_ANSWERS}`);
    await assertOpens(path, key.fingerprint);
  });

  it('converts a PuTTY format 3 key using puttygen, where it is installed', async () => {
    const file = toPutty({ pem: PEM, publicKeyLine: LINE }, 3, PASSPHRASE);
    await writeFile(path, file, { mode: 0o600 });
    const command = await advice();
    assert.match(command, /^puttygen '.*' -O private-openssh-new -o '.*\.new'$/u);
    if (!hasProgram('puttygen')) {
      return;
    }
    const phrase = join(temp.path, 'phrase');
    await writeFile(phrase, PASSPHRASE);
    const made = await generateTestKey({ folder: temp.path });
    const puttygen = `puttygen ${made.path} -P --new-passphrase ${phrase} -o ${shellQuote(path)}`;
    run(puttygen);
    run(`${command} --old-passphrase ${phrase}`);
    await assertOpens(`${path}.new`, made.fingerprint);
  });

  it('quotes paths for POSIX shells, PowerShell and cmd', () => {
    for (const [argument, platform, quoted] of [
      ['/home/me/.ssh/id_ed25519', 'linux', '/home/me/.ssh/id_ed25519'],
      ["/it's", 'darwin', "'/it'\\''s'"],
      ['/$HOME `x` "y"\n', 'linux', '\'/$HOME `x` "y"\n\''],
      ['C:\\Users\\me\\key', 'win32', 'C:\\Users\\me\\key'],
      ["C:\\Users\\محمد علي's\\key", 'win32', '"C:\\Users\\محمد علي\'s\\key"'],
    ] as const) {
      assert.equal(shellQuote(argument, platform), quoted);
    }
  });
});
