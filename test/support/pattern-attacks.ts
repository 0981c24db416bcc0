import { RegExpParser, type AST } from '@eslint-community/regexpp';
import type { SourcePattern } from './patterns';

/** A text of any length that may take a pattern long: what is repeated, and what stands around it. */
export interface Attack {
  before: string;
  unit: string;
  after: string;
}

/** Each alternative of a choice, and each kind of character of a class, is taken in one of so many ways. */
const VARIANTS = 3;
/** A quantifier that takes fewer times cannot take long. */
const MANY = 10;
/** What may come after the repeated part: nothing, or what most patterns do not go on with. */
const ENDINGS = ['', '\0', '\n x'];
/** Characters that classes are tried with. */
const CHARACTERS = [
  ...Array.from('a0 _-./\t\n\r"\'=#<>\\[({,:;+@!?*%&$`~^|Zz9é…'),
  ...['\0', '\u200b', '\u2028', '\u00a0', '\ufeff', '\u202e', '\u2067', '\ud800', '\u0627'],
];

/** Texts that are made of what a pattern itself asks for: its beginnings and what it repeats. */
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

/** A text of about so many UTF-16 units. */
export function attackText({ before, unit, after }: Attack, length: number): string {
  return before + unit.repeat(Math.ceil(length / unit.length)) + after;
}

/** Walks through a pattern, and tells of each beginning of it and of each part that it repeats. */
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

/** Texts that parts of a pattern match. */
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
        return ''; // what looks around, or back
    }
  }

  private character(raw: string): string {
    const pattern = new RegExp(`^${raw}$`, this.flags.replace(/[gy]/gu, ''));
    const fitting = CHARACTERS.filter((character) => pattern.test(character));
    const last = fitting.length - 1;
    return fitting[Math.floor((last * this.variant) / (VARIANTS - 1))] ?? '';
  }
}
