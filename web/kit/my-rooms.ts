import { keep, kept } from './words.ts';

/** A room that this device has a personal link to. */
export interface MyRoom {
  readonly slug: string;
  readonly title: string;
  /** The announced start in wall-clock ms; absent for a room that opened at once. */
  readonly start?: number;
  /** The personal link with its token, absolute. */
  readonly link: string;
  readonly role: 'host' | 'co-host' | 'speaker';
}

const KEY = 'earshot-rooms';
/** The most rooms remembered; the one that was used longest ago is dropped. */
const MOST = 40;

/** The rooms this device knows, the last used first; empty where the browser stores nothing. */
export function myRooms(): readonly MyRoom[] {
  let list: unknown;
  try {
    list = JSON.parse(kept(KEY) ?? '[]');
  } catch {}
  return Array.isArray(list) ? list.filter(isMyRoom) : [];
}

/** Remembers a room, or what has changed about it. */
export function rememberRoom(room: MyRoom): void {
  const others = myRooms().filter((it) => it.slug !== room.slug || it.role !== room.role);
  keep(KEY, JSON.stringify([room, ...others].slice(0, MOST)));
}

/** Forgets a room, or only one of its links. */
export function forgetRoom(slug: string, link?: string): void {
  const others = myRooms().filter((it) => it.slug !== slug || (link !== undefined && it.link !== link));
  keep(KEY, JSON.stringify(others));
}

function isAddress(text: string): boolean {
  try {
    return /^https?:$/.test(new URL(text).protocol);
  } catch {
    return false;
  }
}

// Data written by another version, or by hand, must not break the page.
function isMyRoom(value: unknown): value is MyRoom {
  if (!value || typeof value !== 'object') return false;
  const { slug, title, start, link, role } = value as Record<string, unknown>;
  return (
    typeof slug === 'string' &&
    typeof title === 'string' &&
    (start === undefined || typeof start === 'number') &&
    typeof link === 'string' &&
    isAddress(link) &&
    (role === 'host' || role === 'co-host' || role === 'speaker')
  );
}
