import type { VerdictLabel } from '../../src/verdict/index.ts';
import type { AttackName } from './attackers.ts';
import type { EveningPlan, FaultName } from './evening.ts';
import { type Dice, dice, type FormatName } from './logged.ts';

/** A kind of evening: what it is made of, and what may be said about it. */
export interface EveningKind {
  readonly name: string;
  readonly labels: readonly VerdictLabel[];
  readonly format: FormatName;
  /** True when an attack made people's requests fail, so that `caused` may be true. */
  readonly causes?: boolean;
  plan(d: Dice, seed: number): EveningPlan;
}

const NAIVE: readonly AttackName[] = ['ab', 'wrk', 'siege', 'hulk', 'goldeneye', 'slowHeaders'];
const FAULTS: readonly FaultName[] = ['errors', 'slow-disk', 'crash-loop'];
const quiet = (d: Dice, seed: number) => ({ seed, minutes: 30, visits: Math.round(d.between(15, 60)) });
const step = (d: Dice, factor: number) => ({
  ...{ factor, at: 12, rise: d.pick([0.05, 0.5, 2, 4]), half: d.between(5, 30) },
});

/** Every kind that the bench counts errors of. */
export const KINDS: readonly EveningKind[] = [
  { name: 'normal evening', labels: ['NO_OVERLOAD'], format: 'combined', plan: quiet },
  { name: 'normal, common format', labels: ['NO_OVERLOAD'], format: 'common', plan: quiet },
  {
    ...{ name: 'crowd × 10', labels: ['CROWD'], format: 'combined' },
    plan: (d, seed) => ({ ...quiet(d, seed), crowd: step(d, 10) }),
  },
  {
    ...{ name: 'crowd × 100', labels: ['CROWD'], format: 'combined' },
    plan: (d, seed) => ({ ...quiet(d, seed), visits: 8, crowd: step(d, 100) }),
  },
  {
    ...{ name: 'crowd × 10, common format', labels: ['CROWD'], format: 'common' },
    plan: (d, seed) => ({ ...quiet(d, seed), crowd: step(d, 10) }),
  },
  {
    ...{ name: 'crowd × 10, overloaded', labels: ['CROWD'], format: 'microseconds' },
    plan: (d, seed) => ({ ...quiet(d, seed), visits: 30, crowd: step(d, 10), capacity: 30 }),
  },
  {
    ...{ name: 'crowd of players', labels: ['CROWD'], format: 'combined' },
    plan: (d, seed) => ({ ...quiet(d, seed), visits: 10, audience: 'players', crowd: step(d, 20) }),
  },
  {
    ...{ name: 'crowd with one app', labels: ['CROWD', 'UNDETERMINED'], format: 'combined' },
    plan: (d, seed) => ({ ...quiet(d, seed), audience: 'app', crowd: step(d, 15) }),
  },
  {
    ...{ name: 'crowd, files elsewhere', labels: ['CROWD', 'UNDETERMINED'], format: 'combined' },
    plan: (d, seed) => ({ ...quiet(d, seed), files: false, crowd: step(d, 15) }),
  },
  {
    ...{ name: 'crowd behind a CDN', labels: ['CROWD', 'UNDETERMINED'], format: 'combined' },
    plan: (d, seed) => ({ ...quiet(d, seed), edges: 8, crowd: step(d, 10) }),
  },
  {
    ...{ name: 'crowd behind one address', labels: ['CROWD', 'UNDETERMINED'], format: 'combined' },
    plan: (d, seed) => ({ ...quiet(d, seed), behindOne: 0.9, crowd: step(d, 10) }),
  },
  {
    ...{
      name: 'crowd only, no time before',
      labels: ['CROWD', 'NO_OVERLOAD', 'UNDETERMINED'],
      format: 'combined',
    },
    plan: (d, seed) => ({ ...quiet(d, seed), crowd: step(d, 15), logged: [14, 24] }),
  },
  ...NAIVE.map(
    (kind): EveningKind => ({
      ...{ name: `naive flood: ${kind}`, labels: ['ATTACK'], format: 'combined' },
      plan: (d, seed) => ({
        ...quiet(d, seed),
        attack: { kind, from: 15, until: 22, rate: Math.round(d.between(60, 250)) },
      }),
    }),
  ),
  {
    ...{ name: 'naive flood, no time before', labels: ['ATTACK'], format: 'common' },
    plan: (d, seed) => ({
      ...{ ...quiet(d, seed), logged: [16, 20] },
      attack: { kind: d.pick(['ab', 'wrk', 'hulk'] as const), from: 15, until: 22, rate: 120 },
    }),
  },
  {
    ...{ name: 'flood that takes the server down', labels: ['ATTACK'], format: 'seconds', causes: true },
    plan: (d, seed) => ({
      ...{ ...quiet(d, seed), visits: 30, capacity: 45 },
      attack: { kind: d.pick(['ab', 'wrk', 'hulk'] as const), from: 15, until: 22, rate: 150 },
    }),
  },
  {
    ...{ name: 'distributed flood', labels: ['ATTACK'], format: 'combined' },
    plan: (d, seed) => ({
      ...quiet(d, seed),
      attack: {
        kind: 'distributedFlood',
        from: 15,
        until: 22,
        rate: d.between(80, 300),
        sources: 20 + d.below(200),
      },
    }),
  },
  {
    ...{ name: 'low rate, many sources', labels: ['ATTACK'], format: 'combined' },
    plan: (d, seed) => ({
      ...quiet(d, seed),
      attack: { kind: 'lowRate', from: 14, until: 24, rate: d.between(60, 130) },
    }),
  },
  {
    ...{ name: 'low rate, no time before', labels: ['ATTACK'], format: 'combined' },
    plan: (d, seed) => ({
      ...{ ...quiet(d, seed), logged: [15, 23] },
      attack: { kind: 'lowRate', from: 14, until: 24, rate: d.between(60, 130) },
    }),
  },
  {
    ...{ name: 'logins tried from many sources', labels: ['ATTACK'], format: 'combined' },
    plan: (d, seed) => ({
      ...quiet(d, seed),
      attack: {
        kind: 'stuffing',
        from: 14,
        until: 24,
        rate: d.between(60, 120),
        sources: 100 + d.below(400),
      },
    }),
  },
  {
    ...{ name: 'scanner', labels: ['ATTACK', 'MIXED', 'NO_OVERLOAD'], format: 'combined' },
    plan: (d, seed) => ({
      ...quiet(d, seed),
      attack: { kind: 'scanner', from: 14, until: 20, rate: d.between(2, 30) },
    }),
  },
  ...(['wrk', 'hulk', 'distributedFlood', 'lowRate'] as const).map(
    (kind): EveningKind => ({
      ...{ name: `half crowd, half ${kind}`, labels: ['MIXED'], format: 'combined' },
      plan: (d, seed) => ({
        ...{ ...quiet(d, seed), visits: 25, crowd: { factor: 12, at: 12, rise: 1, half: 30 } },
        attack: { kind, from: 12.5, until: 24, rate: 42 },
      }),
    }),
  ),
  ...FAULTS.map(
    (kind): EveningKind => ({
      ...{ name: `own fault under a crowd: ${kind}`, labels: ['INTERNAL_FAULT'], format: 'microseconds' },
      plan: (d, seed) => ({
        ...{ ...quiet(d, seed), visits: 30, crowd: { factor: 8, at: 8, rise: 1, half: 60 } },
        fault: { kind, from: d.between(16, 20), until: 26 },
      }),
    }),
  ),
  ...FAULTS.map(
    (kind): EveningKind => ({
      ...{
        name: `own fault on a normal evening: ${kind}`,
        labels: ['INTERNAL_FAULT'],
        format: 'microseconds',
      },
      plan: (d, seed) => ({
        ...quiet(d, seed),
        visits: 60,
        fault: { kind, from: d.between(12, 18), until: 24 },
      }),
    }),
  ),
];

const listeners = (d: Dice, seed: number) => ({ ...quiet(d, seed), audience: 'streams' as const });

/** Evenings of a server like ours, where people hear one stream each: judged as the doors see them. */
export const STREAM_KINDS: readonly EveningKind[] = [
  {
    ...{ name: 'listeners, normal evening', labels: ['NO_OVERLOAD'], format: 'microseconds' },
    plan: listeners,
  },
  ...[10, 100].map(
    (factor): EveningKind => ({
      ...{ name: `listeners, crowd × ${factor}`, labels: ['CROWD'], format: 'microseconds' },
      plan: (d, seed) => ({ ...listeners(d, seed), visits: factor === 100 ? 8 : 40, crowd: step(d, factor) }),
    }),
  ),
  {
    ...{ name: 'listeners, crowd × 10, overloaded', labels: ['CROWD'], format: 'microseconds' },
    plan: (d, seed) => ({ ...listeners(d, seed), visits: 30, crowd: step(d, 10), capacity: 40 }),
  },
  {
    ...{
      name: 'listeners, crowd behind one address',
      labels: ['CROWD', 'UNDETERMINED'],
      format: 'microseconds',
    },
    plan: (d, seed) => ({ ...listeners(d, seed), behindOne: 0.9, crowd: step(d, 10) }),
  },
  ...(['ab', 'wrk', 'hulk', 'slowHeaders', 'distributedFlood', 'lowRate'] as const).map(
    (kind): EveningKind => ({
      ...{ name: `listeners, attack: ${kind}`, labels: ['ATTACK'], format: 'microseconds' },
      plan: (d, seed) => ({
        ...listeners(d, seed),
        attack: { kind, from: 14, until: 23, rate: Math.round(d.between(80, 250)) },
      }),
    }),
  ),
  ...(['wrk', 'hulk', 'distributedFlood', 'lowRate'] as const).map(
    (kind): EveningKind => ({
      ...{ name: `listeners, half crowd, half ${kind}`, labels: ['MIXED'], format: 'microseconds' },
      plan: (d, seed) => ({
        ...{ ...listeners(d, seed), visits: 40, crowd: { factor: 12, at: 12, rise: 1, half: 30 } },
        attack: { kind, from: 12.5, until: 24, rate: 110 },
      }),
    }),
  ),
  ...FAULTS.map(
    (kind): EveningKind => ({
      ...{
        name: `listeners, own fault under a crowd: ${kind}`,
        labels: ['INTERNAL_FAULT'],
        format: 'microseconds',
      },
      plan: (d, seed) => ({
        ...{ ...listeners(d, seed), visits: 40, crowd: { factor: 8, at: 8, rise: 1, half: 60 } },
        fault: { kind, from: d.between(16, 20), until: 26 },
      }),
    }),
  ),
];

/** The plan of a kind's evening for a seed. */
export const planOf = (kind: EveningKind, seed: number): EveningPlan =>
  kind.plan(dice(seed * 7919 + 13), seed);
