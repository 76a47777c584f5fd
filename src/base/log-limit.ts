import type { Clock } from './clock.ts';
import { type Ms, ms } from './time.ts';

/** Interval between two lines of one kind. */
const PERIOD = ms(1000);
/** Limit of the names of rooms or processes in a line that stands for several. */
const MOST_NAMES = 8;
/** Limit of remembered kinds. A kind is a sentence of the code, so there are some hundred. */
const MOST_KINDS = 1_000;

interface Kind {
  last: Ms;
  held: object | undefined;
  leftOut: number;
  names: Set<string>;
  timer: Disposable | undefined;
}

/**
 * Lets at most one line of a kind per second through. The first passes at once. Of those in the following second, the
 * newest passes at its end, with `leftOut`, the number of lines not written, and `alsoAbout`, the rooms or processes
 * they were about.
 */
export function openLogLimit(
  clock: Clock,
): (kind: string, fields: object, write: (fields: object) => void) => void {
  const kinds = new Map<string, Kind>();
  return (name, fields, write) => {
    let kind = kinds.get(name);
    if (!kind) {
      if (kinds.size >= MOST_KINDS) kinds.clear();
      kind = {
        last: ms(Number.NEGATIVE_INFINITY),
        held: undefined,
        leftOut: 0,
        names: new Set(),
        timer: undefined,
      };
      kinds.set(name, kind);
    }
    const of = kind;
    const wait = of.last + PERIOD - clock.now();
    if (wait <= 0 && !of.timer) {
      of.last = clock.now();
      return write(fields);
    }
    if (of.held) {
      of.leftOut += 1;
      const about = nameOf(of.held);
      if (about !== undefined && of.names.size < MOST_NAMES) of.names.add(about);
    }
    of.held = fields;
    of.timer ??= clock.after(ms(Math.max(0, wait)), () => {
      const { held, leftOut, names } = of;
      Object.assign(of, {
        last: clock.now(),
        held: undefined,
        leftOut: 0,
        names: new Set(),
        timer: undefined,
      });
      if (!held) return;
      names.delete(nameOf(held) ?? '');
      write({
        ...held,
        ...(leftOut > 0 ? { leftOut } : {}),
        ...(names.size > 0 ? { alsoAbout: [...names] } : {}),
      });
    });
  };
}

/** The room or process that a line is about. */
function nameOf(fields: object): string | undefined {
  const { slug, child } = fields as { slug?: unknown; child?: unknown };
  return typeof slug === 'string' ? slug : typeof child === 'string' ? child : undefined;
}
