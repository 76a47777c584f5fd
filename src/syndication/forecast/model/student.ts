/** Student's t distribution. Source: Abramowitz and Stegun, 26.5.8 (incomplete beta function), 6.1.41 (log gamma). */

const LANCZOS = [
  76.18009172947146, -86.50532032941678, 24.01409824083091, -1.231739572450155, 0.1208650973866179e-2,
  -0.5395239384953e-5,
] as const;

/** The natural logarithm of Γ(x), for x > 0. */
export function logGamma(x: number): number {
  let sum = 1.000000000190015;
  for (const [i, term] of LANCZOS.entries()) sum += term / (x + 1 + i);
  const at = x + 5.5;
  return (x + 0.5) * Math.log(at) - at + Math.log((Math.sqrt(2 * Math.PI) * sum) / x);
}

/** The continued fraction of the incomplete beta function, by Lentz's way. */
function betaFraction(a: number, b: number, x: number): number {
  const tiny = 1e-300;
  const kept = (value: number): number => (Math.abs(value) < tiny ? tiny : value);
  let c = 1;
  let d = 1 / kept(1 - ((a + b) * x) / (a + 1));
  let sum = d;
  for (let m = 1; m <= 300; m += 1) {
    const even = (m * (b - m) * x) / ((a - 1 + 2 * m) * (a + 2 * m));
    d = 1 / kept(1 + even * d);
    c = kept(1 + even / c);
    sum *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 1 + 2 * m));
    d = 1 / kept(1 + odd * d);
    c = kept(1 + odd / c);
    sum *= d * c;
    if (Math.abs(d * c - 1) < 1e-12) break;
  }
  return sum;
}

/** The regularised incomplete beta function. */
function betaShare(a: number, b: number, x: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log(1 - x));
  return x < (a + 1) / (a + b + 2)
    ? (front * betaFraction(a, b, x)) / a
    : 1 - (front * betaFraction(b, a, 1 - x)) / b;
}

/** A t distribution that was moved and stretched. */
export interface Student {
  readonly freedom: number;
  readonly at: number;
  readonly scale: number;
}

/** The share of it below a value. */
export function shareBelow({ freedom, at, scale }: Student, value: number): number {
  const t = (value - at) / scale;
  const tail = betaShare(freedom / 2, 0.5, freedom / (freedom + t * t)) / 2;
  return t > 0 ? 1 - tail : tail;
}

/** The natural logarithm of its density at a value. */
export function logDensity({ freedom, at, scale }: Student, value: number): number {
  const t = (value - at) / scale;
  return (
    logGamma((freedom + 1) / 2) -
    logGamma(freedom / 2) -
    Math.log(Math.sqrt(freedom * Math.PI) * scale) -
    ((freedom + 1) / 2) * Math.log1p((t * t) / freedom)
  );
}

/** A weighted mixture. The weights' sum is 1. */
export type StudentMixture = readonly (readonly [weight: number, part: Student])[];

/** The value below which this share of a mixture lies: halving, to a millionth. */
export function quantile(mixture: StudentMixture, share: number): number {
  const reach = (sign: 1 | -1): number[] => mixture.map(([, { at, scale }]) => at + sign * scale * 1e4);
  let [low, high] = [Math.min(...reach(-1)), Math.max(...reach(1))];
  const below = (value: number): number =>
    mixture.reduce((sum, [weight, part]) => sum + weight * shareBelow(part, value), 0);
  while (high - low > 1e-6) {
    const middle = (low + high) / 2;
    if (below(middle) < share) low = middle;
    else high = middle;
    if (middle === low && middle === high) break;
  }
  return (low + high) / 2;
}
