/**
 * How many will come, from what announces them and from what came before: three experts, weighed by how well each would
 * have foretold the past rooms of the same host.
 *
 * All of them work on the logarithm of people, in which twice as many and half as many are equally far, and answer with
 * a Student t distribution, so that nothing is impossible. Source of the weighing: Dawid, "The prequential approach"
 * (1984); Hoeting et al., "Bayesian model averaging: a tutorial" (1999).
 */
import { type Belief, faded, learned, next } from './belief.ts';
import { MOST_PEOPLE } from './signal.ts';
import { logDensity, type StudentMixture } from './student.ts';

/** One past room, as far as one figure of it is concerned. */
export interface PastFigure {
  /** What came. */
  readonly came: number;
  /** What announced it at the same moment before its start; undefined when nobody wrote it down. */
  readonly signal?: number | undefined;
}

/** What one outlook rests on. */
export interface OutlookBasis {
  /** Of the same hosts, the oldest first. */
  readonly own: readonly PastFigure[];
  /** Of other hosts on this server, host by host. */
  readonly others: readonly (readonly PastFigure[])[];
  /** What announces this room now. */
  readonly signal: number;
  /** What the figure is beside the number of listeners at once while nothing is known, as a factor. */
  readonly factor: number;
}

/** Past rooms of one host that count, and of all others. */
const MOST_OWN = 40;
const MOST_OTHERS = 400;
/** What was learned of a host counts for so much less with each later room. */
const KEEP = 0.9;
/** Spread within one host's rooms while nothing is known: a factor of 1.75 is one standard deviation. */
const WITHIN = 0.56 ** 2;
/**
 * Half of the degrees of freedom of the spread at first: few, hence heavy tails. Other hosts add to it, each so much, and
 * so many at most.
 */
const SHAPE = 1.5;
const SHAPE_OF_HOST = 0.2;
const MOST_SHAPING = 20;
/** Outliers in the history of others count as if they were no farther than this, in logarithms. */
const FARTHEST = 2;
/** What one room takes from the trust in an expert at most, as a logarithm: one night decides nothing. */
const LEAST_TRUST = -4;
/** What a room of which an expert could not say anything does to it: as if it had been off by a factor of about two. */
const SILENCE = -1.2;
/** How a host without history compares: people at once, a factor of 10 either way being usual. */
const USUAL = Math.log(10);

const log = (people: number): number => Math.log(people + 1);
/** The middle one of the last three; of two, between them. One night like no other does not count. */
function lately(before: readonly PastFigure[]): number | undefined {
  const last = before.slice(-3).map(({ came }) => log(came));
  const [one, two = one, three] = last.toSorted((a, b) => a - b);
  if (one === undefined || two === undefined) return undefined;
  return three === undefined ? (one + two) / 2 : two;
}
const isSound = (value: number | undefined): value is number =>
  value !== undefined && value >= 0 && value <= MOST_PEOPLE;

/** One way of foretelling a room: from which value it starts, and what it believes of the distance at first. */
interface Expert {
  /** Undefined where it has nothing to say. `before`: the rooms of the same host before it, the oldest first. */
  start(room: { readonly signal?: number | undefined }, before: readonly PastFigure[]): number | undefined;
  readonly mean: number;
  /** Variance between hosts while nothing is known. */
  readonly between: number;
  /** How much it is trusted at first. */
  readonly trust: number;
}

function expertsFor({ signal, factor }: OutlookBasis): Expert[] {
  const known = Math.min(0.9, 0.4 + signal / (signal + 20) / 2);
  return [
    {
      // In proportion to what announces it.
      start: (room) => (isSound(room.signal) ? Math.log(Math.max(1, room.signal)) : undefined),
      ...{ mean: Math.log(factor), between: 1.1, trust: known },
    },
    // As this host's rooms usually are.
    { start: () => 0, mean: USUAL + Math.log(factor), between: 3, trust: (1 - known) / 2 },
    // As the last ones were.
    {
      start: (_, before) => lately(before),
      ...{ mean: 0, between: 0.05, trust: (1 - known) / 2 },
    },
  ];
}

/** What an expert believes before it has seen this host: the rooms of other hosts move it away from what we guessed. */
function firstBelief(expert: Expert, others: OutlookBasis['others']): Belief {
  let [squares, freedom] = [0, 0];
  const means: number[] = [];
  for (const rooms of others) {
    const far = rooms.flatMap((room, i) => {
      const start = expert.start(room, rooms.slice(Math.max(0, i - 3), i));
      return start === undefined ? [] : [log(room.came) - start];
    });
    if (far.length === 0) continue;
    const middle = far.toSorted((a, b) => a - b)[Math.floor(far.length / 2)] as number;
    const near = far.map((one) => middle + Math.max(-FARTHEST, Math.min(FARTHEST, one - middle)));
    const mean = near.reduce((sum, one) => sum + one, 0) / near.length;
    means.push(mean);
    for (const one of near) squares += (one - mean) ** 2;
    freedom += near.length - 1;
  }
  // Guesses count as three hosts, and as six rooms.
  const within = (squares + 6 * WITHIN) / (freedom + 6);
  const sum = means.reduce((all, one) => all + one, 0);
  const mean = (sum + 3 * expert.mean) / (means.length + 3);
  const spread = means.reduce((all, one) => all + (one - mean) ** 2, 0);
  const between = (spread + 3 * expert.between) / (means.length + 3);
  const shape = SHAPE + SHAPE_OF_HOST * Math.min(MOST_SHAPING, means.length);
  return { mean, worth: within / between, shape, squares: shape * within };
}

/** Where the logarithm of people plus one will lie, and how many past rooms said so. */
export function outlook(basis: OutlookBasis): { mixture: StudentMixture; own: number; others: number } {
  const sound = (rooms: readonly PastFigure[]): PastFigure[] => rooms.filter(({ came }) => isSound(came));
  const own = sound(basis.own).slice(-MOST_OWN);
  let left = MOST_OTHERS;
  const others = basis.others.flatMap((rooms) => {
    const some = sound(rooms).slice(-Math.min(MOST_OWN, left));
    left -= some.length;
    return some.length > 0 && left >= 0 ? [some] : [];
  });
  const answers = expertsFor(basis).flatMap((expert) => {
    const first = firstBelief(expert, others);
    let now = first;
    let weight = Math.log(expert.trust);
    own.forEach((room, i) => {
      const start = expert.start(room, own.slice(Math.max(0, i - 3), i));
      if (start === undefined) {
        weight += SILENCE;
        return;
      }
      now = faded(now, first, KEEP);
      const student = next(now);
      const value = log(room.came) - start;
      weight += Math.max(LEAST_TRUST, logDensity(student, value));
      // A night like no other tells little of the next one. Source: Lange, Little and Taylor (1989), t weights.
      const t = (value - student.at) / student.scale;
      now = learned(now, value, Math.min(1, 5 / (4 + t * t)));
    });
    const start = expert.start(basis, own);
    if (start === undefined) return [];
    const student = next(now);
    return [{ weight, student: { ...student, at: student.at + start } }];
  });
  const most = Math.max(...answers.map(({ weight }) => weight));
  // None is ever ruled out.
  const weights = answers.map(({ weight }) => 0.03 + Math.exp(weight - most));
  const all = weights.reduce((sum, one) => sum + one, 0);
  return {
    mixture: answers.map(({ student }, i) => [(weights[i] as number) / all, student] as const),
    own: own.length,
    others: others.reduce((sum, rooms) => sum + rooms.length, 0),
  };
}
