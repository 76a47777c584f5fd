/** Number words of English and French, without accents. French words that are English ones as well mean the same. */

/** Words for a number that is added to what precedes it: twenty-three, soixante et onze. */
export const UNITS: ReadonlyMap<string, number> = new Map(
  Object.entries({
    ...{ zero: 0, one: 1, two: 2, three: 3, four: 4, five: 5, six: 6, seven: 7, eight: 8, nine: 9, ten: 10 },
    ...{ eleven: 11, twelve: 12, thirteen: 13, fourteen: 14, fifteen: 15, sixteen: 16, seventeen: 17 },
    ...{ eighteen: 18, nineteen: 19, twenty: 20, thirty: 30, forty: 40, fifty: 50, sixty: 60, seventy: 70 },
    ...{ eighty: 80, ninety: 90 },
    ...{ un: 1, une: 1, deux: 2, trois: 3, quatre: 4, cinq: 5, sept: 7, huit: 8, neuf: 9, dix: 10, onze: 11 },
    ...{ douze: 12, treize: 13, quatorze: 14, quinze: 15, seize: 16, vingt: 20, vingts: 20, trente: 30 },
    ...{ quarante: 40, cinquante: 50, soixante: 60, septante: 70, huitante: 80, octante: 80, nonante: 90 },
  }),
);

/** Words that multiply what precedes them by a hundred. */
export const HUNDREDS: ReadonlySet<string> = new Set(['hundred', 'cent', 'cents']);

/** Words for powers of ten, in either language. `billion` and above depend on the language. */
export const SCALES: ReadonlyMap<string, number> = new Map(
  Object.entries({
    ...{ thousand: 3, mille: 3, lakh: 5, lakhs: 5, crore: 7, crores: 7 },
    ...{ million: 6, millions: 6, milliard: 9, milliards: 9 },
  }),
);

/** Words for powers of ten that mean another number in the other language. */
export const LONG_SCALES: ReadonlyMap<string, { readonly en: number; readonly fr: number }> = new Map(
  Object.entries({
    billion: { en: 9, fr: 12 },
    billions: { en: 9, fr: 12 },
    trillion: { en: 12, fr: 18 },
    trillions: { en: 12, fr: 18 },
  }),
);

/** Letters that mean a power of ten when they follow digits directly. */
export const SUFFIXES: ReadonlyMap<string, number> = new Map(
  Object.entries({
    ...{ k: 3, m: 6, mn: 6, mm: 6, mio: 6, mln: 6, mill: 6 },
    ...{ b: 9, bn: 9, bln: 9, g: 9, md: 9, mds: 9, mrd: 9, mia: 9, t: 12, tn: 12 },
  }),
);

/** Words for an approximate number, such as a dozen or so. */
export const ABOUT_SO_MANY: ReadonlyMap<string, number> = new Map(
  Object.entries({
    ...{ dizaine: 10, quinzaine: 15, vingtaine: 20, trentaine: 30, quarantaine: 40, cinquantaine: 50 },
    ...{ soixantaine: 60, centaine: 100, millier: 1000 },
  }),
);
/** Words for an exact number that counts in twelves or twenties. */
export const DOZENS: ReadonlyMap<string, number> = new Map(
  Object.entries({ dozen: 12, dozens: 12, douzaine: 12, douzaines: 12, score: 20 }),
);

/** Plurals that name a size instead of a number, with the smallest and the largest number that they cover. */
export const SIZES: ReadonlyMap<string, readonly [least: number, most: number]> = new Map(
  Object.entries({
    ...{ dozens: [24, 99], douzaines: [24, 99], scores: [40, 99], tens: [20, 99], dizaines: [20, 99] },
    ...{ hundreds: [200, 999], centaines: [200, 999] },
    ...{ thousands: [2_000, 999_999], milliers: [2_000, 999_999] },
    ...{ millions: [2e6, 999_999_999], milliards: [2e9, 999e9] },
  } as Record<string, [number, number]>),
);

/** Words before a number, longest first, and the bound that they express. */
export const BEFORE: readonly (readonly [RegExp, 'about' | 'nearly' | 'at-least' | 'at-most' | 'rounded'])[] =
  [
    [/\b(?:no|not) (?:more|greater) than$|\bpas plus d[e']$|\bau plus$|\bat (?:the )?most$/, 'at-most'],
    [/\b(?:no|not) (?:fewer|less) than$|\bpas moins d[e']$|\bau moins$|\bat (?:the )?least$/, 'at-least'],
    [
      /\b(?:a little|slightly|a bit|just|un peu|a peine) (?:less|moins|under|below|fewer)(?: than| d[e'])?$/,
      'nearly',
    ],
    [
      /\b(?:nearly|almost|just short of|close to|nigh on|approaching|presque|pres d[e']|quasi|quasiment)$/,
      'nearly',
    ],
    [/\b(?:a little|slightly|a bit|just|un peu) (?:more|over|above|plus)(?: than| d[e'])?$/, 'about'],
    [
      /\b(?:more|greater|better) than$|\bplus d[e']$|\b(?:over|above|exceeding|upwards of|north of|minimum|depasse|depassant|au-dela d[e'])$/,
      'at-least',
    ],
    [/\b(?:plus ou moins|more or less|give or take)$|[~\u2248\u2243]$/, 'about'],
    [/>=?$|\u2265$/, 'at-least'],
    [/<=?$|\u2264$/, 'at-most'],
    [/\b(?:less|fewer|lower) than$|\bmoins d[e']$|\b(?:under|below|up to|maximum|jusqu'a|sous)$/, 'at-most'],
    [
      /\b(?:about|around|roughly|approximately|approx\.?|circa|ca\.?|some|like|estimated|environ|a peu pres|autour d[e']|dans les|aux alentours d[e']|quelque|quelques|pas loin d[e']|grosso modo|or so)(?: the| les)?$/,
      'about',
    ],
    [/\b(?:exactly|precisely|exactement|precisement|tout juste)$/, 'rounded'],
  ];
/** Words after a number, and the bound that they express. */
export const AFTER: readonly (readonly [RegExp, 'about' | 'at-least' | 'at-most'])[] = [
  [/^\s?\+/, 'at-least'],
  [/^ (?:or more|and more|ou plus|et plus|at least|au moins|minimum|plus)\b(?! \d)/, 'at-least'],
  [/^ (?:or less|or fewer|ou moins|at most|au plus|maximum)\b/, 'at-most'],
  [/^ (?:or so|or thereabouts|environ|ou presque|give or take|approximately|roughly)\b/, 'about'],
];
