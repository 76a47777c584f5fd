import type { Clock } from './clock.ts';
import { type Ms, ms } from './time.ts';

/** Between two lines of one kind. */
const PERIOD = ms(1000);
/** Names of rooms or processes that a line tells of those it stands for. */
const MOST_NAMES = 8;
/** Kinds that are remembered; a kind is a sentence of the code, so there are some hundred. */
const MOST_KINDS = 1_000;

interface Kind {
  last: Ms;
  held: object | undefined;
  leftOut: number;
  names: Set<string>;
  timer: Disposable | undefined;
}

/**
 * Lets at most one line a second of a kind through. The first goes at once; of those that come within the second after it,
 * the newest goes when the second is over, with `leftOut`, how many were not written, and `alsoAbout`, whom they were about.
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

/** Whom a line is about: a room or a process. */
function nameOf(fields: object): string | undefined {
  const { slug, child } = fields as { slug?: unknown; child?: unknown };
  return typeof slug === 'string' ? slug : typeof child === 'string' ? child : undefined;
}
