import { EarshotError } from '../../base/errors.ts';

/** The times at which people arrive, in seconds from the beginning of the rehearsal. */
export type Curve =
  /** Everybody at once. */
  | { readonly kind: 'step' }
  /** Evenly over `seconds`. */
  | { readonly kind: 'ramp'; readonly seconds: number }
  /** After a push notice: log-normal, 95 % of them within `seconds`. */
  | { readonly kind: 'announcement'; readonly seconds: number }
  /** As measured elsewhere: the number of people who came in the second that begins at `second`, in order. */
  | { readonly kind: 'file'; readonly arrivals: readonly (readonly [second: number, arrivals: number])[] };

/**
 * Spread of the announcement curve. Delays of people's reactions to messages are log-normal (Stouffer, Malmgren,
 * Amaral: "Log-normal statistics in e-mail communication patterns", arXiv:physics/0605027, 2006); with σ = 1 half come
 * within a fifth of the time in which 95 % come, and most per second at a fourteenth of it.
 */
const ANNOUNCEMENT_SIGMA = 1;
/** Standard normal quantile of 95 %. */
const Z95 = 1.6448536269514722;
/** The tail is cut here: the people who would come later come at this point. */
const TAIL = 0.995;
/** Lines of a curve file. */
const MAX_LINES = 100_000;

/**
 * The arrival time of the person at `share` (above 0, below 1) of all people, in ms from the beginning. Announcement:
 * t(q) = m · exp(σ · Φ⁻¹(q)) with m = seconds / exp(1.645 σ), σ = 1.
 */
export function arrivalAt(curve: Curve, share: number): number {
  switch (curve.kind) {
    case 'step':
      return 0;
    case 'ramp':
      return share * curve.seconds * 1000;
    case 'announcement': {
      const z = normalQuantile(Math.min(share, TAIL));
      return curve.seconds * 1000 * Math.exp(ANNOUNCEMENT_SIGMA * (z - Z95));
    }
    case 'file': {
      const { arrivals } = curve;
      const total = arrivals.reduce((sum, [, count]) => sum + count, 0);
      let left = share * total;
      for (const [second, count] of arrivals) {
        if (count > 0 && left <= count) return (second + left / count) * 1000;
        left -= count;
      }
      return ((arrivals.at(-1)?.[0] ?? 0) + 1) * 1000;
    }
  }
}

/** How long people keep arriving, in ms. */
export const curveLength = (curve: Curve): number => arrivalAt(curve, 1 - 1e-9);

/**
 * Reads a file of arrivals: CSV lines `second,arrivals` (a heading is skipped), or JSON `[[second, arrivals], …]` or
 * `[{"second":0,"arrivals":12}, …]`. @throws EarshotError `unprocessable` when there is nothing usable in it.
 */
export function readCurve(text: string): Curve {
  const refuse = (why: string): never => {
    throw new EarshotError('unprocessable', `the curve file cannot be used: ${why}`);
  };
  const rows: [number, number][] = [];
  if (/^\s*\[/.test(text)) {
    let list: unknown;
    try {
      list = JSON.parse(text);
    } catch {
      return refuse('it is not valid JSON');
    }
    for (const row of list as unknown[]) {
      const [second, arrivals] = Array.isArray(row)
        ? row
        : [(row as { second?: unknown } | null)?.second, (row as { arrivals?: unknown } | null)?.arrivals];
      rows.push([Number(second), Number(arrivals)]);
    }
  } else {
    for (const [index, line] of text.split(/\r?\n/).entries()) {
      if (line.trim() === '' || line.startsWith('#')) continue;
      const [second, arrivals] = line.split(/[,;\t]/).map(Number);
      if (index === 0 && Number.isNaN(second)) continue;
      rows.push([second ?? Number.NaN, arrivals ?? Number.NaN]);
    }
  }
  if (rows.length > MAX_LINES) refuse(`more than ${MAX_LINES} lines`);
  if (
    rows.some(
      ([second, count]) => !(second >= 0 && Number.isFinite(second) && count >= 0 && Number.isFinite(count)),
    )
  )
    refuse('a line is not "second,arrivals"');
  if (!rows.some(([, count]) => count > 0)) refuse('nobody arrives');
  return { kind: 'file', arrivals: rows.sort(([a], [b]) => a - b) };
}

/** Φ⁻¹, within 1.2·10⁻⁹. Source: P. J. Acklam, "An algorithm for computing the inverse normal CDF", 2003. */
export function normalQuantile(share: number): number {
  const tail = (q: number): number =>
    poly(
      q,
      -7.784894002430293e-3,
      -0.3223964580411365,
      -2.400758277161838,
      -2.549732539343734,
      4.374664141464968,
      2.938163982698783,
    ) / poly(q, 7.784695709041462e-3, 0.3224671290700398, 2.445134137142996, 3.754408661907416, 1);
  if (share <= 0) return Number.NEGATIVE_INFINITY;
  if (share >= 1) return Number.POSITIVE_INFINITY;
  if (share < 0.02425) return tail(Math.sqrt(-2 * Math.log(share)));
  if (share > 1 - 0.02425) return -tail(Math.sqrt(-2 * Math.log(1 - share)));
  const q = share - 0.5;
  const r = q * q;
  return (
    (q *
      poly(
        r,
        -39.69683028665376,
        220.9460984245205,
        -275.9285104469687,
        138.357751867269,
        -30.66479806614716,
        2.506628277459239,
      )) /
    poly(
      r,
      -54.47609879822406,
      161.5858368580409,
      -155.6989798598866,
      66.80131188771972,
      -13.28068155288572,
      1,
    )
  );
}

/** A polynomial, highest power first. */
const poly = (x: number, ...factors: number[]): number =>
  factors.reduce((sum, factor) => sum * x + factor, 0);
