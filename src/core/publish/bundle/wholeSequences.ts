/** UTF-16 units. A longer escape sequence is passed on in parts; no real one is as long. */
const MAX_HELD = 4096;
const ESC = '\u001B';
const BEL = '\u0007';
/**
 * The beginning of an escape sequence at the end of a text: of a command, of a string terminated by
 * BEL or ESC \, or of a short sequence.
 */
const UNFINISHED = new RegExp(
  [
    `(?:${ESC}\\[|\u009B)[0-?]*[ -/]*$`,
    `${ESC}[P\\]X^_][^${BEL}${ESC}\u009C]*${ESC}?$`,
    `${ESC}[ -/]*$`,
  ].join('|'),
  'u',
);

/**
 * Passes text on immediately, but holds back an incomplete escape sequence until the rest arrives.
 * @param passOn never gets an empty text
 */
export class WholeSequences {
  private held = '';

  constructor(private readonly passOn: (text: string) => void) {}

  write(text: string): void {
    const whole = this.held + text;
    const tail = whole.slice(-MAX_HELD);
    const at = tail.search(UNFINISHED);
    const isHeld = at > 0 || (at === 0 && tail === whole && whole.length < MAX_HELD);
    this.held = isHeld ? tail.slice(at) : '';
    this.emit(whole.slice(0, whole.length - this.held.length));
  }

  /** Passes on the held text at the end of the input. */
  end(): void {
    this.emit(this.held);
    this.held = '';
  }

  private emit(text: string): void {
    if (text !== '') {
      this.passOn(text);
    }
  }
}
