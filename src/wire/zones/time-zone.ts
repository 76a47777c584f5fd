/** Time zones by the names of the IANA database, and the clock on the wall in one of them. */

/** Names that the platform still has for what the database calls otherwise now. Spec: IANA `backward`. */
const RENAMED: Readonly<Record<string, string>> = {
  'Africa/Asmera': 'Africa/Asmara',
  'America/Buenos_Aires': 'America/Argentina/Buenos_Aires',
  'America/Catamarca': 'America/Argentina/Catamarca',
  'America/Coral_Harbour': 'America/Atikokan',
  'America/Cordoba': 'America/Argentina/Cordoba',
  'America/Godthab': 'America/Nuuk',
  'America/Indianapolis': 'America/Indiana/Indianapolis',
  'America/Jujuy': 'America/Argentina/Jujuy',
  'America/Louisville': 'America/Kentucky/Louisville',
  'America/Mendoza': 'America/Argentina/Mendoza',
  'Asia/Calcutta': 'Asia/Kolkata',
  'Asia/Katmandu': 'Asia/Kathmandu',
  'Asia/Rangoon': 'Asia/Yangon',
  'Asia/Saigon': 'Asia/Ho_Chi_Minh',
  'Atlantic/Faeroe': 'Atlantic/Faroe',
  'Europe/Kiev': 'Europe/Kyiv',
  'Pacific/Enderbury': 'Pacific/Kanton',
  'Pacific/Ponape': 'Pacific/Pohnpei',
  'Pacific/Truk': 'Pacific/Chuuk',
};
/** The longest name has 32 characters. */
const LONGEST = 64;
/** Names of places, and `UTC`; no offsets such as `+01:00`, which know no change of clocks. */
const NAMED = /^(?:UTC|[A-Z][A-Za-z_]+(?:\/[A-Z][A-Za-z0-9_+-]*){1,2})$/;

/** The name that is kept for one that people or browsers give; undefined where there is no such zone. */
export function zoneNamed(text: string): string | undefined {
  if (text.length > LONGEST || !/^[A-Za-z]/.test(text)) return undefined;
  try {
    const { timeZone } = new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions();
    const name = RENAMED[timeZone] ?? timeZone;
    return NAMED.test(name) ? name : undefined;
  } catch {
    return undefined;
  }
}

/** All zones that this platform can list, by the names that are kept; `UTC` first. */
export const allZones = (): string[] => [
  'UTC',
  ...Intl.supportedValuesOf('timeZone')
    .map((name) => RENAMED[name] ?? name)
    .filter((name) => name !== 'UTC')
    .sort(),
];

/** Making one takes longer than using it, and each takes some ten kilobytes. */
const MOST_FORMATS = 128;
const formats = new Map<string, Intl.DateTimeFormat>();
function formatIn(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone);
  if (known) return known;
  const made = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' });
  if (formats.size >= MOST_FORMATS) formats.clear();
  formats.set(zone, made);
  return made;
}

/** How far the clocks of a zone are ahead of UTC at an instant, ms; west of Greenwich it is negative. */
export function offsetAt(zone: string, at: number): number {
  const [, sign, hour = 0, minute = 0, second = 0] =
    /GMT(?:([+-])(\d\d):(\d\d)(?::(\d\d))?)?$/.exec(formatIn(zone).format(at)) ?? [];
  const length = (Number(hour) * 3_600 + Number(minute) * 60 + Number(second)) * 1_000;
  return sign === '-' ? -length : length;
}

/** What clocks show in a zone, as `2026-12-01T20:00:00`. */
export const wallClock = (zone: string, at: number): string =>
  new Date(at + offsetAt(zone, at)).toISOString().slice(0, 19);

const DAY_MS = 86_400_000;

/** True where clocks go back over an instant: what they show then, they show twice. */
export function isShownTwice(zone: string, at: number): boolean {
  const offset = offsetAt(zone, at);
  return [at - DAY_MS, at + DAY_MS].some((near) => {
    const other = offsetAt(zone, near);
    return other !== offset && offsetAt(zone, at + offset - other) === other;
  });
}

/**
 * The instant at which clocks in a zone show a time such as `2026-12-01T20:00`. A time that is there twice is the first
 * one; one that is left out when clocks go forward counts as if they had not. Spec: RFC 5545, 3.3.5.
 */
export function instantIn(zone: string, clock: string): number {
  const shown = Date.parse(`${clock}Z`);
  if (Number.isNaN(shown)) return Number.NaN;
  const before = offsetAt(zone, shown - DAY_MS);
  const early = shown - before;
  if (offsetAt(zone, early) === before) return early;
  const late = shown - offsetAt(zone, shown + DAY_MS);
  return late + offsetAt(zone, late) === shown ? late : early;
}
