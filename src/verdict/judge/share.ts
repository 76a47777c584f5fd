import type { Traffic } from '../clients/traffic.ts';
import type { Thresholds } from '../thresholds.ts';
import type { WindowSums } from './client-view.ts';
import type { ClientJudgement } from './signs.ts';

/** A share of the whole, 0 to 1, with the range it lies in. `null` when it is not known. */
export interface ShareEstimate {
  readonly share: number | null;
  readonly low: number;
  readonly high: number;
}

/** Prefixes of a group are dealt into so many bins, which are sampled with replacement. */
const BINS = 64;
/** Prefixes from which a group is sampled; fewer are all counted each time, as one heavy source is no sample. */
const LEAST_SAMPLED = 30;
/** How likely it must be that a client is hostile before it counts as such without a remainder, and not at all. */
const SURE = 0.9;

interface Group {
  /** For each bin: cost and requests in all, and those of a hostile probability. */
  readonly cost: Float64Array;
  readonly requests: Float64Array;
  /** Mean hostile probability, weighed by cost. */
  hostile: number;
  weight: number;
  readonly prefixes: Set<number>;
}

/** Equal numbers for equal seeds, in [0, 1). Source: the finaliser of SplitMix (Steele, Lea and Flood, 2014), 32 bits. */
function randoms(seed: number): () => number {
  let at = seed >>> 0;
  return () => {
    at = (at + 0x9e3779b9) >>> 0;
    let z = at;
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return ((z ^ (z >>> 15)) >>> 0) / 2 ** 32;
  };
}

/** Source: Knuth's product of uniforms, for a mean of 1. */
function poisson(random: () => number): number {
  let n = 0;
  let product = random();
  while (product > 0.36787944117144233) {
    n++;
    product *= random();
  }
  return n;
}

/** Source: Box and Muller, 1958. */
const normal = (random: () => number): number =>
  Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

const shifted = (probability: number, logits: number): number => {
  const p = Math.min(0.9999, Math.max(0.0001, probability));
  return 1 / (1 + Math.exp(-(Math.log(p / (1 - p)) + logits)));
};

/** The estimate of one client's part: sure ones count wholly or not at all. */
export const hostilePart = (hostile: number): number =>
  hostile >= SURE ? 1 : hostile <= 1 - SURE ? 0 : hostile;

function groupsOf({ clients }: Traffic, sums: WindowSums, judged: readonly ClientJudgement[]): Group[] {
  const groups = new Map<string, Group>();
  for (const [i, { hostile, group: name }] of judged.entries()) {
    const cost = sums.cost[i] as number;
    const requests = sums.requests[i] as number;
    if (requests === 0) continue;
    const key = `${name} ${hostile >= 0.5 ? 'hostile' : ''}`;
    let group = groups.get(key);
    if (!group) {
      group = {
        ...{ cost: new Float64Array(BINS), requests: new Float64Array(BINS) },
        ...{ hostile: 0, weight: 0, prefixes: new Set() },
      };
      groups.set(key, group);
    }
    const prefix = clients.counts.prefix[i] as number;
    const bin = Math.imul(prefix, 0x9e3779b1) >>> 26;
    group.cost[bin] = (group.cost[bin] as number) + cost;
    group.requests[bin] = (group.requests[bin] as number) + requests;
    group.hostile += hostile * (cost + requests);
    group.weight += cost + requests;
    if (group.prefixes.size < LEAST_SAMPLED) group.prefixes.add(prefix);
  }
  for (const group of groups.values()) group.hostile /= group.weight;
  return [...groups.values()];
}

const sum = (values: Float64Array): number => values.reduce((all, value) => all + value, 0);
const quantile = (sorted: readonly number[], q: number): number =>
  sorted[Math.min(sorted.length - 1, Math.max(0, Math.round(q * (sorted.length - 1))))] ?? 0;

/**
 * The hostile share of cost and of requests in the window. The range is a bootstrap over prefixes, in which it is also
 * drawn anew how sure each group's class is; equal logs give equal bytes.
 */
export function hostileShares(
  traffic: Traffic,
  sums: WindowSums,
  judged: readonly ClientJudgement[],
  t: Thresholds,
): { readonly cost: ShareEstimate; readonly requests: ShareEstimate } {
  const groups = groupsOf(traffic, sums, judged);
  const random = randoms(t.seed);
  const lows = { cost: [] as number[], requests: [] as number[] };
  const highs = { cost: [] as number[], requests: [] as number[] };
  for (let sample = 0; sample < t.samples; sample++) {
    const low = { cost: 0, requests: 0 };
    const high = { cost: 0, requests: 0 };
    const all = { cost: 0, requests: 0 };
    for (const group of groups) {
      let [cost, requests] = [0, 0];
      const sampled = group.prefixes.size >= LEAST_SAMPLED;
      for (let bin = 0; bin < BINS; bin++) {
        const times = sampled ? poisson(random) : 1;
        cost += times * (group.cost[bin] as number);
        requests += times * (group.requests[bin] as number);
      }
      const hostile = shifted(group.hostile, t.doubt * normal(random));
      all.cost += cost;
      all.requests += requests;
      // A share of nothing and of everything must be possible.
      const least = group.hostile < 0.5 ? 0 : hostile;
      const most = group.hostile >= SURE ? 1 : hostile;
      low.cost += least * cost;
      low.requests += least * requests;
      high.cost += most * cost;
      high.requests += most * requests;
    }
    for (const name of ['cost', 'requests'] as const) {
      lows[name].push(all[name] > 0 ? low[name] / all[name] : 0);
      highs[name].push(all[name] > 0 ? high[name] / all[name] : 0);
    }
  }
  const estimate = (of: 'cost' | 'requests'): ShareEstimate => {
    const all = sum(sums[of]);
    let hostile = 0;
    for (const [i, judgement] of judged.entries())
      hostile += hostilePart(judgement.hostile) * (sums[of][i] as number);
    const share = all > 0 ? hostile / all : 0;
    const low = quantile(
      lows[of].sort((a, b) => a - b),
      0.025,
    );
    const high = quantile(
      highs[of].sort((a, b) => a - b),
      0.975,
    );
    return { share: round(share), low: round(Math.min(low, share)), high: round(Math.max(high, share)) };
  };
  return { cost: estimate('cost'), requests: estimate('requests') };
}

const round = (value: number): number => Math.round(value * 10_000) / 10_000;
