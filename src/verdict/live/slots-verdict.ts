import { Traffic } from '../clients/traffic.ts';
import { conclude } from '../judge/conclude.ts';
import type { Verdict } from '../judge/verdict.ts';
import { THRESHOLDS, type Thresholds } from '../thresholds.ts';
import { type DemandBaseline, usualOf } from './demand-baseline.ts';
import { type RequestSlot, SLOT_MS, slotName } from './request-slot.ts';
import { addSlot } from './slot-traffic.ts';

/** Clients that are listed of an incident, and ten times as many attackers. */
const LISTED = 100;

/** Slots of a door that should be there, and are not: between its first and its last, of one life of its process. */
export function missingSlots(slots: readonly RequestSlot[]): {
  readonly missing: number;
  readonly known: number;
} {
  const lives = new Map<string, Set<number>>();
  for (const { door, life, at, parts, part } of slots) {
    const key = `${door} ${life}`;
    const seen = lives.get(key) ?? new Set();
    lives.set(key, seen);
    // A slot is there when its last part is.
    if (part === parts - 1) seen.add(at);
  }
  let [missing, known] = [0, 0];
  for (const seen of lives.values()) {
    const times = [...seen];
    const first = times.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
    const last = times.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
    known += seen.size;
    if (seen.size > 0) missing += Math.round((last - first) / SLOT_MS) + 1 - seen.size;
  }
  return { missing, known };
}

/** The verdict of what doors were asked for. Equal slots, in any order and however often, give equal bytes. */
export function verdictOfSlots(
  slots: readonly RequestSlot[],
  options: {
    readonly thresholds?: Partial<Thresholds>;
    readonly mostListed?: number;
    /** What was usual on other days; the verdict says what it is without. */
    readonly baseline?: DemandBaseline | undefined;
  } = {},
): Verdict {
  const thresholds: Thresholds = { ...THRESHOLDS, ...options.thresholds };
  const traffic = new Traffic(thresholds);
  const once = new Map(slots.map((slot) => [slotName(slot), slot]));
  const ordered = [...once].sort(([a, one], [b, other]) => one.at - other.at || (a < b ? -1 : 1));
  for (const [, slot] of ordered) addSlot(traffic, slot);
  const { missing, known } = missingSlots([...once.values()]);
  // What a slot had that is not there is not known: it is taken for a usual one.
  const unread = Math.round((traffic.requests / Math.max(1, known)) * missing);
  const files = [{ name: 'requests of the doors', format: 'slots of 10 s', lines: known, unread: missing }];
  const facts = { files, unread, durations: traffic.withDuration > 0 };
  const { baseline, mostListed = LISTED } = options;
  return conclude(traffic, thresholds, {
    ...{ facts, mostListed },
    ...(baseline && {
      usual: (from: number, to: number, rate: number) =>
        usualOf(baseline, rate, askedOfRooms([...once.values()], from, to)),
    }),
  });
}

/** Requests a second of each room in a window (wall-clock ms). */
function askedOfRooms(slots: readonly RequestSlot[], from: number, to: number): Map<string, number> {
  const seconds = Math.max(1, (to - from) / 1000);
  const asked = new Map<string, number>();
  for (const { at, rooms = [] } of slots)
    if (at >= from && at < to)
      for (const [key, count] of rooms) asked.set(key, (asked.get(key) ?? 0) + count / seconds);
  return asked;
}
