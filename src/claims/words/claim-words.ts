import type { PageLanguage } from '../../base/negotiation.ts';
import type { MetricId, Unit } from '../../wire/metrics.ts';
import type { NotAdded } from '../adding.ts';
import type { NounId } from '../language/noun.ts';
import type { Unreadable } from '../number/characters.ts';
import type { NumberNote, SaidBound } from '../number/said-number.ts';

/** The texts about claims in one language. Figures arrive formatted; texts by people arrive as plain text. */
export interface ClaimWords {
  readonly language: PageLanguage;
  /** The name of each figure, as it stands in a sentence. */
  readonly figures: Readonly<Record<MetricId, string>>;
  /** The rule by which each is counted, one sentence. */
  readonly rules: Readonly<Record<MetricId, string>>;
  /** What one of a unit is: "an event", said of many. */
  readonly units: Readonly<Record<Unit, string>>;
  /** What people call them. */
  readonly nouns: Readonly<Record<NounId, string>>;
  quoted(text: string): string;
  /** What was said: a number with its bound, and its noun or nothing. */
  said(bound: SaidBound, number: string, noun: string): string;
  /** Parts of a figure that are shown beside each other. */
  readonly parts: Readonly<Record<string, string>>;
  readonly headings: Readonly<Record<'matches' | 'named-wrongly' | 'sum-of-unlike' | 'no-match', string>>;
  /** `name`: of the figure; `value`: it, or its parts. */
  matches(name: string, value: string): string;
  namedWrongly(name: string, value: string, unit: string, said: string): string;
  sum(total: string): string;
  readonly noMatch: string;
  /** `times`: how many times the figure the number is. */
  nearest(name: string, value: string, times: string): string;
  component(name: string, value: string, unit: string, of: string): string;
  also(names: string): string;
  /** A counter that went on. */
  passed(when: string, later: string): string;
  at(when: string): string;
  entry(index: string): string;
  readonly corrected: string;
  note(note: NumberNote, read: string): string;
  read(number: string): string;
  readonly unread: Readonly<Record<Unreadable | 'time-unknown' | 'no-figures', string>>;
  readonly notAdded: Readonly<Record<NotAdded, string>>;
  readonly page: {
    readonly title: string;
    readonly lead: string;
    readonly sentence: string;
    readonly example: string;
    readonly room: string;
    readonly roomHint: string;
    readonly time: string;
    readonly timeHint: string;
    readonly check: string;
    readonly card: string;
    readonly signed: string;
    readonly definition: string;
    readonly how: string;
    readonly toRoom: string;
    readonly away: string;
    readonly said: string;
    readonly noRooms: string;
  };
  /** The page of the claims that are attached to a room. Titles as plain text. */
  readonly attached: {
    title(room: string): string;
    readonly lead: string;
    readonly none: string;
    readonly say: string;
    readonly dispute: string;
    readonly disputeThis: string;
    readonly send: string;
    readonly waits: string;
    readonly willWait: string;
    readonly earlier: string;
    readonly correctedTo: string;
    readonly kinds: Readonly<Record<'dispute' | 'answer', string>>;
    /** Above the reasons of what the operator did not publish. */
    readonly refused: string;
    readonly authors: Readonly<Record<string, string>>;
    readonly check: string;
  };
}
