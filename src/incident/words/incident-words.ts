import type { PageLanguage } from '../../base/negotiation.ts';
import type { IncidentAudience, IncidentLabel, SignKind } from '../incident.ts';
import type { DeskWords } from './desk-words.ts';
import type { DossierWords } from './dossier-words.ts';
import type { HostileText } from './hostile-text.ts';

/** What an incident is called, and what it means, in one language. Texts are plain; they are escaped where they are shown. */
export interface IncidentWords {
  readonly language: PageLanguage;
  readonly title: string;
  readonly about: string;
  readonly lead: string;
  readonly none: string;
  readonly running: string;
  readonly signs: Readonly<Record<SignKind, string>>;
  readonly labels: Readonly<Record<IncidentLabel, string>>;
  /** A time span; `to` undefined: it still lasts. */
  readonly span: (from: string, to: string | undefined, length: string) => string;
  readonly length: (ms: number) => string;
  /** The five sentences. */
  readonly happened: (span: string, rooms: number, kinds: readonly string[]) => string;
  readonly heard: (audience: IncidentAudience | undefined) => string;
  readonly faults: (list: readonly string[]) => string;
  /** `said`: what people said of it that has to be answered at once. */
  readonly found: (label: string, said?: string) => string;
  /** What the requests say, as shares with their range; undefined where none are known. */
  readonly unknown: (complete: boolean, hostile: HostileText | undefined) => string;
  /** A share with its range, each 0 to 1. */
  readonly range: (share: number, low: number, high: number) => string;
  /** A number with two decimals. */
  readonly decimal: (value: number) => string;
  /** A whole number. */
  readonly count: (value: number) => string;
  readonly dossier: DossierWords;
  readonly desk: DeskWords;
  readonly timeline: string;
  readonly wholeServer: string;
  readonly lasts: string;
  readonly check: string;
  readonly checkLead: string;
  readonly numbersOf: (room: string) => string;
  readonly asJson: string;
  readonly feed: string;
  readonly all: string;
}
