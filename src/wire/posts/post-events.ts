/** What pages tell of the posts on them: small batches, sent with `sendBeacon` to `POST /post-events`. */

/** The events of a post, in the order in which they are counted. */
export const POST_EVENTS = [
  /** Half of its card was visible for a second, on a page of this server. */
  'seen',
  /** The same inside a page of another site. */
  'embed-seen',
  /** Its own page was opened, and was visible. */
  'opened',
  /** Somebody pressed the card of the room in it, and the first sound of that attempt was played within 30 s. */
  'listened',
] as const;
/** The name of an event of a post. */
export type PostEventName = (typeof POST_EVENTS)[number];
/** How often each event has happened, in the order of `POST_EVENTS`. */
export type PostSums = readonly [seen: number, embedSeen: number, opened: number, listened: number];

/** An event, with the mark that the server put beside the post: it says that there is such a post. */
export type PostEvent = readonly [name: PostEventName, mark: string];

/** What one page view tells. */
export interface PostEventBatch {
  readonly v: 1;
  /** 64 random bits in base64url, the same for all of a page view: an event that comes twice counts once. */
  readonly view: string;
  /** 1 to `MOST_POST_EVENTS`. */
  readonly events: readonly PostEvent[];
}

/** Most events in one batch. */
export const MOST_POST_EVENTS = 32;
/** Longest batch, in bytes. */
export const MOST_POST_BATCH_BYTES = 4096;
/** Where a page is told which post led to it: `#from-post=MARK`. It never reaches a server or a cache. */
export const FROM_POST = 'from-post';

const VIEW = /^[\w-]{11}$/;
/** Number of the post and of the hour in base 36, the room whose card it carries, and the signature. */
const MARK = /^[a-z0-9]{1,11}\.[a-z0-9]{1,6}\.[a-z0-9-]{0,64}\.[\w-]{11}$/;

/** True for a text that is written like a mark, whether or not it is a true one. */
export const isMark = (text: string): boolean => MARK.test(text);

const isPostEvent = (value: unknown): value is PostEvent =>
  Array.isArray(value) &&
  value.length === 2 &&
  POST_EVENTS.includes(value[0] as PostEventName) &&
  typeof value[1] === 'string' &&
  isMark(value[1]);

/** Reads a batch from an untrusted client; undefined when any part of it is invalid, and then none of it counts. */
export function readPostEvents(text: string): PostEventBatch | undefined {
  if (text.length > MOST_POST_BATCH_BYTES) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const { v, view, events } = (value ?? {}) as Record<string, unknown>;
  if (v !== 1 || !Array.isArray(events) || Object.keys(value as object).length !== 3) return undefined;
  if (typeof view !== 'string' || !VIEW.test(view)) return undefined;
  if (events.length < 1 || events.length > MOST_POST_EVENTS || !events.every(isPostEvent)) return undefined;
  return { v, view, events };
}
