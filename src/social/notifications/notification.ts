/** What somebody can be told about. */
export const NOTIFICATION_KINDS = [
  ...(['mention', 'reply', 'quote', 'like', 'repost', 'follow', 'room', 'invitation', 'report'] as const),
] as const;
/** One of them. */
export type NotificationKind = (typeof NOTIFICATION_KINDS)[number];

/** As what somebody is invited to a room. */
export const INVITED_AS = ['guest', 'speaker', 'co-host'] as const;
/** One of them. */
export type InvitedAs = (typeof INVITED_AS)[number];

/** What became of a room whose host somebody follows. */
export const ROOM_EVENTS = ['announced', 'moved', 'cancelled', 'begun'] as const;
/** One of them. */
export type RoomEventKind = (typeof ROOM_EVENTS)[number];

/** Older ones are forgotten, ms. */
export const KEPT_MS = 90 * 86_400_000;
/** Notifications of one account; the oldest go first. */
export const MOST_KEPT = 1_000;
/** What became of rooms is told so long, ms. */
export const ROOM_EVENTS_MS = 14 * 86_400_000;
/** Of all rooms, so many of the newest events are looked through. */
export const MOST_EVENTS = 1_000;
/** The number of unseen ones is counted so far. */
export const MOST_COUNTED = 100;
/** Posts of one author that are shown one by one in a day; more of them are counted. */
export const MOST_OF_ONE = 20;
/** A row of many people is written again so often at most, ms. */
export const AGAIN_MS = 60_000;

/** The day of an instant, as `2026-12-01`. */
export const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10);
