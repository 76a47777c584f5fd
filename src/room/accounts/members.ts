import type { SpeakerId } from '../../base/ids.ts';
import type { Store } from '../../store/index.ts';
import type { AccountId, RoomMemberRole } from '../../wire/account.ts';

/** Which accounts belong to a room: the table `room_member`. */
export interface Members {
  /** What an account is in a room, by the key of its row; undefined: nothing. */
  roleIn(room: string, account: AccountId): Promise<RoomMemberRole | undefined>;
  /** Makes an account something in a room, in place of what it was there. */
  set(room: string, account: AccountId, role: RoomMemberRole): Promise<void>;
}

/** Opens the members of rooms. */
export function openMembers({ store, clock }: { store: Store; clock: { wall(): number } }): Members {
  const { db } = store;
  return {
    async roleIn(room, account) {
      const row = await db
        .selectFrom('room_member')
        .select('role')
        .where('room', '=', room)
        .where('account', '=', account)
        .executeTakeFirst();
      return row?.role as RoomMemberRole | undefined;
    },
    async set(room, account, role) {
      await db
        .insertInto('room_member')
        .values({ room, account, role, created: clock.wall() })
        .onConflict((on) => on.columns(['room', 'account']).doUpdateSet({ role }))
        .execute();
    },
  };
}

/** The place of an account on every stage: its id, so that it is the same on each device. */
export const speakerOf = (account: AccountId): SpeakerId => account as string as SpeakerId;
