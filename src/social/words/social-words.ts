import type { AbuseReason } from '../../wire/moderation/moderation.ts';
import type { RoomStatus } from '../../wire/room.ts';
import type { HandleFault } from '../people/profiles.ts';
import type { ComposeFault } from '../posts/composing.ts';
import type { ComplaintSubject } from '../social-deps.ts';
import type { FeedLinkWords } from './feed-link-words.ts';
import type { ImageWords } from './image-words.ts';
import type { NotificationWords } from './notification-words.ts';

/** Everything that pages of profiles and posts say. What people wrote comes as safe markup. */
export interface SocialWords {
  readonly language: 'en' | 'fr';
  readonly told: NotificationWords;
  // Ways.
  readonly nav: string;
  readonly following: string;
  readonly here: string;
  /** The ways from the home page. */
  readonly allFollowed: string;
  readonly allHere: string;
  readonly search: string;
  readonly write: string;
  readonly signIn: string;
  readonly ownPage: string;
  readonly older: string;
  readonly newer: string;
  readonly toTop: string;
  readonly about: Readonly<Record<'following' | 'here' | 'search' | 'compose', string>>;
  // Lists.
  readonly followingLead: string;
  readonly hereLead: string;
  readonly followingEmpty: string;
  readonly hereEmpty: string;
  readonly nothingNew: string;
  readonly sinceMark: string;
  readonly end: string;
  readonly signInToFollow: string;
  // A post.
  postOf(name: string): string;
  reposted(name: string): string;
  readonly answers: string;
  readonly edited: string;
  /** Where else somebody is followed. */
  readonly feeds: FeedLinkWords;
  readonly erasedAuthor: string;
  deletedByAuthor(when: string): string;
  deletedByModerator(when: string): string;
  reasonGiven(reason: string): string;
  readonly notShown: string;
  readonly missing: string;
  readonly statuses: Readonly<Record<RoomStatus, string>>;
  readonly toClip: string;
  readonly like: string;
  readonly unlike: string;
  readonly repost: string;
  readonly unrepost: string;
  readonly quote: string;
  readonly reply: string;
  readonly edit: string;
  readonly remove: string;
  readonly report: string;
  counts(which: 'replies' | 'reposts' | 'quotes' | 'likes', many: number): string;
  /** What was counted of a post, and how it is read aloud. */
  readonly counted: {
    impressions(many: number): string;
    opens(many: number): string;
    listens(many: number): string;
    embeds(many: number): string;
    /** While nobody can say. */
    readonly unknown: string;
    readonly what: string;
  };
  readonly conversation: string;
  readonly repliesTitle: string;
  readonly noReplies: string;
  readonly quotesTitle: string;
  readonly quotesAnother: string;
  // Writing.
  readonly yourPost: string;
  readonly yourReply: string;
  readonly yourQuote: string;
  readonly lengthHint: (most: number) => string;
  readonly send: string;
  readonly sendReply: string;
  readonly save: string;
  readonly cancel: string;
  readonly editLead: string;
  readonly historyTitle: string;
  readonly historyNow: string;
  version(number: number, when: string): string;
  readonly noHistory: string;
  readonly removeLead: string;
  readonly removeReason: string;
  readonly removeHint: string;
  readonly reasonTooLong: string;
  readonly removeNow: string;
  // One's address.
  readonly chooseTitle: string;
  readonly chooseLead: string;
  readonly handle: string;
  readonly handleHint: string;
  readonly choose: string;
  readonly handleFaults: Readonly<Record<HandleFault, string>>;
  // A profile.
  readonly seen: (day: string) => string;
  readonly since: (day: string) => string;
  readonly followers: (many: number) => string;
  readonly follows: (many: number) => string;
  readonly followersTitle: string;
  readonly followsTitle: string;
  readonly nobody: string;
  readonly morePeople: string;
  readonly follow: string;
  readonly unfollow: string;
  readonly mute: string;
  readonly unmute: string;
  readonly block: string;
  readonly unblock: string;
  readonly followsYou: string;
  readonly youMuted: string;
  readonly youBlocked: string;
  readonly blockedYou: string;
  readonly pinned: string;
  readonly pin: string;
  readonly unpin: string;
  readonly roomsComing: string;
  readonly roomsPast: string;
  readonly posts: string;
  readonly postsEmpty: string;
  readonly repliesEmpty: string;
  readonly noRoomsComing: string;
  readonly noRoomsPast: string;
  readonly bioEmpty: string;
  /** What the views of a profile are of. */
  readonly ofPerson: (name: string) => string;
  readonly editProfile: string;
  readonly bio: string;
  readonly bioHint: (most: number) => string;
  readonly links: string;
  readonly linksHint: (most: number) => string;
  readonly pinRoom: string;
  readonly pinRoomHint: string;
  readonly nobodyHere: string;
  // Search.
  readonly searchFor: string;
  readonly searchHint: string;
  readonly kinds: Readonly<Record<'posts' | 'people' | 'rooms', string>>;
  readonly searchIn: string;
  readonly found: string;
  /** `typed`: safe as HTML. */
  readonly nothingFound: (typed: string) => string;
  readonly searchTry: string;
  readonly searchFaulty: string;
  // A complaint.
  readonly reportTitle: Readonly<Record<ComplaintSubject, string>>;
  readonly reportProfile: string;
  readonly reportLead: string;
  readonly why: string;
  readonly whyWords: string;
  readonly reasons: Readonly<Record<AbuseReason, string>>;
  readonly reportSend: string;
  readonly reportThanks: string;
  readonly reportNumber: string;
  readonly reportUnknown: Readonly<Record<ComplaintSubject, string>>;
  readonly wordsNeeded: string;
  readonly images: ImageWords;
  // What went wrong.
  readonly faults: Readonly<Record<ComposeFault, string>>;
  readonly refusedField: (field: string, hint: string) => string;
  readonly full: string;
  readonly foreign: string;
  readonly unread: string;
  readonly searchedTooOften: (seconds: number) => string;
  readonly tooOften: (seconds: number) => string;
  readonly away: string;
  /** We have made a mistake, which the log has under this mark. */
  readonly broken: (mark: string) => string;
  readonly yourself: string;
}
