import type { PageLanguage } from '../../base/negotiation.ts';

const NONE = '–';

/** Numbers as they are written in a language; undefined is a dash. */
export function numbersOf(language: PageLanguage) {
  const locale = language === 'fr' ? 'fr' : 'en-GB';
  const format = (options: Intl.NumberFormatOptions) => {
    const formatter = new Intl.NumberFormat(locale, options);
    return (value: number | undefined): string => (value === undefined ? NONE : formatter.format(value));
  };
  const unit = (name: string, digits: number) =>
    format({ style: 'unit', unit: name, maximumFractionDigits: digits });
  const [minutes, hours, days, seconds] = [
    unit('minute', 0),
    unit('hour', 0),
    unit('day', 0),
    unit('second', 0),
  ];
  return {
    whole: format({ maximumFractionDigits: 0 }),
    number: format({ maximumFractionDigits: 3 }),
    share: format({ style: 'percent', maximumFractionDigits: 1 }),
    bytes: (value: number | undefined): string =>
      value === undefined
        ? NONE
        : value >= 1e9
          ? unit('gigabyte', 1)(value / 1e9)
          : value >= 1e6
            ? unit('megabyte', 0)(value / 1e6)
            : unit('kilobyte', 0)(value / 1e3),
    milliseconds: (value: number | undefined): string =>
      unit('millisecond', 1)(value === undefined ? undefined : value * 1000),
    span: (value: number | undefined): string => {
      if (value === undefined) return NONE;
      if (value < 120) return seconds(value);
      if (value < 7_200) return minutes(value / 60);
      return value < 172_800 ? hours(value / 3_600) : days(value / 86_400);
    },
  };
}

/** The writers of numbers in one language. */
export type PageNumbers = ReturnType<typeof numbersOf>;
