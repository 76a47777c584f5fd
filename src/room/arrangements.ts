import { randomBytes } from 'node:crypto';
import type { RoomPlans } from '../wire/room.ts';
import type { Arrangements, RoomOnSite } from './rows.ts';

/** A lock that no key opens yet. */
export const newLock = (): string => randomBytes(9).toString('base64url');

/** The entry with something else arranged; `undefined` takes a value back. A room that is closed to some has a lock. */
export function arranged(
  entry: RoomOnSite,
  change: { readonly [Key in keyof Arrangements]?: Arrangements[Key] | undefined },
): RoomOnSite {
  const all = { ...entry.arrangements, ...change };
  const locked = all.access === 'private' || all.draft === true;
  const kept = Object.fromEntries(
    Object.entries(locked && all.lock === undefined ? { ...all, lock: newLock() } : all).filter(
      ([, value]) => value !== undefined,
    ),
  ) as Arrangements;
  const { arrangements: _, ...rest } = entry;
  return Object.keys(kept).length === 0 ? rest : { ...rest, arrangements: kept };
}

/** The entry with other plans; `undefined` takes one back. */
export function planned(
  entry: RoomOnSite,
  change: { readonly [Key in keyof RoomPlans]?: RoomPlans[Key] | undefined },
): RoomOnSite {
  const all = Object.entries({ ...entry.arrangements?.plans, ...change }).filter(
    ([, value]) => value !== undefined,
  );
  return arranged(entry, { plans: all.length === 0 ? undefined : (Object.fromEntries(all) as RoomPlans) });
}

/** The entry with another lock: what let people into a private room until now has to be shown again. */
export const relocked = (entry: RoomOnSite): RoomOnSite =>
  entry.arrangements?.access === 'private' ? arranged(entry, { lock: newLock() }) : entry;

/** The entry without the private rooms that it continues and that continue it: everybody would read their names. */
export const opened = (entry: RoomOnSite): RoomOnSite =>
  entry.arrangements?.access === 'private'
    ? arranged(planned(entry, { continues: undefined, continuedBy: undefined }), { carried: undefined })
    : entry;

/** True for a room that only those may see who are let in: private, or a draft. */
export const isClosed = ({ arrangements }: RoomOnSite): boolean =>
  arrangements?.access === 'private' || arrangements?.draft === true;

/**
 * What a guest's pass was given for, as it is now: with the password, or by a link. It names the row: another room may
 * come to the same address.
 */
export const passOf = ({ id, arrangements }: RoomOnSite, by: 'password' | 'link'): string | undefined =>
  by === 'link' ? `link ${arrangements?.guests ?? 0} ${id}` : arrangements?.password?.split('.')[0];
