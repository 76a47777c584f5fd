/** Questions that listeners ask in text, and what hosts pin for everybody to read. */

import type { ReactionsTold } from './reactions.ts';

/** Longest question and longest pinned note, in characters (code points). */
export const QUESTION_LENGTH = 280;
/** Longest link that a host pins. */
export const PIN_LINK_LENGTH = 400;
/** Open questions that everybody is shown: those with the most votes. */
export const SHOWN_QUESTIONS = 50;
/** Questions that were answered and are shown, the newest. */
export const SHOWN_ANSWERED = 20;

/** Ids of questions that were taken out and are told, the newest. */
export const SHOWN_WITHDRAWN = 50;

/** Where a question is. `hidden`: a host has taken it out of the list. */
export type QuestionStanding = 'open' | 'answered' | 'hidden';

/** In the state of a room, while there are questions or may be. */
export interface QuestionsTold {
  /** True while listeners may ask. */
  readonly open: boolean;
  /** Open questions. */
  readonly waiting: number;
  /** Another one for every change of `questions.json`: then it is worth reading again. */
  readonly version: number;
}

/** One question as everybody reads it. */
export interface AskedQuestion {
  readonly id: string;
  readonly text: string;
  /** As the one who asks writes it; absent: they gave none. */
  readonly name?: string;
  readonly votes: number;
  /** Wall-clock ms. */
  readonly asked: number;
  /** When a host marked it as answered. */
  readonly answered?: number;
}

/** `/r/:slug/questions.json`: the same for everyone. */
export interface ToldQuestions {
  readonly v: 1;
  readonly room: string;
  readonly open: boolean;
  readonly version: number;
  /** Open questions; the list has the first `SHOWN_QUESTIONS`. */
  readonly waiting: number;
  /** Most votes first, then the oldest. */
  readonly questions: readonly AskedQuestion[];
  /** The newest first. */
  readonly answered: readonly AskedQuestion[];
  /** Ids of questions that moderators have taken out, the newest; who asked one may read why. */
  readonly withdrawn?: readonly string[];
}

/** Why a question was taken out of the list. */
export interface QuestionWithdrawal {
  readonly reason: string;
  /** Where whoever asked it reads that and can object. */
  readonly notice: string;
}

/** What the site tells the studio of it: by the room's address and the question's id. */
export type WithdrawnQuestions = Readonly<Record<string, Readonly<Record<string, QuestionWithdrawal>>>>;

/** One's own question that was taken out: the answer to `POST /r/:slug/questions/:id/own`. */
export interface OwnWithdrawal extends QuestionWithdrawal {
  readonly id: string;
  readonly text: string;
}

/** What a host has pinned: a line for everybody, and perhaps a link. */
export interface Pin {
  readonly id: string;
  /** Wall-clock ms. */
  readonly at: number;
  readonly text: string;
  /** https only. */
  readonly link?: string;
}

/** What a host does with questions and pins: the body of `POST /r/:slug/interaction`. */
export type InteractionAct =
  | { readonly do: 'answered' | 'hide' | 'reopen'; readonly question: string }
  | { readonly do: 'pin'; readonly text: string; readonly link?: string | undefined }
  | { readonly do: 'unpin' };

/** What hosts read: the list, the hidden ones too. */
export interface HostQuestions extends ToldQuestions {
  readonly hidden: readonly AskedQuestion[];
  readonly pinned?: Pin;
  /** Absent while nobody can react. */
  readonly reactions?: ReactionsTold;
}
