import type { ArrivalStep, ForecastSpan } from './forecast.ts';

/** Where the marks of an interval are, from 0 to 1 along an axis on which every power of ten is equally long. */
export interface SpanPicture {
  readonly low: number;
  readonly high: number;
  readonly middle?: number;
  readonly came?: number;
  /** Round numbers along the axis, and where they are. */
  readonly ticks: readonly { readonly people: number; readonly at: number }[];
}

/** Lays an interval out, with what came, if anything did yet. */
export function spanPicture({ low, middle, high }: ForecastSpan, came?: number): SpanPicture {
  const end = Math.log10(Math.max(10, high, came ?? 0) * 1.3 + 1);
  const at = (people: number): number => Math.log10(people + 1) / end;
  const ticks = Array.from({ length: Math.floor(end) + 1 }, (_, i) => (i === 0 ? 0 : 10 ** i))
    .filter((people) => at(people) <= 1)
    .map((people) => ({ people, at: at(people) }));
  return {
    ...{ low: at(low), high: at(high), ticks },
    ...(middle === undefined ? {} : { middle: at(middle) }),
    ...(came === undefined ? {} : { came: at(came) }),
  };
}

/** The curve of arrivals as the `d` of a path in a box of this size: the busiest minute touches the top. */
export function arrivalPath(steps: readonly ArrivalStep[], width: number, height: number): string {
  const most = Math.max(...steps.map(([, share]) => share), 1e-9);
  const points = steps.map(
    ([, share], i) =>
      `${((i / Math.max(1, steps.length - 1)) * width).toFixed(1)} ${(height - (share / most) * height).toFixed(1)}`,
  );
  return `M0 ${height}L${points.join('L')}L${width} ${height}Z`;
}

/** The minute with most arrivals, from the announced start. */
export const busiestMinute = (steps: readonly ArrivalStep[]): number =>
  steps.reduce<ArrivalStep>((most, step) => (step[1] > most[1] ? step : most), [0, 0])[0];
