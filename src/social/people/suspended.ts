import { type RawBuilder, sql } from 'kysely';
import type { Clock } from '../../base/clock.ts';
import type { Store } from '../../store/index.ts';

/** They are read so often at most, ms. */
const KEPT_MS = 2_000;

/** The accounts that are suspended at `now`, for a question to the database. */
export const suspendedAt = (now: number): RawBuilder<{ target: string }> => sql`(
  select target from moderation_decision
  where act = 'suspend' and lifted is null and target is not null and (until is null or until > ${now})
)`;

/** Accounts that are suspended now: nobody meets them in lists, whoever reads. */
export function openSuspended({ store, clock }: { readonly store: Store; readonly clock: Clock }) {
  let known: { readonly at: number; readonly all: Promise<ReadonlySet<string>> } | undefined;
  const read = async (now: number): Promise<ReadonlySet<string>> => {
    const { rows } = await sql<{
      target: string;
    }>`select target from ${suspendedAt(now)} as suspended`.execute(store.db);
    return new Set(rows.map(({ target }) => target));
  };
  return (): Promise<ReadonlySet<string>> => {
    const now = clock.wall() as number;
    if (known && Math.abs(now - known.at) < KEPT_MS) return known.all;
    const all = read(now);
    known = { at: now, all };
    all.catch(() => {
      known = undefined;
    });
    return all;
  };
}
