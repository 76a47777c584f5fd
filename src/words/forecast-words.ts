/** What is said of a forecast, on pages that the server writes and in the studio. */
import type {
  Forecast,
  ForecastAdvice,
  ForecastCapacity,
  ForecastMoment,
  ForecastScore,
  ForecastTold,
  ShownForecast,
} from '../wire/figures/forecast.ts';
import { busiestMinute } from '../wire/figures/forecast-picture.ts';

/** The texts, in one language. Numbers come written, with the separators of the language. */
export interface ForecastTexts {
  readonly title: string;
  readonly estimate: string;
  readonly between: (low: string, high: string, middle: string) => string;
  readonly wide: (low: string, high: string) => string;
  readonly nothing: (high: string) => string;
  readonly heard: (low: string, high: string) => string;
  readonly worst: (low: string, high: string, second: string, minute: number) => string;
  readonly basis: (of: {
    readonly reminders: string;
    readonly followers: string;
    readonly invited: string;
    readonly own: string;
    readonly others: string;
  }) => string;
  readonly unknowable: string;
  readonly rung: Readonly<Record<ForecastCapacity['rung'], (holds: string) => string>>;
  readonly proven: (people: string, day: string) => string;
  /** `first` and `last`: minutes before the start. */
  readonly reminding: (people: string, first: number, last: number) => string;
  readonly noNetwork: string;
  readonly unproven: string;
  readonly advice: Readonly<Record<ForecastAdvice['what'], (people: string) => string>>;
  readonly more: string;
  readonly toDo: string;
  readonly nothingToDo: string;
  readonly moment: Readonly<Record<ForecastMoment, string>>;
  readonly shown: (when: string, low: string, high: string) => string;
  readonly came: (people: string) => string;
  /** What was said and what came, and whether that was right. */
  readonly checked: (said: string, hit: string) => string;
  readonly hit: Readonly<Record<'inside' | 'below' | 'above' | 'unknown', string>>;
  readonly score: (inside: string, checked: string, expected: string) => string;
  readonly tooFew: string;
  readonly tooMany: string;
  readonly noScore: string;
  readonly pending: string;
  readonly isLive: string;
  readonly cancelled: string;
  readonly before: string;
  readonly serverScore: string;
  readonly picture: string;
  readonly curve: string;
}

/** All sentences about one room, in the order in which they are shown. */
export interface ForecastLines {
  /** Absent once the room is live or over. */
  readonly now?: {
    readonly headline: string;
    readonly more: readonly string[];
    readonly rung: readonly string[];
    readonly advice: readonly string[];
  };
  /** What the room is doing, where that decides what can be said. */
  readonly state?: string;
  readonly shown: readonly { readonly says: string; readonly hit?: ShownForecast['hits'] }[];
  readonly score: string;
  readonly serverScore?: string;
}

const sum = (values: readonly number[]): number => values.reduce((all, one) => all + one, 0);

/** Makes the sentences. `locale` writes numbers and days. */
export function forecastLines(told: ForecastTold, texts: ForecastTexts, locale: string): ForecastLines {
  const n = (value: number): string => value.toLocaleString(locale);
  const day = (at: number): string =>
    new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeZone: 'UTC' }).format(at);
  const { now, capacity, status, outcome, reminding, start } = told;
  const before = (at: number): number => Math.round(((start ?? at) - at) / 60_000);
  return {
    ...(now
      ? {
          now: {
            headline: headlineOf(now, texts, n),
            more: [
              ...moreOf(now, texts, n),
              ...(reminding
                ? [texts.reminding(n(reminding.people), before(reminding.from), before(reminding.until))]
                : []),
            ],
            rung: capacity
              ? [
                  texts.rung[capacity.rung](n(capacity.holds)),
                  ...(capacity.network ? [] : [texts.noNetwork]),
                  capacity.proven
                    ? texts.proven(n(capacity.proven.people), day(capacity.proven.at))
                    : texts.unproven,
                ]
              : [],
            advice: (capacity?.advice ?? []).map(({ what, people }) => texts.advice[what](n(people))),
          },
        }
      : {}),
    ...(status === 'cancelled'
      ? { state: texts.cancelled }
      : status === 'ended' && !outcome
        ? { state: texts.pending }
        : status === 'live' || status === 'stopped'
          ? { state: texts.isLive }
          : {}),
    shown: told.shown.map((one) => shownLine(one, outcome?.came.peak, texts, n)),
    score: scoreLine(told.score, texts, n),
    // Where nothing was checked at all, that is said once.
    ...(told.serverScore && told.serverScore.checked > 0
      ? { serverScore: scoreLine(told.serverScore, texts, n) }
      : {}),
  };
}

/** The one sentence, for lists of rooms. */
export function headlineOf(
  { spans, basis }: Pick<Forecast, 'spans' | 'basis'>,
  texts: ForecastTexts,
  n: (value: number) => string,
): string {
  const { low, middle, high } = spans.peak;
  if (basis.knows === 'nothing') return texts.nothing(n(high));
  return middle === undefined ? texts.wide(n(low), n(high)) : texts.between(n(low), n(high), n(middle));
}

function moreOf(
  { spans, signals, basis, arrivals }: Forecast,
  texts: ForecastTexts,
  n: (value: number) => string,
) {
  const { heard, worst } = spans;
  return [
    texts.heard(n(heard.low), n(heard.high)),
    texts.worst(n(worst.low), n(worst.high), n(Math.ceil(worst.high / 60)), busiestMinute(arrivals)),
    texts.basis({
      reminders: n(sum(Object.values(signals.reminders))),
      ...{ followers: n(signals.followers), invited: n(signals.invited) },
      ...{ own: n(basis.own), others: n(basis.others) },
    }),
    texts.unknowable,
  ];
}

function shownLine(
  { moment, spans, hits }: ShownForecast,
  came: number | undefined,
  texts: ForecastTexts,
  n: (value: number) => string,
) {
  const said = texts.shown(texts.moment[moment], n(spans.peak.low), n(spans.peak.high));
  if (!hits) return { says: `${said}.` };
  const end = came === undefined ? said : `${said}. ${texts.came(n(came))}`;
  return { says: texts.checked(end, texts.hit[hits.peak]), hit: hits };
}

/** How often intervals were right, in one sentence or two. */
export function scoreLine(score: ForecastScore, texts: ForecastTexts, n: (value: number) => string): string {
  if (score.checked === 0) return texts.noScore;
  const line = texts.score(n(score.inside), n(score.checked), n(score.expected));
  if (!score.isOdd) return line;
  return `${line} ${score.inside < score.expected ? texts.tooFew : texts.tooMany}`;
}
