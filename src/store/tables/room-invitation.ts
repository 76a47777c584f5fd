import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** One invitation of somebody to one room, by what the host wrote. */
export interface RoomInvitationTable {
  /** UUIDv7. */
  id: string;
  room: string;
  /** What the host wrote: an address in lower case, or a name. */
  said: string;
  /** The account that it means; null: none is known, or none by this name alone. */
  account: string | null;
  /** `guest`, `speaker` or `co-host`. */
  role: string;
  /** The host's name, as it stands in the mail. */
  inviter: string;
  created: number;
  expires: number;
  /** When it was accepted or declined; null while it is open. */
  answered: number | null;
  /** 1 once it was accepted. */
  accepted: number;
}

/** The table, for Kysely. */
export interface RoomInvitationTables {
  room_invitation: RoomInvitationTable;
}

/** What creates it. */
export const roomInvitationSteps: Record<string, Migration> = {
  '0011-room-invitations': {
    async up(db: Kysely<unknown>) {
      await db.schema
        .createTable('room_invitation')
        .addColumn('id', 'text', (c) => c.primaryKey())
        .addColumn('room', 'text', (c) => c.notNull().references('room.id').onDelete('cascade'))
        .addColumn('said', 'text', (c) => c.notNull())
        .addColumn('account', 'text', (c) => c.references('account.id').onDelete('cascade'))
        .addColumn('role', 'text', (c) => c.notNull())
        .addColumn('inviter', 'text', (c) => c.notNull())
        .addColumn('created', 'bigint', (c) => c.notNull())
        .addColumn('expires', 'bigint', (c) => c.notNull())
        .addColumn('answered', 'bigint')
        .addColumn('accepted', 'integer', (c) => c.notNull().defaultTo(0))
        .execute();
      for (const column of ['room', 'account', 'said'])
        await db.schema
          .createIndex(`room_invitation_${column}`)
          .on('room_invitation')
          .column(column)
          .execute();
    },
  },
};
