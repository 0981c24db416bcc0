import { stripVTControlCharacters } from 'node:util';
import { isLoopback } from '../http/loopback';

/** The most text to keep while waiting for the rest of an address, in UTF-16 units. */
const MAX_WAITING = 8 * 1024;
const ADDRESS = /https?:\/\/[^\s"'<>`]+/gu;
/** Punctuation of a sentence after an address. */
const AFTER_ADDRESS = /[),.;\]]/u;

/** Finds the first address of this computer in the output of a program. */
export class PrintedAddress {
  private waiting = '';

  /** Returns the address if this text completes it. */
  add(text: string): string | undefined {
    this.waiting += text;
    // An address may go on in the next text.
    const end = trimEnd(this.waiting, /\S/u).length;
    const found = findAddress(this.waiting.slice(0, end));
    this.waiting = this.waiting.slice(end).slice(-MAX_WAITING);
    return found;
  }

  /** Returns the address at the end of the output so far. */
  finish(): string | undefined {
    return findAddress(this.waiting);
  }
}

function findAddress(text: string): string | undefined {
  for (const [match] of stripVTControlCharacters(text).matchAll(ADDRESS)) {
    const address = trimEnd(match, AFTER_ADDRESS);
    const url = URL.canParse(address) ? new URL(address) : undefined;
    if (url?.username === '' && url.password === '' && isLoopback(url.hostname)) {
      return url.href;
    }
  }
  return undefined;
}

/** Removes the characters at the end of a text that match. */
function trimEnd(text: string, character: RegExp): string {
  let end = text.length;
  while (end > 0 && character.test(text.charAt(end - 1))) {
    end--;
  }
  return text.slice(0, end);
}
