/** The person's own region of a language, where the browser names one: dates are written differently in New York and in London. */
export const localeOf = (language: string): string =>
  globalThis.navigator?.languages?.find((tag) => tag.toLowerCase().startsWith(`${language}-`)) ??
  (language === 'en' ? 'en-GB' : language);

/** The time of day, as this person's clock shows it. */
export const timeOf = (at: number, language: string): string =>
  new Intl.DateTimeFormat(localeOf(language), {
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).format(at);

/** The date alone, with its year. */
export const dayOf = (at: number, language: string): string =>
  new Intl.DateTimeFormat(localeOf(language), { dateStyle: 'long' }).format(at);

/** Day, date and time in full, with the name of the time zone: nobody has to guess which Monday, or whose eight o'clock. */
export const wholeOf = (at: number, language: string): string =>
  `${new Intl.DateTimeFormat(localeOf(language), { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' }).format(at)}, ${new Intl.DateTimeFormat(localeOf(language), { hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZoneName: 'short' }).format(at)}`;

/** This device's time zone by name, with its present distance from UTC. */
export const zoneOf = (at: number, language: string): string => {
  const format = new Intl.DateTimeFormat(localeOf(language), { timeZoneName: 'longOffset' });
  const offset = format.formatToParts(at).find((part) => part.type === 'timeZoneName')?.value ?? '';
  return `${format.resolvedOptions().timeZone.replaceAll('_', ' ')} (${offset})`;
};

/** What a `datetime-local` field holds for an instant, in this device's zone, to the minute. */
export function fieldOf(at: number): string {
  const local = new Date(at - new Date(at).getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 16);
}
