import type { MetricId } from '../../wire/metrics.ts';
import type { FigureWords } from '../../words/figure-words.ts';

/** The texts of the numbers page. Figures come as text, names and titles as safe markup. */
export interface NumbersWords extends FigureWords {
  title(room: string): string;
  about(room: string): string;
  readonly back: string;
  now(count: string): string;
  peak(count: string): string;
  between(low: string, high: string): string;
  readonly nothing: string;
  readonly picture: string;
  /** Safe HTML. */
  pictureNeedsScripts(slug: string): string;
  readonly figures: string;
  readonly rules: Readonly<Record<MetricId, string>>;
  readonly definition: string;
  version(version: number, since: string): string;
  grossIs(gross: string): string;
  /** What the two counts give. */
  band(low: string, high: string): string;
  entry(index: number): string;
  readonly noEntry: string;
  readonly final: string;
  readonly excluded: string;
  readonly excludedLead: string;
  readonly excludedNone: string;
  readonly failures: string;
  readonly reason: string;
  readonly count: string;
  readonly check: string;
  /** Steps, each safe HTML. */
  checkSteps(slug: string): readonly string[];
  readonly checkLimit: string;
  readonly embed: string;
  readonly embedLead: string;
  readonly sampled: string;
  /** The block of questions and answers at the top. Sentences; `canCheck` is safe HTML. */
  readonly inShort: string;
  readonly asks: Readonly<
    Record<'howMany' | 'howSure' | 'gotIn' | 'leftOut' | 'otherNumbers' | 'canCheck', string>
  >;
  readonly more: string;
  atOnce(peak: string): string;
  onAverage(count: string): string;
  /** `replay`: undefined when nobody has heard one. */
  inAll(live: string, replay: string | undefined): string;
  different(people: string): string;
  readonly minuteBelow: string;
  twoCounts(low: string, high: string, both: string): string;
  noEstimate(method: string): string;
  estimate(error: string): string;
  readonly joinsUnknown: string;
  allIn(pressed: string, heard: string): string;
  someFailed(pressed: string, heard: string, failed: string, share: string, why: string): string;
  notCounted(sessions: string, why: string): string;
  withThem(gross: string, net: string): string;
  /** `listed`: names and values, or nothing. */
  otherNumbers(peak: string, listed: string): string;
  /** A figure with its value, in a list; and what stands between two of them. */
  named(name: string, value: string): string;
  readonly separator: string;
  andMore(listed: string): string;
  readonly canCheck: string;
  readonly checkNumber: string;
  readonly numberExample: string;
  readonly checkIt: string;
}
