import type { ClaimFacts, ClaimMinute } from './facts.ts';
import type { SaidTime } from './language/said-time.ts';

const MINUTE_MS = 60_000;
/** A minute without an entry is looked for in its neighbours. */
const NEAR_MINUTES = 1;

/** What a statement is compared with: the room as a whole, or one minute. */
export type MomentFound =
  | { readonly kind: 'whole' }
  | { readonly kind: 'minute'; readonly minute: ClaimMinute; readonly exact: boolean }
  | { readonly kind: 'unknown' };

/** True for a time zone that this machine knows. */
export function isZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}

/** Minutes since midnight at an instant, in a zone. */
function clockOf(zone: string): (at: number) => number {
  const format = new Intl.DateTimeFormat('en-GB', {
    ...{ timeZone: zone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
  });
  return (at) => {
    const [hour, minute] = format.format(at).split(':').map(Number);
    return (hour ?? 0) * 60 + (minute ?? 0);
  };
}

/** Finds the minute to which a statement refers. `zone`: the time zone of a time of day that names none. */
export function momentOf(time: SaidTime | undefined, facts: ClaimFacts, zone: string): MomentFound {
  if (time === undefined || time.kind === 'peak' || time.kind === 'end') return { kind: 'whole' };
  const { minutes, opened } = facts;
  const near = (minute: number): MomentFound => {
    const found = nearest(minutes, minute);
    return found ? { kind: 'minute', minute: found, exact: true } : { kind: 'unknown' };
  };
  if (time.kind === 'instant') return near(Math.floor(time.at / MINUTE_MS));
  if (time.kind === 'after') {
    const until = ((opened ?? Number.NaN) + time.length) / MINUTE_MS;
    const found = minutes.findLast(({ minute }) => minute + 1 <= Math.ceil(until));
    // Nothing is known of an hour of which the log ends before.
    const known = found && found.minute + 1 + NEAR_MINUTES >= Math.floor(until);
    return known ? { kind: 'minute', minute: found, exact: false } : { kind: 'unknown' };
  }
  const clock = clockOf(time.zone ?? zone);
  const wanted = time.hour * 60 + time.minute;
  for (let off = 0; off <= NEAR_MINUTES; off++) {
    const found = minutes.find(({ minute }) => Math.abs(clock(minute * MINUTE_MS) - wanted) === off);
    if (found) return { kind: 'minute', minute: found, exact: true };
  }
  return { kind: 'unknown' };
}

function nearest(minutes: readonly ClaimMinute[], wanted: number): ClaimMinute | undefined {
  let best: ClaimMinute | undefined;
  for (const one of minutes)
    if (Math.abs(one.minute - wanted) < Math.abs((best?.minute ?? Number.POSITIVE_INFINITY) - wanted))
      best = one;
  return best && Math.abs(best.minute - wanted) <= NEAR_MINUTES ? best : undefined;
}
