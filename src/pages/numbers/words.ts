import type { PageLanguage } from '../../base/negotiation.ts';
import type { Counting, Exclusion, JoinFailure, MetricId, Unit } from '../../wire/metrics.ts';
import type { Reconciliation } from '../../wire/numbers.ts';

/** The texts of the numbers page. Figures come as text, names and titles as safe markup. */
export interface NumbersWords {
  readonly language: PageLanguage;
  title(room: string): string;
  about(room: string): string;
  readonly back: string;
  now(count: string): string;
  peak(count: string): string;
  between(low: string, high: string): string;
  liveAndReplay(live: string, replay: string): string;
  readonly belowOne: string;
  readonly nothing: string;
  readonly picture: string;
  readonly pictureNeedsScripts: string;
  readonly figures: string;
  readonly units: Readonly<Record<Unit, string>>;
  readonly names: Readonly<Record<MetricId, string>>;
  readonly rules: Readonly<Record<MetricId, string>>;
  readonly definition: string;
  version(version: number, since: string): string;
  readonly methods: Readonly<Record<Counting, string>>;
  error(half: string): string;
  grossIs(gross: string): string;
  entry(index: number): string;
  readonly noEntry: string;
  readonly parts: Readonly<Record<string, string>>;
  readonly status: Readonly<Record<Reconciliation, string>>;
  readonly final: string;
  readonly excluded: string;
  readonly excludedLead: string;
  readonly excludedNone: string;
  readonly exclusions: Readonly<Record<Exclusion, string>>;
  readonly failures: string;
  readonly failureNames: Readonly<Record<JoinFailure, string>>;
  readonly reason: string;
  readonly count: string;
  readonly check: string;
  /** Steps, each safe HTML. */
  checkSteps(slug: string): readonly string[];
  readonly checkLimit: string;
  readonly embed: string;
  readonly embedLead: string;
  readonly sampled: string;
}
