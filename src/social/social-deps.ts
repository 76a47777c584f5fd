import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { Images } from '../image/index.ts';
import type { Store } from '../store/index.ts';
import type { AccountCard } from '../wire/account.ts';
import type { EmbedWish } from '../wire/listening/embed-wish.ts';
import type { LinkPreview } from '../wire/listening/link-preview.ts';
import type { AbuseReason } from '../wire/moderation/moderation.ts';
import type { CountedPost } from '../wire/posts/post-figures.ts';
import type { RoomCard } from '../wire/room.ts';

/** What can be complained about. */
export type ComplaintSubject = 'post' | 'profile';

/** What somebody says against a post, or against what somebody shows of themselves. */
export interface Complaint {
  readonly subject: ComplaintSubject;
  /** The id of a post, or the address of a profile. */
  readonly target: string;
  /** Whose it is, and how it begins: for the desk. */
  readonly name: string;
  readonly reason: AbuseReason;
  readonly words: string;
  /** When it was made, wall-clock ms. */
  readonly made: number;
}

/** What profiles and posts need. */
export interface SocialDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  /** The origin that people use; undefined: paths alone. */
  readonly publicUrl?: string | undefined;
  /** Puts a page into the frame of all pages; absent: it is bare HTML. */
  frame?(language: 'en' | 'fr', page: SocialPage): string;
  /** The same for a post in a page of another site; `main` is the element. */
  embedFrame?(wish: EmbedWish, title: string, main: string): string;
  /** Whose pages may frame such a post, as a policy has it; absent: everybody's. */
  readonly framedBy?: string | undefined;
  /** Who sends a request. What a foreign page sends is nobody's. */
  account(request: Request): Promise<AccountCard | undefined>;
  /** In which language an account's pages and mails are; undefined: that of the browser. Absent: nobody chooses. */
  setLanguage?(account: AccountCard['id'], language: 'en' | 'fr' | undefined): Promise<void>;
  /** Writes to the owner of an account; absent: no mail is sent. */
  mail?(account: string, letter: { readonly subject: string; readonly text: string }): Promise<void>;
  /** A room that is announced, runs or is over; undefined where there is none. */
  cardOf(slug: string): Promise<RoomCard | undefined>;
  /** Takes what people upload; absent: nobody can. */
  readonly images?: Images | undefined;
  /** Answers a request whose texts break a rule of the server; a form with files is read here first. */
  refuses?(request: Request): Promise<Response | undefined>;
  /** The title of a clip. */
  clipTitle(slug: string, id: string): Promise<string | undefined>;
  /** The mark by which a look at a post counts now; `room`: whose card it carries. Absent: nothing is counted. */
  mark?(post: string, room?: string): string;
  /** What was counted of posts, those left out of which nothing was; undefined while nobody can say. */
  figures?(ids: readonly string[]): Promise<ReadonlyMap<string, CountedPost> | undefined>;
  /**
   * Takes a complaint to the moderators; the number by which its writer finds it again, or the seconds to wait and, in
   * words, why.
   */
  complain(
    request: Request,
    complaint: Complaint,
  ): Promise<{ readonly number: string } | { readonly wait: number; readonly wrong?: string }>;
  /** What became of a complaint, in words; undefined when there is none of this number about this. */
  outcome(
    subject: ComplaintSubject,
    target: string,
    number: string,
    french: boolean,
  ): Promise<string | undefined>;
}

/** One page. */
export interface SocialPage {
  readonly title: string;
  /** For previews of links, in one sentence. */
  readonly about: string;
  readonly path: string;
  /** What is inside `<main>`. */
  readonly main: string;
  /** A script of this page alone, by its source. */
  readonly script?: string;
  /** Search engines may list it. */
  readonly listed?: boolean;
  /** What previews of its link show. */
  readonly preview?: LinkPreview;
  /** The same things for other programs. */
  readonly feeds?: readonly { readonly type: string; readonly path: string; readonly title: string }[];
}
