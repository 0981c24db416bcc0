import assert from 'node:assert/strict';
import { failureText } from '../../../src/core/agents/toolText';
import { I99dashError } from '../../../src/core/errors';
import { lineLogger } from '../../../src/core/platform/lineLogger';
import { sanitizeLine, serverWords } from '../../../src/core/text/sanitizeLine';
import { redact } from '../../../src/core/text/redact';
import { bidiIsolate } from '../../../src/core/text/bidiIsolate';
import { plain, type Parser } from '../parser';
import { assertPresentable } from '../promises';

const TOKEN = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJkZXYifQ.bWFya2VyLW9mLWEtdG9rZW4';
/** A server chooses its tokens. */
const REPEATING = 'ab'.repeat(2_000);
const MEGABYTE = 1024 * 1024;

/** Text of a server, a file or a program on its way to a message, a row, the log or an agent. */
export const words: Parser = {
  name: 'words of others',
  seeds: () =>
    [
      'No, for a reason. See https://a.example/b?signature=c#d.',
      `The token ${TOKEN} is not accepted in /home/me/app/manifest.json`,
      `${REPEATING.slice(1)}${REPEATING}`,
      '\u2067\u0644\u0627 \u2068a\u2069\u2069',
    ].map(plain),
  words: [
    ...['http://', 'https://a', 'https://a/?', '?', '#', ' ', '\n', '\0', '\u202e', '\u2068'],
    ...['/a', '~/', 'C:\\', '](command:', 'ab', TOKEN, TOKEN.slice(0, 40), '\u2069', '\u200d'],
  ],
  check: (input) => {
    const text = input.toString();
    const kept = redact(text, [TOKEN, REPEATING]);
    assert.ok(!kept.includes(TOKEN) && !kept.includes(REPEATING), 'a secret is kept');
    const said = serverWords(kept);
    assert.ok(Array.from(said).length <= 301, 'a message is longer than asked for');
    assert.doesNotMatch(said, /https?:\/\/\S*[?#](?!…)/iu);
    const logged: string[] = [];
    const log = (message: string): void => void logged.push(message);
    lineLogger({ debug: log, info: log, warn: log, error: log }).error(kept);
    const told = failureText(new I99dashError('SERVER', kept), [
      { name: 'app', path: '/home/me/app' },
    ]);
    for (const line of [said, sanitizeLine(kept, Infinity), bidiIsolate(kept), ...logged, told]) {
      assert.doesNotMatch(line, /[\r\n\0]/u);
    }
    if (said === '') return 'refused';
    assertPresentable(said);
    return 'accepted';
  },
  maxBytes: MEGABYTE,
};
