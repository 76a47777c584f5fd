import { FORESEEN, type ForecastMoment, type Foreseen } from '../../../wire/figures/forecast.ts';
import { forecastOf } from './forecast.ts';
import { hitOf } from './score.ts';
import { type SimulatedWorld, simulateHost } from './simulated.ts';

/** How intervals came out over many rooms that the model had not seen. */
export interface Coverage {
  readonly rooms: number;
  readonly inside: number;
  readonly below: number;
  readonly above: number;
  /** The middle one of upper end by lower end (plus one each): how wide intervals are. */
  readonly wide: number;
}

/** What is tried: a world, how many rooms of the host and how many other hosts were seen before, and when. */
export interface CoverageTrial {
  readonly world: SimulatedWorld;
  readonly before: number;
  readonly others: number;
  readonly moment: ForecastMoment;
  /** Hosts that are tried: each with one room. */
  readonly hosts: number;
  /** `surprising`: only rooms where something happened that nobody could know. */
  readonly only?: 'surprising' | 'usual';
  readonly chance: () => number;
}

/** Tries intervals on simulated rooms that came after what they were made of. */
export function coverageOf(trial: CoverageTrial): Record<Foreseen, Coverage> {
  const { world, before, others: hosts, moment, chance, only } = trial;
  const others = Array.from({ length: hosts }, () => simulateHost(world, 6, chance));
  const tried = FORESEEN.map(() => ({ inside: 0, below: 0, above: 0, widths: [] as number[] }));
  for (let host = 0; host < trial.hosts; host += 1) {
    const all = simulateHost(world, before + 1, chance);
    const room = all.at(-1);
    if (!room || (only && (only === 'surprising') !== room.isSurprise)) continue;
    const signals = room.signals[moment] ?? { reminders: {}, followers: 0, invited: 0 };
    const made = forecastOf({ made: 0, moment, signals, own: all.slice(0, -1), others });
    FORESEEN.forEach((what, i) => {
      const hit = hitOf(made, { came: room.came, ended: 0 }, what);
      const one = tried[i];
      if (!one || hit === 'unknown') return;
      one[hit] += 1;
      one.widths.push((made.spans[what].high + 1) / (made.spans[what].low + 1));
    });
  }
  return Object.fromEntries(
    FORESEEN.map((what, i) => {
      const { inside = 0, below = 0, above = 0, widths = [] } = tried[i] ?? {};
      const sorted = widths.toSorted((a, b) => a - b);
      const rooms = inside + below + above;
      return [what, { rooms, inside, below, above, wide: sorted[Math.floor(sorted.length / 2)] ?? 0 }];
    }),
  ) as unknown as Record<Foreseen, Coverage>;
}
