/** Histories in which it is known how the audience comes about: what the intervals are checked with. */
import type { ForecastSignals } from '../../../wire/figures/forecast.ts';
import type { PastRoom } from './forecast.ts';

/** A world in which rooms happen. It shares no figure with what the model believes at first. */
export interface SimulatedWorld {
  readonly name: string;
  /** Listeners at once of a usual host, and how hosts differ: the standard deviation of the logarithm. */
  readonly usual: number;
  readonly hosts: number;
  /** How rooms of one host differ. */
  readonly rooms: number;
  /** Degrees of freedom of that; few: heavy tails. */
  readonly freedom: number;
  /** The share of listeners who have set a reminder, and how much it varies from room to room (of its logarithm). */
  readonly reminded: number;
  readonly varies: number;
  /** Growth of a host's audience from room to room, as a factor. */
  readonly grows: number;
  /** How often something happens that nobody could know, and how many times more people then come. */
  readonly surprises: number;
}

/** Worlds that differ from each other by what a server may really meet. */
export const WORLDS: readonly SimulatedWorld[] = [
  world('reminders say much', { varies: 0.25, rooms: 0.9 }),
  world('reminders say little', { varies: 1.2 }),
  world('nobody sets reminders', { reminded: 0 }),
  world('nearly everybody sets one', { reminded: 0.9, varies: 0.2 }),
  world('tiny rooms', { usual: 4 }),
  world('crowds', { usual: 20_000, hosts: 1.5 }),
  world('heavy tails', { freedom: 3, rooms: 0.6 }),
  world('audiences that grow', { grows: 1.15 }),
  world('audiences that dwindle', { grows: 0.85 }),
  world('famous guests', { surprises: 0.05 }),
];

function world(name: string, other: Partial<SimulatedWorld>): SimulatedWorld {
  return {
    ...{ name, usual: 60, hosts: 1, rooms: 0.5, freedom: 8, reminded: 0.25, varies: 0.5, grows: 1 },
    ...{ surprises: 0, ...other },
  };
}

/** One simulated room, and whether something happened there that nobody could know. */
export interface SimulatedRoom extends PastRoom {
  readonly isSurprise: boolean;
}

function normal(chance: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - chance())) * Math.cos(2 * Math.PI * chance());
}

function heavy(freedom: number, chance: () => number): number {
  let squares = 0;
  for (let i = 0; i < freedom; i += 1) squares += normal(chance) ** 2;
  return normal(chance) / Math.sqrt(squares / freedom);
}

function poisson(mean: number, chance: () => number): number {
  if (mean > 50) return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal(chance)));
  let [k, left] = [0, chance()];
  const end = Math.exp(-mean);
  while (left > end) {
    left *= chance();
    k += 1;
  }
  return k;
}

/** All rooms of one host of a world, the oldest first. `chance` gives numbers in [0, 1). */
export function simulateHost(of: SimulatedWorld, many: number, chance: () => number): SimulatedRoom[] {
  const usual = of.usual * Math.exp(of.hosts * normal(chance));
  const reminded = of.reminded * Math.exp(0.5 * normal(chance));
  const followers = Math.round(usual * 3 * Math.exp(normal(chance)));
  return Array.from({ length: many }, (_, i) => {
    const meant = Math.min(1e8, usual * of.grows ** i * Math.exp(of.rooms * heavy(of.freedom, chance)));
    const share = Math.min(1, reminded * Math.exp(of.varies * normal(chance)));
    const isSurprise = chance() < of.surprises;
    const peak = poisson(meant * (isSurprise ? 5 + 45 * chance() : 1), chance);
    const set = poisson(meant * share * 2, chance);
    const hour: ForecastSignals = {
      reminders: { push: Math.round(set * 0.6), mail: Math.round(set * 0.4) },
      ...{ followers, invited: 0 },
    };
    const early = Math.exp(0.4 * normal(chance));
    const day = {
      ...hour,
      reminders: { push: Math.round(set * 0.3 * early), mail: Math.round(set * 0.2 * early) },
    };
    const heard = poisson(peak * Math.exp(0.4 + 0.2 * normal(chance)), chance);
    const worst = poisson(heard * 0.12 * Math.exp(0.35 * normal(chance)), chance);
    return {
      ...{ isSurprise, came: { peak, heard, worst } },
      signals: { announced: { ...hour, reminders: {} }, day, hour, start: hour },
    };
  });
}
