import type { InvitedAs, NotificationKind, RoomEventKind } from '../notifications/notification.ts';

/** What notifications and settings say. What people wrote comes as safe markup. */
export interface NotificationWords {
  readonly title: string;
  readonly about: string;
  readonly empty: string;
  readonly older: string;
  readonly isNew: string;
  readonly end: string;
  unseen(many: number): string;
  /** Those who are named, and how many more there are. */
  people(names: readonly string[], more: number): string;
  /** `many`: people behind it. */
  line(kind: Exclude<NotificationKind, 'room' | 'invitation' | 'report'>, who: string, many: number): string;
  /** `inviter`: empty where nobody knows it any more. */
  invited(inviter: string, title: string, role: InvitedAs): string;
  readonly answerInvitation: string;
  reports(many: number): string;
  readonly readReports: string;
  morePosts(many: number): string;
  readonly rooms: Readonly<Record<RoomEventKind, string>>;
  // Settings.
  readonly settings: string;
  readonly settingsAbout: string;
  readonly saved: string;
  readonly save: string;
  readonly tellMe: string;
  readonly kinds: Readonly<Record<NotificationKind, string>>;
  readonly whose: string;
  readonly byWhom: Readonly<Record<'all' | 'followed', string>>;
  readonly whoseHint: string;
  readonly mail: string;
  readonly mailHint: string;
  readonly language: string;
  readonly languageHint: string;
  readonly ofBrowser: string;
  readonly muted: string;
  readonly blocked: string;
  readonly nobodyMuted: string;
  readonly nobodyBlocked: string;
  readonly keptAway: string;
  readonly yours: string;
  readonly profile: string;
  readonly account: string;
  readonly accountHint: string;
  readonly reminders: string;
  readonly remindersHint: string;
  readonly mailSubject: string;
  mailText(name: string, many: number, link: string, settings: string): string;
}
