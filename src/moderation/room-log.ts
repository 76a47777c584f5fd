import { type Cursor, pageRead } from '../api/index.ts';
import type { AuditTable, Store } from '../store/index.ts';

/** Lines of the log of one room on one page. */
const PAGE_LINES = 50;
/** What the operator does about a report or an objection that a room's hosts do not see. */
const OPERATORS_OWN = ['dismiss', 'answer', 'object'];

/** One line of the log as the hosts of a room read it: the operator has a role there, and no name. */
interface RoomLogLine {
  readonly id: string;
  readonly at: string;
  readonly role: string;
  readonly by?: string;
  readonly act: string;
  readonly name: string;
  readonly reason: string;
  readonly until?: string;
}

/** One page of what was done in a room, the newest first; `next`: where the next page begins. */
export async function roomLog(
  { db }: Store,
  room: string,
  after?: Cursor,
): Promise<{ readonly lines: RoomLogLine[]; readonly next: Cursor | undefined }> {
  let query = db
    .selectFrom('moderation_audit')
    .selectAll()
    .where('room', '=', room)
    .where((e) =>
      e.or([
        e('actor_role', 'in', ['host', 'co-host', 'server']),
        e.and([e('actor_role', '=', 'operator'), e('act', 'not in', OPERATORS_OWN)]),
      ]),
    );
  if (after) query = query.where('id', '<', after.key);
  const read = await query
    .orderBy('id', 'desc')
    .limit(PAGE_LINES + 1)
    .execute();
  const { rows, next } = pageRead(read, ({ at, id }) => ({ at, key: id }), PAGE_LINES);
  return { lines: rows.map(lineOf), next };
}

const lineOf = (row: AuditTable): RoomLogLine => ({
  ...{ id: row.id, at: new Date(row.at).toISOString(), role: row.actor_role, act: row.act },
  ...{ name: row.target_name, reason: row.reason },
  ...(row.actor_role === 'operator' || row.actor_name === '' ? {} : { by: row.actor_name }),
  ...(row.until === null ? {} : { until: new Date(row.until).toISOString() }),
});
