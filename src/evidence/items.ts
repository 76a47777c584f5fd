import { canonical, type Json } from '../journal/index.ts';
import type { RoomPlace } from '../wire/evidence-entry.ts';
import { GENERAL } from './room-index.ts';

/** Kinds that stand in every bundle. */
const GENERAL_KINDS: ReadonlySet<unknown> = new Set(['key', 'definitions', 'gap']);
const ROOM = /^[a-z0-9-]{1,64}$/;

/** The pattern of room names that the log accepts. */
export const isRoomName = (room: unknown): room is string => typeof room === 'string' && ROOM.test(room);

/** The index that lists an entry: a room's, `GENERAL`, or none. */
export function listOf(entry: { readonly room?: unknown; readonly kind?: unknown }): string | undefined {
  if (isRoomName(entry.room)) return entry.room;
  return GENERAL_KINDS.has(entry.kind) ? GENERAL : undefined;
}

/** An entry to be written, and the room whose chain it continues. */
export interface Item {
  readonly room?: string;
  /** Its members as canonical JSON, in order; without those of its place where a room is named. */
  readonly members: readonly Member[];
  /** Characters of them. */
  readonly length: number;
  /** In whose index it stands: a room, `GENERAL`, or none. */
  readonly list: string | undefined;
}

/** The name of a member, and its canonical JSON. */
type Member = readonly [name: string, text: string];

/** What the log fills in. */
const PLACE: ReadonlySet<string> = new Set(['room', 'seq', 'previous'] satisfies (keyof RoomPlace)[]);

/** Turns an entry into a queued item. @throws RangeError on numbers that JSON cannot represent. */
export function itemOf(entry: object, room?: string): Item {
  const members = membersOf(entry, (name) => room === undefined || !PLACE.has(name));
  const length = members.reduce((sum, [, text]) => sum + text.length + 1, 1);
  return { members, length, list: room ?? listOf(entry), ...(room === undefined ? {} : { room }) };
}

/** The members of an object as canonical JSON, in the order of RFC 8785. */
const membersOf = (object: object, wanted: (name: string) => boolean): Member[] =>
  Object.entries(object as Readonly<Record<string, Json | undefined>>)
    .filter(([name, value]) => value !== undefined && wanted(name))
    .map(([name, value]): Member => [name, `${JSON.stringify(name)}:${canonical(value as Json)}`])
    .sort(byName);

const byName = ([a]: Member, [b]: Member): number => (a < b ? -1 : 1);

/** The canonical JSON of an item, with its place in the chain. */
export function textOf({ members }: Item, place: RoomPlace | undefined): string {
  const all = place ? [...members, ...membersOf(place, () => true)].sort(byName) : members;
  return `{${all.map(([, text]) => text).join(',')}}`;
}
