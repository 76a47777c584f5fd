import { type MetricId, metricOf, type Unit } from '../wire/metrics.ts';
import { whyNotAdded } from './adding.ts';
import type { ClaimFacts, ClaimFigure } from './facts.ts';
import type { SaidNumber } from './number/said-number.ts';

/** One of the figures that add up to a stated number. */
export interface SumComponent {
  readonly of: string;
  readonly metric: MetricId;
  readonly value: number;
  readonly unit: Unit;
  readonly entry?: number;
  readonly parts?: Readonly<Record<string, number>>;
}

interface Counted extends ClaimFigure {
  readonly of: string;
}

/** What is called a view somewhere. */
const VIEWS: readonly MetricId[] = ['post_impressions', 'embed_impressions', 'listens_total', 'visits'];
/** Sums that people make of one room's figures; the first two by way of the word "views". */
const OF_ONE_ROOM: readonly (readonly MetricId[])[] = [
  ['post_impressions', 'listens_total'],
  VIEWS,
  ['post_impressions', 'embed_impressions', 'listens_total'],
  ['listens_total', 'visits'],
  ['peak_concurrent', 'listens_total'],
  ['peak_concurrent', 'replay_listens'],
  ['unique_listeners', 'replay_listens'],
  ['unique_listeners', 'post_reach'],
  ['peak_concurrent', 'post_impressions'],
  ['peak_concurrent', 'post_impressions', 'listens_total'],
];
const BY_THE_WORD = 2;
/** Figures among which any few are tried. */
const MOST_FIGURES = 24;
/**
 * Digits that a number needs before any two, three or four figures are tried: of some hundred pairs of figures, one is
 * by chance within a number of two digits, and none within one of four.
 */
const DIGITS_FOR: readonly (readonly [figures: number, digits: number])[] = [
  [2, 4],
  [3, 5],
  [4, 6],
];

/** Figures that contain each other: their sum counts the same twice, and nobody means it. */
const CONTAINED: readonly (readonly MetricId[])[] = [
  ['listens_total', 'tuned_in_live'],
  ['listens_total', 'replay_listens'],
  ['join_attempts', 'join_success'],
  ['join_attempts', 'join_failures'],
];

/**
 * Finds the unlike figures that add up to a number: first among the sums that people usually make, and for precise
 * numbers among any few figures.
 */
export function sumOf(
  number: SaidNumber,
  own: ReadonlyMap<MetricId, ClaimFigure>,
  facts: ClaimFacts,
): readonly SumComponent[] | undefined {
  // "hundreds of millions" is some sum of anything.
  if (number.digits === 0) return undefined;
  const ours = [...own.values()].map((figure) => ({ ...figure, of: facts.room }));
  const theirs = facts.others.flatMap(({ of, figures }) =>
    [...figures.values()].map((figure) => ({ ...figure, of })),
  );
  const counts = (list: readonly Counted[]): boolean => {
    if (list.length < 2) return false;
    const [low, high] = [
      list.reduce((sum, { low }) => sum + low, 0),
      list.reduce((sum, { high }) => sum + high, 0),
    ];
    return high >= number.near[0] && low < number.near[1];
  };
  for (const group of naturalGroups(number, ours, theirs)) if (counts(group)) return shown(group);
  for (const [size, digits] of DIGITS_FOR) {
    if (number.digits < digits) break;
    const found = anyFew([...ours, ...theirs], size, number);
    if (found) return shown(found);
  }
  return undefined;
}

const shown = (list: readonly Counted[]): readonly SumComponent[] =>
  [...list]
    .sort((a, b) => b.value - a.value)
    .map(({ of, metric, value, entry, parts }) => ({
      ...{ of, metric, value, unit: metricOf(metric).unit },
      ...(entry === undefined ? {} : { entry }),
      ...(parts ? { parts } : {}),
    }));

function* naturalGroups(
  number: SaidNumber,
  ours: readonly Counted[],
  theirs: readonly Counted[],
): Generator<readonly Counted[]> {
  const all = [...ours, ...theirs];
  const named = (list: readonly Counted[], metrics: readonly MetricId[]): Counted[] =>
    list.filter(({ metric, value }) => metrics.includes(metric) && value > 0);
  if (theirs.length > 0) {
    // The same figure of everybody, then whatever is called a view.
    for (const metric of new Set(theirs.map((one) => one.metric))) {
      if (metric === 'listening_seconds') continue;
      yield named(all, [metric]);
      yield named(theirs, [metric]);
    }
    yield named(all, VIEWS);
    yield named(all, ['post_impressions', 'listens_total']);
    yield named(all, ['post_impressions', 'embed_impressions']);
  }
  const posts = ours.find(({ metric }) => metric === 'post_impressions');
  if (posts?.parts)
    yield Object.entries(posts.parts).map(([of, value]) => ({
      ...posts,
      of,
      value,
      low: value,
      high: value,
    }));
  const groups = number.digits >= 2 ? OF_ONE_ROOM : OF_ONE_ROOM.slice(0, BY_THE_WORD);
  for (const group of groups) {
    const list = named(ours, group);
    if (list.length === group.length || group === VIEWS) yield list;
  }
}

/** Any few figures of the largest whose sum is the number. */
function anyFew(all: readonly Counted[], size: number, number: SaidNumber): readonly Counted[] | undefined {
  const [from, to] = number.near;
  const list = all
    .filter(({ metric, value }) => metric !== 'listening_seconds' && value > 0 && value < to)
    .sort((a, b) => b.value - a.value)
    .slice(0, MOST_FIGURES);
  const walk = (at: number, chosen: readonly Counted[], sum: number): readonly Counted[] | undefined => {
    if (chosen.length === size) return sum >= from && sum < to && isUnlike(chosen) ? chosen : undefined;
    for (let i = at; i < list.length; i++) {
      const one = list[i] as Counted;
      if (sum + one.value >= to) continue;
      const found = walk(i + 1, [...chosen, one], sum + one.value);
      if (found) return found;
    }
    return undefined;
  };
  return walk(0, [], 0);
}

function isUnlike(list: readonly Counted[]): boolean {
  const twice = CONTAINED.some((pair) =>
    pair.every((metric) => list.some((one) => one.metric === metric && one.of === list[0]?.of)),
  );
  return !twice && whyNotAdded(list) !== undefined;
}
