import type { SpeakerId } from '../../base/ids.ts';
import type { Store } from '../../store/index.ts';
import type { AccountId, RoomMemberRole } from '../../wire/account.ts';

/** One account of a room, as its hosts see it. */
export interface MemberCard {
  readonly id: AccountId;
  readonly name: string;
  readonly role: RoomMemberRole;
}

/** Which accounts belong to a room: the table `room_member`. */
export interface Members {
  /** What an account is in a room, by the key of its row; undefined: nothing, or only since `by` (wall-clock ms). */
  roleIn(room: string, account: AccountId, by?: number): Promise<RoomMemberRole | undefined>;
  /** Makes an account something in a room, in place of what it was there. */
  set(room: string, account: AccountId, role: RoomMemberRole): Promise<void>;
  /** Makes an account a host or co-host, and never less than it is. False where the room has as many as it may. */
  raise(room: string, account: AccountId, role: 'host' | 'co-host'): Promise<boolean>;
  /** The rooms of an account, removed ones too. */
  roomsOf(account: AccountId): Promise<{ readonly slug: string; readonly role: RoomMemberRole }[]>;
  /** Everybody of a room, the first that came first. */
  list(room: string): Promise<MemberCard[]>;
  /** Why every account that hosts a room is suspended; undefined where one is not, or there is none. */
  suspendedHosts(room: string): Promise<HostSuspension | undefined>;
  /** False when the account is nothing there. */
  remove(room: string, account: string): Promise<boolean>;
}

/** Why the account that hosts a room hosts nothing now, and where that stands. */
export interface HostSuspension {
  readonly reason: string;
  readonly notice: string;
}

/** Accounts of one room. */
const MOST_MEMBERS = 200;
const RANK: readonly RoomMemberRole[] = ['speaker', 'co-host', 'host'];

/** Opens the members of rooms. */
export function openMembers({ store, clock }: { store: Store; clock: { wall(): number } }): Members {
  const { db } = store;
  const roleIn: Members['roleIn'] = async (room, account, by = Number.MAX_SAFE_INTEGER) => {
    const row = await db
      .selectFrom('room_member')
      .select('role')
      .where('room', '=', room)
      .where('account', '=', account)
      .where('created', '<=', by)
      .executeTakeFirst();
    return row?.role as RoomMemberRole | undefined;
  };
  const set: Members['set'] = async (room, account, role) => {
    await db
      .insertInto('room_member')
      .values({ room, account, role, created: clock.wall() })
      .onConflict((on) => on.columns(['room', 'account']).doUpdateSet({ role }))
      .execute();
  };
  const list: Members['list'] = async (room) =>
    (await db
      .selectFrom('room_member')
      .innerJoin('account', 'account.id', 'room_member.account')
      .select(['account.id', 'account.name', 'room_member.role'])
      .where('room_member.room', '=', room)
      .orderBy('room_member.created')
      .limit(MOST_MEMBERS)
      .execute()) as MemberCard[];
  return {
    roleIn,
    set,
    list,
    roomsOf: async (account) =>
      (await db
        .selectFrom('room_member')
        .innerJoin('room', 'room.id', 'room_member.room')
        .select(['room.slug', 'room_member.role'])
        .where('room_member.account', '=', account)
        .execute()) as { slug: string; role: RoomMemberRole }[],
    async raise(room, account, role) {
      const now = await roleIn(room, account);
      if (now !== undefined && RANK.indexOf(now) >= RANK.indexOf(role)) return true;
      if (now === undefined && (await list(room)).length >= MOST_MEMBERS) return false;
      await set(room, account, role);
      return true;
    },
    async suspendedHosts(room) {
      const rows = await db
        .selectFrom('room_member')
        .leftJoin('moderation_decision as d', (join) =>
          join
            .onRef('d.target', '=', 'room_member.account')
            .on('d.act', '=', 'suspend')
            .on('d.lifted', 'is', null)
            .on((e) => e.or([e('d.until', 'is', null), e('d.until', '>', clock.wall())])),
        )
        .select(['d.reason', 'd.notice'])
        .where('room_member.room', '=', room)
        .where('room_member.role', '=', 'host')
        .limit(MOST_MEMBERS)
        .execute();
      if (rows.some(({ notice }) => notice === null)) return undefined;
      const [first] = rows;
      return first && { reason: first.reason ?? '', notice: `/notice/${first.notice}` };
    },
    async remove(room, account) {
      const { numDeletedRows } = await db
        .deleteFrom('room_member')
        .where('room', '=', room)
        .where('account', '=', account)
        .executeTakeFirst();
      return numDeletedRows > 0n;
    },
  };
}

/** The place of an account on every stage: its id, so that it is the same on each device. */
export const speakerOf = (account: AccountId): SpeakerId => account as string as SpeakerId;
