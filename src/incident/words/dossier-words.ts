import type { AnswerGroup } from '../../wire/figures/door-answers.ts';
import type { AttackAnswer } from '../statements/statement.ts';
import type { RequestWords } from './request-words.ts';

/** The texts of an incident's page below its five sentences, in one language. Plain; they are escaped where they are shown. */
export interface DossierWords {
  readonly home: string;
  readonly otherLanguage: string;
  /** Sentence four when somebody said that there was an attack; `who` is `a host` or the like. */
  readonly attackSaid: (text: string, who: string, time: string, answer: AttackAnswer) => string;
  readonly ownFaults: string;
  readonly noFaults: string;
  /** Signs that are only counted. */
  readonly unlisted: (count: string) => string;
  readonly verdict: string;
  readonly requests: RequestWords;
  readonly speaksFor: string;
  readonly speaksAgainst: string;
  /** The blast radius. */
  readonly blast: string;
  readonly blastLead: string;
  readonly groups: Readonly<Record<AnswerGroup, string>>;
  readonly objective: (share: string, silent: string | undefined, players: string | undefined) => string;
  readonly partMet: (met: number, missed: number) => string;
  readonly partIdle: string;
  readonly partUnknown: string;
  readonly answered: (asked: string, failed: string, refused?: string) => string;
  readonly states: Readonly<Record<'met' | 'missed' | 'idle' | 'unknown', string>>;
  readonly noMinutes: string;
  /** Demand and capacity. */
  readonly demand: string;
  readonly demandLead: string;
  readonly connections: string;
  readonly bytes: string;
  readonly full: string;
  readonly capacityUnknown: string;
  readonly listeners: string;
  readonly attempts: string;
  readonly failures: string;
  readonly failedAnswers: string;
  readonly minute: string;
  readonly asTable: string;
  /** What listeners got. */
  readonly got: string;
  readonly toSound: string;
  readonly answersOf: (group: string) => string;
  readonly half: string;
  readonly p95: string;
  readonly p99: string;
  readonly counted: string;
  readonly classes: string;
  readonly silence: (total: string, longest: string) => string;
  readonly noSilence: string;
  readonly cut: (count: string) => string;
  readonly notTimed: string;
  /** People. */
  readonly said: string;
  readonly saidLead: string;
  readonly nothingSaid: string;
  readonly who: (author: string, room: string | undefined) => string;
  readonly statement: string;
  readonly note: string;
  readonly earlier: string;
  readonly objects: string;
  readonly answer: string;
  readonly logOf: (time: string) => string;
  readonly logMinute: (listeners: string, attempts: string, failures: string, rung: number) => string;
  readonly logUnknown: string;
  readonly figuresSay: string;
  readonly attackAnswers: Readonly<Record<AttackAnswer, string>>;
  /** The account of the operator. */
  readonly postmortem: string;
  readonly postmortemBy: (who: string, time: string, version: number) => string;
  readonly earlierVersions: string;
  /** How the figures of an account are marked. */
  readonly inRecord: string;
  readonly notInRecord: string;
  readonly definitions: string;
  readonly definitionList: readonly (readonly [term: string, meaning: string])[];
  readonly limits: string;
  readonly limitList: readonly string[];
  readonly bundleOf: (room: string) => string;
  readonly person: string;
  readonly measured: string;
  /** The way to the form. */
  readonly desk: string;
  readonly deskLead: string;
  readonly more: string;
}
