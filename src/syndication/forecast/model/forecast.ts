import {
  FORECAST_SHARE,
  FORESEEN,
  type Forecast,
  type ForecastMoment,
  type ForecastOutcome,
  type ForecastSignals,
  type ForecastSpan,
  type Foreseen,
} from '../../../wire/figures/forecast.ts';
import { arrivalCurve, type PastArrivals } from './arrivals.ts';
import { type OutlookBasis, outlook, type PastFigure } from './outlook.ts';
import { cleanSignals, MOST_PEOPLE, signalOf } from './signal.ts';
import { quantile } from './student.ts';

/** A past room: what announced it at each moment, and what came. */
export interface PastRoom {
  readonly signals: Readonly<Partial<Record<ForecastMoment, ForecastSignals>>>;
  readonly came: ForecastOutcome['came'];
  /** Arrivals of each minute from its announced start. */
  readonly arrivals?: PastArrivals;
}

/** All that a forecast is made of. */
export interface ForecastInputs {
  readonly made: number;
  readonly moment: ForecastMoment;
  readonly signals: ForecastSignals;
  /** Past rooms of the same hosts, the oldest first. */
  readonly own: readonly PastRoom[];
  /** Those of other hosts on this server, host by host; public ones only. */
  readonly others: readonly (readonly PastRoom[])[];
}

/** What the figures are beside listeners at once, while nothing is known. */
const FACTORS: Readonly<Record<Foreseen, number>> = { peak: 1, heard: 1.6, worst: 0.25 };
/** An interval whose ends are farther apart than this, as a factor, has no middle that would mean anything. */
const WIDE = 30;
const [LOW, HIGH] = [(1 - FORECAST_SHARE) / 2, (1 + FORECAST_SHARE) / 2];

/** Outwards, to two digits: an estimate has no more. */
function rounded(value: number, way: 'floor' | 'ceil' | 'round'): number {
  if (value <= 0) return 0;
  if (value < 100) return Math[way](value);
  const step = 10 ** (Math.floor(Math.log10(value)) - 1);
  return Math[way](value / step) * step;
}

const figuresOf = (rooms: readonly PastRoom[], what: Foreseen, moment: ForecastMoment): PastFigure[] =>
  rooms.flatMap(({ came, signals }) => {
    const many = came[what];
    const signal = signals[moment] && signalOf(signals[moment]);
    return many === undefined ? [] : [{ came: many, ...(signal === undefined ? {} : { signal }) }];
  });

/** Makes a forecast. The same inputs always give the same one. */
export function forecastOf(inputs: ForecastInputs): Forecast {
  const { made, moment, own, others } = inputs;
  const signals = cleanSignals(inputs.signals);
  const signal = signalOf(signals);
  const spans: Partial<Record<Foreseen, ForecastSpan>> = {};
  const counts = { own: 0, others: 0 };
  let isWide = false;
  for (const what of FORESEEN) {
    const basis: OutlookBasis = {
      ...{ signal, factor: FACTORS[what] },
      own: figuresOf(own, what, moment),
      others: others.map((rooms) => figuresOf(rooms, what, moment)),
    };
    const seen = outlook(basis);
    const at = (share: number, way: 'floor' | 'ceil' | 'round'): number =>
      rounded(Math.min(MOST_PEOPLE, Math.exp(quantile(seen.mixture, share)) - 1), way);
    const [low, high] = [at(LOW, 'floor'), at(HIGH, 'ceil')];
    isWide ||= what === 'peak' && high > WIDE * (low + 1);
    spans[what] = { low, middle: Math.min(high, Math.max(low, at(0.5, 'round'))), high };
    if (what === 'peak') Object.assign(counts, { own: seen.own, others: seen.others });
  }
  const { own: few, others: more } = counts;
  const knows = few + more === 0 && signal <= 1 ? 'nothing' : isWide ? 'little' : 'some';
  const told = spans as Record<Foreseen, ForecastSpan>;
  return {
    ...{ v: 1, made, moment, signals, basis: { own: few, others: more, knows } },
    spans: knows === 'some' ? told : withoutMiddles(told),
    arrivals: arrivalCurve(own.flatMap(({ arrivals }) => (arrivals ? [arrivals] : []))),
  };
}

/** Where too little is known, a single figure would be made up. */
const withoutMiddles = (spans: Forecast['spans']): Forecast['spans'] => {
  const ends = ({ low, high }: ForecastSpan): ForecastSpan => ({ low, high });
  return { peak: ends(spans.peak), heard: ends(spans.heard), worst: ends(spans.worst) };
};
