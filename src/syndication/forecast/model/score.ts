import {
  FORECAST_SHARE,
  type Forecast,
  type ForecastHit,
  type ForecastOutcome,
  type ForecastScore,
  type Foreseen,
} from '../../../wire/figures/forecast.ts';

/** How one figure of a forecast came out. Both ends of an interval are inside it. */
export function hitOf(
  { spans }: Pick<Forecast, 'spans'>,
  { came }: ForecastOutcome,
  what: Foreseen,
): ForecastHit {
  const many = came[what];
  if (many === undefined) return 'unknown';
  return many < spans[what].low ? 'below' : many > spans[what].high ? 'above' : 'inside';
}

/** The share of a binomial distribution at exactly `k` of `n`. */
function chanceOf(k: number, n: number, p: number): number {
  let log = k * Math.log(p) + (n - k) * Math.log(1 - p);
  for (let i = 1; i <= k; i += 1) log += Math.log(n - k + i) - Math.log(i);
  return Math.exp(log);
}

/** The score of a list of hits; unknown ones are left out. */
export function scoreOf(hits: readonly ForecastHit[]): ForecastScore {
  const of = (hit: ForecastHit): number => hits.filter((one) => one === hit).length;
  const [inside, below, above] = [of('inside'), of('below'), of('above')];
  const checked = inside + below + above;
  const chances = Array.from({ length: checked + 1 }, (_, k) => chanceOf(k, checked, FORECAST_SHARE));
  // Two-sided: everything that is no likelier than what happened.
  const as = chances[inside] ?? 1;
  const odds = chances.filter((one) => one <= as * 1.000_001).reduce((sum, one) => sum + one, 0);
  return {
    ...{ checked, inside, below, above },
    expected: Math.round(checked * FORECAST_SHARE),
    isOdd: checked > 0 && odds < 0.05,
  };
}
