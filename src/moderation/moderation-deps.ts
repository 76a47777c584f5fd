import type { Clock } from '../base/clock.ts';
import type { ErrorCode } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import type { Store } from '../store/index.ts';
import type { AccountCard } from '../wire/account.ts';
import type { WithdrawnQuestions } from '../wire/interaction/questions.ts';
import type { AbuseSubject } from '../wire/moderation/moderation.ts';
import type { RoomCard } from '../wire/room.ts';
import type { Ban } from '../wire/stage/hands.ts';
import type { BlockLists } from './block-lists.ts';

/** Somebody who is, or was a moment ago, on a stage. */
export interface SeenPerson {
  readonly id: string;
  readonly name: string;
  readonly role: 'host' | 'co-host' | 'speaker';
}

/** Somebody with a link of a room. */
export interface ModeratingMember {
  readonly card: RoomCard;
  readonly role: 'host' | 'co-host' | 'speaker';
  readonly operator: boolean;
  readonly speaker?: string;
}

/** Why something was not done. */
export interface ModerationRefusal {
  readonly refused: ErrorCode;
  readonly detail?: string | undefined;
  readonly wait?: number | undefined;
}

/** True for a refusal. */
export const isNotDone = (value: unknown): value is ModerationRefusal =>
  typeof value === 'object' && value !== null && 'refused' in value;

/** What is reported outside of rooms: a post by its id, a profile by its address. */
export type SocialSubject = 'post' | 'profile';

/** True for a subject outside of rooms. */
export const isSocial = (subject: AbuseSubject): subject is SocialSubject =>
  subject === 'post' || subject === 'profile';

/** An image of what was reported. `alt`: what is to be seen on it, perhaps empty. */
export interface ReportedImage {
  /** Where its smallest form is. */
  readonly path: string;
  readonly alt: string;
}

/** What moderation needs. */
export interface ModerationDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  /** The origin before the path of a notice; undefined: paths alone. */
  readonly publicUrl?: string | undefined;
  /** How long closed reports, and lines of the log, are kept, ms. */
  readonly keepReports: number;
  /** Reports about posts and profiles that are open at once. */
  readonly mostReports: number;
  readonly keepAudit: number;
  /** The frame of pages; default: none but the HTML around them. */
  frame?(
    language: 'en' | 'fr',
    page: { readonly title: string; readonly main: string; readonly own?: string },
  ): string;
  /** Who sends a request, by account. What a foreign page sends is nobody's. */
  account(request: Request): Promise<AccountCard | undefined>;
  isOperator(token: string | undefined): Promise<boolean>;
  memberOf(slug: string, token: string | undefined): Promise<ModeratingMember | ModerationRefusal>;
  /** A room that is announced, runs or is over; undefined where there is none. */
  cardOf(slug: string): Promise<RoomCard | undefined>;
  /** Keeps people off a stage, and lets others back. */
  keepOut(
    slug: string,
    added: readonly Ban[],
    lifted: readonly string[],
  ): Promise<ModerationRefusal | undefined>;
  endRoom(slug: string): Promise<ModerationRefusal | undefined>;
  stopRoom(slug: string, reason: string): Promise<ModerationRefusal | undefined>;
  resumeRoom(slug: string): Promise<ModerationRefusal | undefined>;
  /** Takes a room out of all lists, and back. */
  unlistRoom(slug: string): Promise<ModerationRefusal | undefined>;
  relistRoom(slug: string): Promise<ModerationRefusal | undefined>;
  /** Writes to the owner of an account; absent: nobody is written to. */
  mail?(account: string, letter: { readonly subject: string; readonly text: string }): Promise<void>;
  /** A clip with all that is known of it, for `showClip`; undefined when there is none. */
  findClip(slug: string, id: string): Promise<object | undefined>;
  /** Takes a clip away and gives it back; undefined when there is none. */
  hideClip(slug: string, id: string): Promise<object | undefined>;
  showClip(slug: string, clip: object): Promise<void>;
  clipTitle(slug: string, id: string): Promise<{ readonly title: string; readonly from: number } | undefined>;
  /** Makes the questions that were taken out known to the studio: all of them. */
  publishWithdrawn(all: WithdrawnQuestions): void;
  /** Removes a post, with the reason on its tombstone; whose it was, or undefined when there is none. */
  removePost(post: string, reason: string): Promise<string | undefined>;
  /** Takes away what somebody shows of themselves; whose it was, or undefined when nobody has this address. */
  clearProfile(handle: string): Promise<string | undefined>;
  /** Whose a post or a profile is; undefined when there is none. */
  ownerOf(subject: SocialSubject, target: string): Promise<string | undefined>;
  /** What can be seen of a reported post or profile; absent: nothing. */
  imagesOf?(subject: SocialSubject, target: string): Promise<readonly ReportedImage[]>;
  /** Makes the lists of words known to the studio. */
  publishWords(lists: BlockLists): void;
}
