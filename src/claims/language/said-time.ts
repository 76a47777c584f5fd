import { readable } from '../number/characters.ts';

/** The time to which a statement refers. */
export type SaidTime =
  /** A time of day; `zone` only where the statement names one. */
  | { readonly kind: 'clock'; readonly hour: number; readonly minute: number; readonly zone?: string }
  /** An instant, ms since 1970. */
  | { readonly kind: 'instant'; readonly at: number }
  | { readonly kind: 'peak' }
  | { readonly kind: 'end' }
  /** So long after the room opened: within its first hour, after ten minutes. Ms. */
  | { readonly kind: 'after'; readonly length: number };

/** A text with its time removed, and that time. */
export interface TimeFound {
  readonly rest: string;
  readonly time?: SaidTime;
  /** Said of several people at one instant; of the mean over the whole time. */
  readonly atOnce: boolean;
  readonly average: boolean;
}

/** Zones that people name, as the IANA database does. A letter that names several is not here. */
const ZONES: Readonly<Record<string, string>> = {
  ...{ utc: 'UTC', gmt: 'UTC', z: 'UTC' },
  ...{
    et: 'America/New_York',
    est: 'America/New_York',
    edt: 'America/New_York',
    eastern: 'America/New_York',
  },
  ...{ "heure de l'est": 'America/New_York', 'heure de new york': 'America/New_York' },
  ...{ 'new york time': 'America/New_York', 'eastern time': 'America/New_York' },
  ...{ pt: 'America/Los_Angeles', pst: 'America/Los_Angeles', pdt: 'America/Los_Angeles' },
  ...{
    cet: 'Europe/Paris',
    cest: 'Europe/Paris',
    'paris time': 'Europe/Paris',
    'heure de paris': 'Europe/Paris',
  },
  ...{ 'london time': 'Europe/London', 'heure de londres': 'Europe/London' },
};
const ZONE = `(?:,? ?\\(?(${Object.keys(ZONES)
  .sort((a, b) => b.length - a.length)
  .join('|')})\\)?(?![\\p{L}\\d]))?`;
const LEAD =
  "(?:(?:at|by|around|about|vers|a|des|from|since|it was|until|jusqu'a) )?(?:about |around |environ )?";

const ISO = /\b\d{4}-\d\d-\d\d[t ]\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?(?:z|[+-]\d\d:?\d\d)?(?![\d:])/;
const DATE_TEXT =
  /(?:\b(?:on|le|of|du) )?(?:\b(?:monday|tuesday|wednesday|thursday|friday|saturday|sunday|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche),? ?)?(?:\b\d{4}-\d\d-\d\d\b|\b\d{1,2}\/\d{1,2}\/\d{2,4}\b|\b(?:\d{1,2}(?:st|nd|rd|th|er)? (?:of )?MONTH|MONTH \d{1,2}(?:st|nd|rd|th)?)\b(?:,? \d{4}\b)?)/.source.replaceAll(
    'MONTH',
    '(?:jan(?:uary|vier)?|feb(?:ruary)?|fevrier|mar(?:ch|s)|apr(?:il)?|avril|may|mai|june?|juin|july?|juillet|aug(?:ust)?|aout|sept?(?:ember|embre)?|oct(?:ober|obre)?|nov(?:ember|embre)?|dec(?:ember|embre)?)',
  );
const DATE = new RegExp(DATE_TEXT);
const YEAR = /\b(?:in|en|of|de|since|depuis) (?:19|20)\d\d\b/;
const CLOCK = new RegExp(
  `(?<![\\d.,])${LEAD}(?<![\\d.,])(\\d{1,2})(?::| ?h ?|\\.(?=\\d\\d ?[ap]\\.?m))(\\d\\d)(?:[:m]\\d\\d)?(?![\\d.,]\\d)(?: ?([ap])\\.?m\\b\\.?)?${ZONE}`,
  'u',
);
const HOUR = new RegExp(
  `(?<![\\d.,])(?:${LEAD}(?<![\\d.,])(\\d{1,2}) ?([ap])\\.?m\\b\\.?|(?:at|by|vers|a|des|jusqu'a) (\\d{1,2}) ?(?:h|heures?|o'clock)(?![\\p{L}\\d]| d'| de ))${ZONE}`,
  'u',
);
const PEAK =
  /\b(?:at|during|on) (?:the|its|their|his|her) (?:absolute |live )?(?:peak|maximum|height|highest)\b|\bat (?:peak|maximum)\b|\b(?:au|a son|a leur) (?:pic|maximum|sommet|plus haut|plus fort)\b|\bau plus fort d[e'u]\b|\bpeak(?:ed|ing)?(?: (?:at|of))?\b|\bculmin\p{L}*(?: a)?\b|\ben pointe\b|\b(?:un|le) pic (?:de|d'|a)\b/u;
const END =
  /\b(?:at|by|in) the (?:very )?end\b|\ba la fin\b|\bau final\b|\bin (?:total|all)\b|\boverall\b|\bau total\b|\ben tout\b/;
const NUMBER =
  '(\\d{1,3}|an?|une?|one|two|three|five|ten|fifteen|twenty|thirty|deux|trois|cinq|dix|quinze|vingt|trente)';
const UNIT = '(hours?|minutes?|min|heures?|h)';
const FIRST = new RegExp(
  `\\b(?:in|during|within|over|after|pendant|dans|durant|au cours d[e']|au bout d[e'])(?: ?(?:the|its|la|les|ses|sa))? ?(?:${NUMBER} )?(?:first|premieres?) (?:${NUMBER} )?(half[- ]hour|demi-heure|${UNIT.slice(1, -1)})\\b`,
  'u',
);
const AFTER = new RegExp(
  `\\b(?:after|apres|au bout d[e']) ?(?:${NUMBER} (half[- ]hour|demi-heure|${UNIT.slice(1, -1)})|(half an hour))\\b`,
  'u',
);
const WITHIN = new RegExp(`\\b(?:within|in|over|during|en|pendant|for|durant) ${NUMBER} ${UNIT}\\b`, 'u');
const AT_ONCE =
  /\bat (?:once|the same time|any one time|one time)\b|\bsimultane\p{L}*\b|\bconcurrent\p{L}*\b|\bsimultaneous\p{L}*\b|\ben meme temps\b|\ba la fois\b|\bau meme moment\b/u;
const AVERAGE = /\b(?:on|an) average(?: of)?\b|\baverage\b|\ben moyenne\b|\bmoyenne\b|\bmean\b/;

const SPELLED: Readonly<Record<string, number>> = {
  ...{
    a: 1,
    an: 1,
    un: 1,
    une: 1,
    one: 1,
    two: 2,
    deux: 2,
    three: 3,
    trois: 3,
    five: 5,
    cinq: 5,
    ten: 10,
    dix: 10,
  },
  ...{ fifteen: 15, quinze: 15, twenty: 20, vingt: 20, thirty: 30, trente: 30 },
};
const MINUTE_MS = 60_000;
const lengthOf = (count: string | undefined, unit: string): number => {
  if (/half|demi/.test(unit)) return 30 * MINUTE_MS;
  const many = count === undefined ? 1 : (SPELLED[count] ?? Number(count));
  return many * (unit.startsWith('h') ? 60 : 1) * MINUTE_MS;
};

/** Removes times and dates from a normalised text, so that their numbers are not taken for counts. */
export function timeIn(text: string): TimeFound | 'unclear-time' {
  let rest = ` ${text} `;
  const times: SaidTime[] = [];
  const take = (pattern: RegExp, read: (found: RegExpExecArray) => SaidTime | undefined): void => {
    for (let round = 0; round < 3; round++) {
      const found = pattern.exec(rest);
      if (!found) return;
      const time = read(found);
      if (time) times.push(time);
      rest = `${rest.slice(0, found.index)} ; ${rest.slice(found.index + found[0].length)}`;
    }
  };
  let unclear = false;
  take(ISO, ([iso = '']) => {
    const at = Date.parse(
      /(?:z|[+-]\d\d:?\d\d)$/.test(iso) ? iso.replace(' ', 't') : `${iso.replace(' ', 't')}z`,
    );
    if (Number.isNaN(at)) unclear = true;
    else return { kind: 'instant', at };
    return undefined;
  });
  take(DATE, () => undefined);
  take(YEAR, () => undefined);
  const clock = (hour: string, minute: string, half: string | undefined, zone: string | undefined) => {
    const [h, m] = [Number(hour), Number(minute)];
    if (h > 24 || m > 59 || (half !== undefined && (h > 12 || h < 1))) unclear = true;
    const turned = half === undefined ? h % 24 : (h % 12) + (half === 'p' ? 12 : 0);
    const named = zone === undefined ? undefined : ZONES[zone];
    return { kind: 'clock', hour: turned, minute: m, ...(named ? { zone: named } : {}) } as const;
  };
  take(CLOCK, ([, hour = '', minute = '', half, zone]) => clock(hour, minute, half, zone));
  take(HOUR, ([, hour, half, bare, zone]) => clock(hour ?? bare ?? '', '0', half, zone));
  take(/\b(?:at|a) (midnight|noon|minuit|midi)\b/, ([, word]) =>
    clock(/noon|midi$/.test(word ?? '') ? '12' : '0', '0', undefined, undefined),
  );
  take(FIRST, ([, before, after, unit = '']) => ({ kind: 'after', length: lengthOf(before ?? after, unit) }));
  take(AFTER, ([, count, unit = '', half]) => ({ kind: 'after', length: lengthOf(count, half ?? unit) }));
  // How long something went on is no moment.
  take(WITHIN, () => undefined);
  take(PEAK, () => ({ kind: 'peak' }));
  take(END, () => ({ kind: 'end' }));
  const atOnce = AT_ONCE.test(rest) || times.some(({ kind }) => kind === 'peak');
  const average = AVERAGE.test(rest);
  const own = times.filter(({ kind }, i) => kind !== 'end' || i === 0);
  if (unclear || own.filter(({ kind }) => kind !== 'peak').length > 1) return 'unclear-time';
  const time = own.find(({ kind }) => kind !== 'peak') ?? own[0];
  return { rest: rest.replace(/ +/g, ' ').trim(), atOnce, average, ...(time ? { time } : {}) };
}

/**
 * Reads a time that stands alone: "20:40", "8 pm", "2024-08-13T00:40:00Z", "the peak". Undefined when it is not one.
 */
export function readTime(text: string): SaidTime | undefined {
  const plain = readable(text);
  if ('why' in plain) return undefined;
  const found = timeIn(/^\d{4}-/.test(plain.text) ? plain.text : `at ${plain.text}`);
  return found === 'unclear-time' || !/^[ ;]*$/.test(found.rest) ? undefined : found.time;
}
