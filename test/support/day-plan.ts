import { between } from './random';

/** An event of the day, with its time in milliseconds since the start. */
export type DayEvent = { readonly at: number } & (
  | { readonly kind: 'sleep'; readonly ms: number }
  | { readonly kind: 'offline' | 'online' }
  | { readonly kind: 'setClock'; readonly ms: number }
  | { readonly kind: 'call' | 'focus'; readonly window: number }
);

/** The number and kind of events of a day. */
export interface DayShape {
  readonly hours: number;
  readonly windows: number;
  readonly calls: number;
  readonly focuses: number;
  readonly sleeps: number;
  readonly offlineSpells: number;
  /** How often the clock is set, alternately back and forward. */
  readonly clockSets: number;
}

const MINUTE = 60_000;

interface Trouble {
  readonly kind: 'sleep' | 'offline';
  readonly ms: number;
  /** Follows the previous event at once: a computer wakes without its network. */
  readonly adjoins: boolean;
}

/** Generates a day. Sleeps last 1 to 90 minutes, offline spells 1 to 15; they do not overlap. */
export function planDay(shape: DayShape, random: () => number): DayEvent[] {
  const length = shape.hours * 60 * MINUTE;
  const moment = (): number => Math.floor(random() * length);
  const someWindow = (): number => between(random, 0, shape.windows - 1);
  const many = <T>(count: number, make: (index: number) => T): T[] =>
    Array.from({ length: count }, (_, index) => make(index));
  const events: DayEvent[] = [
    ...placeTroubles(drawTroubles(shape, random), length, random),
    ...many(shape.clockSets, (index): DayEvent => {
      const ms = between(random, 2, 60) * MINUTE * (index % 2 === 0 ? -1 : 1);
      return { kind: 'setClock', at: moment(), ms };
    }),
    ...many(shape.calls, (): DayEvent => ({ kind: 'call', at: moment(), window: someWindow() })),
    ...many(shape.focuses, (): DayEvent => ({ kind: 'focus', at: moment(), window: someWindow() })),
  ];
  return events.sort((one, other) => one.at - other.at);
}

function drawTroubles({ sleeps, offlineSpells }: DayShape, random: () => number): Trouble[] {
  const troubles: Trouble[] = [];
  let [sleepsLeft, spellsLeft] = [sleeps, offlineSpells];
  while (sleepsLeft + spellsLeft > 0) {
    if (random() * (sleepsLeft + spellsLeft) < sleepsLeft) {
      sleepsLeft -= 1;
      troubles.push({ kind: 'sleep', ms: between(random, MINUTE, 90 * MINUTE), adjoins: false });
    } else {
      spellsLeft -= 1;
      const ms = between(random, MINUTE, 15 * MINUTE);
      troubles.push({ kind: 'offline', ms, adjoins: troubles.at(-1)?.kind === 'sleep' });
    }
  }
  return troubles;
}

/** Spreads the events over the day and distributes the remaining time between them. */
function placeTroubles(troubles: Trouble[], length: number, random: () => number): DayEvent[] {
  const gaps = troubles.map(({ adjoins }) => (adjoins ? 0 : random()));
  const weight = gaps.reduce((sum, gap) => sum + gap, random());
  const free = length - troubles.reduce((sum, { ms }) => sum + ms, 0);
  let time = 0;
  return troubles.flatMap(({ kind, ms }, index): DayEvent[] => {
    const at = Math.floor(time + ((gaps[index] ?? 0) / weight) * free);
    time = at + ms;
    return kind === 'sleep'
      ? [{ kind, at, ms }]
      : [
          { kind: 'offline', at },
          { kind: 'online', at: time },
        ];
  });
}
