const DAY_MS = 86_400_000;
/** A time of day so far ahead is one of yesterday: an evening may pass midnight. */
const AHEAD_MS = 12 * 3_600_000;
/** Clocks differ by so much. */
const SLACK_MS = 60_000;

/**
 * The newest moment with this time of day (`20:40`, in the zone of the browser), wall-clock ms; undefined for an empty
 * text, `later` for a moment that has not come.
 */
export function momentOf(time: string, now: number): number | 'later' | undefined {
  const [, hours, minutes] = /^(\d\d):(\d\d)/.exec(time) ?? [];
  if (hours === undefined || minutes === undefined) return undefined;
  const date = new Date(now);
  date.setHours(Number(hours), Number(minutes), 0, 0);
  const at = date.getTime();
  if (at <= now + SLACK_MS) return Math.min(at, now);
  return at - now > AHEAD_MS ? at - DAY_MS : 'later';
}
