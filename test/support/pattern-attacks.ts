import { RegExpParser, type AST } from '@eslint-community/regexpp';
import type { SourcePattern } from './patterns';

/** A text of any length that may be slow for a pattern: a repeated unit and the text around it. */
export interface Attack {
  before: string;
  unit: string;
  after: string;
}

/** How many variants of each choice's alternatives and each class's characters are tried. */
const VARIANTS = 3;
/** A quantifier with a lower maximum cannot take long. */
const MANY = 10;
/** What follows the repeated part: an empty text, or text that most patterns do not match. */
const ENDINGS = ['', '\0', '\n x'];
/** Characters that are tried for classes. */
const CHARACTERS = [
  ...Array.from('a0 _-./\t\n\r"\'=#<>\\[({,:;+@!?*%&$`~^|Zz9é…'),
  ...['\0', '\u200b', '\u2028', '\u00a0', '\ufeff', '\u202e', '\u2067', '\ud800', '\u0627'],
];

/** Returns texts that are built from the pattern itself: its prefixes and its repeated parts. */
export function attacksOn({ source, flags }: Pick<SourcePattern, 'source' | 'flags'>): Attack[] {
  const { alternatives } = new RegExpParser().parsePattern(source, 0, source.length, {
    unicode: flags.includes('u'),
    unicodeSets: flags.includes('v'),
  });
  const found = new Map<string, Attack>();
  const add = (before: string, unit: string): void => {
    for (const after of unit === '' ? [] : ENDINGS) {
      found.set(JSON.stringify([before, unit, after]), { before, unit, after });
    }
  };
  for (let variant = 0; variant < VARIANTS; variant++) {
    new Beginnings(new Samples(flags, variant), add).visitAll(alternatives, '');
  }
  return [...found.values()];
}

/** Builds a text of about `length` UTF-16 units. */
export function attackText({ before, unit, after }: Attack, length: number): string {
  return before + unit.repeat(Math.ceil(length / unit.length)) + after;
}

/** Traverses a pattern and reports each prefix and each repeated part. */
class Beginnings {
  constructor(
    private readonly samples: Samples,
    private readonly add: (before: string, unit: string) => void,
  ) {}

  visitAll(alternatives: readonly AST.Alternative[], before: string): void {
    for (const { elements } of alternatives) {
      let beginning = before;
      for (const element of elements) {
        this.visit(element, beginning);
        beginning += this.samples.of(element);
        this.add('', beginning);
      }
    }
  }

  private visit(node: AST.Element, before: string): void {
    if (node.type === 'Quantifier') {
      const unit = this.samples.of(node.element);
      if (node.max >= MANY) {
        this.add('', unit);
        this.add(before, unit);
      }
      this.visit(node.element, before);
    } else if ('alternatives' in node) {
      this.visitAll(node.alternatives, before);
    }
  }
}

/** Generates texts that parts of a pattern match. */
class Samples {
  constructor(
    private readonly flags: string,
    private readonly variant: number,
  ) {}

  of(node: AST.Element): string {
    switch (node.type) {
      case 'Character':
        return String.fromCodePoint(node.value);
      case 'CharacterSet':
      case 'CharacterClass':
      case 'ExpressionCharacterClass':
        return this.character(node.raw);
      case 'Quantifier':
        return this.of(node.element).repeat(Math.min(Math.max(node.min, 1), 100));
      case 'Group':
      case 'CapturingGroup': {
        const { alternatives } = node;
        const chosen = alternatives[this.variant % alternatives.length];
        return (chosen?.elements ?? []).map((each) => this.of(each)).join('');
      }
      default:
        return ''; // lookaround assertions and backreferences
    }
  }

  private character(raw: string): string {
    const pattern = new RegExp(`^${raw}$`, this.flags.replace(/[gy]/gu, ''));
    const fitting = CHARACTERS.filter((character) => pattern.test(character));
    const last = fitting.length - 1;
    return fitting[Math.floor((last * this.variant) / (VARIANTS - 1))] ?? '';
  }
}
