/** The person's own variant of a language, if the browser names one: dates differ between New York and London. */
export const localeOf = (language: string): string =>
  globalThis.navigator?.languages?.find((tag) => tag.toLowerCase().startsWith(`${language}-`)) ??
  (language === 'en' ? 'en-GB' : language);

/** The time of day, in this person's format and zone. */
export const timeOf = (at: number, language: string): string =>
  new Intl.DateTimeFormat(localeOf(language), {
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).format(at);

/** The date alone, with its year. */
export const dayOf = (at: number, language: string): string =>
  new Intl.DateTimeFormat(localeOf(language), { dateStyle: 'long' }).format(at);

/** Day, date and time in full, with the name of the time zone, so that nobody has to guess; `zone`: absent, this person's own. */
export function wholeOf(at: number, language: string, zone?: string): string {
  const write = (options: Intl.DateTimeFormatOptions): string =>
    new Intl.DateTimeFormat(localeOf(language), { ...options, ...(zone ? { timeZone: zone } : {}) }).format(
      at,
    );
  const day = write({ weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' });
  return `${day}, ${write({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZoneName: 'short' })}`;
}

/** This device's time zone by name, with its offset from UTC at `at`. */
export const zoneOf = (at: number, language: string): string => {
  const format = new Intl.DateTimeFormat(localeOf(language), { timeZoneName: 'longOffset' });
  const offset = format.formatToParts(at).find((part) => part.type === 'timeZoneName')?.value ?? '';
  return `${format.resolvedOptions().timeZone.replaceAll('_', ' ')} (${offset})`;
};

/** The value of a `datetime-local` field for an instant, in this device's zone, to the minute. */
export function fieldOf(at: number): string {
  const local = new Date(at - new Date(at).getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 16);
}
