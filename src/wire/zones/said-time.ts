/** Instants as people write them, in the zone of a room. */

/** `day`: with its weekday; `date`: with the year as well; `clock`: the time of day alone. */
export type SaidParts = 'day' | 'date' | 'clock';

const CLOCK = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
const DAY = { weekday: 'long', day: 'numeric', month: 'long' } as const;
const PARTS: Readonly<Record<SaidParts, Intl.DateTimeFormatOptions>> = {
  day: { ...DAY, ...CLOCK },
  date: { ...DAY, year: 'numeric', ...CLOCK },
  clock: CLOCK,
};
/** Each takes some ten kilobytes; most servers have rooms of a few zones. */
const MOST_FORMATS = 128;
const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(language: 'en' | 'fr', zone: string, parts: SaidParts | 'name'): Intl.DateTimeFormat {
  const key = `${language} ${zone} ${parts}`;
  const known = formats.get(key);
  if (known) return known;
  const options: Intl.DateTimeFormatOptions = parts === 'name' ? { timeZoneName: 'long' } : PARTS[parts];
  const made = new Intl.DateTimeFormat(language === 'fr' ? 'fr' : 'en-GB', { ...options, timeZone: zone });
  if (formats.size >= MOST_FORMATS) formats.clear();
  formats.set(key, made);
  return made;
}

/**
 * What a zone is called at an instant, summer or not: `Central European Summer Time`. One that has no name in words is
 * called by its offset and its city: `GMT+01:00, Casablanca`.
 */
export function zoneInWords(zone: string | undefined, at: number, language: 'en' | 'fr'): string {
  if (zone === undefined || zone === 'UTC') return 'UTC';
  const name =
    formatOf(language, zone, 'name')
      .formatToParts(at)
      .find(({ type }) => type === 'timeZoneName')?.value ?? zone;
  const city = zone.startsWith('Etc/') ? undefined : zone.split('/').at(-1)?.replaceAll('_', ' ');
  return /\d/.test(name) && city !== undefined ? `${name}, ${city}` : name;
}

/** An instant in a zone, which is named: `Tuesday 1 December at 20:00 (Central European Standard Time)`; in UTC without one. */
export function timeInZone(
  at: number,
  zone: string | undefined,
  language: 'en' | 'fr',
  parts: SaidParts = 'day',
): string {
  const said = formatOf(language, zone ?? 'UTC', parts).format(at);
  const name = zoneInWords(zone, at, language);
  return name === 'UTC' ? `${said} UTC` : `${said} (${name})`;
}
