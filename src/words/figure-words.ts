import type { Counting, Exclusion, JoinFailure, MetricId, Unit } from '../wire/metrics.ts';
import type { Reconciliation } from '../wire/numbers.ts';

/** What figures are called, the same on every page that shows them: for the numbers page and the studio. */
export interface FigureWords {
  readonly language: 'en' | 'fr';
  liveAndReplay(live: string, replay: string): string;
  readonly belowOne: string;
  readonly units: Readonly<Record<Unit, string>>;
  readonly names: Readonly<Record<MetricId, string>>;
  readonly methods: Readonly<Record<Counting, string>>;
  /** Half of the 95 % interval. */
  error(half: string): string;
  readonly parts: Readonly<Record<string, string>>;
  readonly status: Readonly<Record<Reconciliation, string>>;
  readonly exclusions: Readonly<Record<Exclusion, string>>;
  /** Reasons of which none stands for 20. */
  fewEach(listed: string): string;
  readonly failureNames: Readonly<Record<JoinFailure, string>>;
  /** Why the program was silent. */
  readonly causes: Readonly<Record<string, string>>;
}
