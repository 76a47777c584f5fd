import type { Clock } from '../base/clock.ts';
import { reasonOf } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import { ms } from '../base/time.ts';
import type { Store } from '../store/index.ts';

const EVERY = ms(3_600_000);
/** An account whose address nobody has proved goes with the mails that would have proved it. */
const UNPROVED_MS = 2 * 86_400_000;
/** How long the operator sees which invitations were used, or ran out. */
const INVITATION_MS = 90 * 86_400_000;

/**
 * Removes what is over, once an hour: sign-ins, challenges and links that have run out, personal tokens likewise,
 * accounts that nobody has confirmed, and old invitations. So nothing that strangers can start grows for ever.
 */
export interface Retention extends AsyncDisposable {
  /** Removes it now. */
  sweep(): Promise<void>;
}

/** Opens the removal; the first run is at once. */
export function openRetention({
  store: { db },
  clock,
  log,
}: {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
}): Retention {
  async function remove(): Promise<void> {
    const now = clock.wall();
    const text = new Date(now).toISOString();
    await db.deleteFrom('account_verification').where('expires', '<', text).execute();
    await db.deleteFrom('account_session').where('expires', '<', text).execute();
    await db.deleteFrom('account_token').where('expires', '<', now).execute();
    const unproved = db
      .selectFrom('account')
      .select('id')
      .where('email_verified', '=', 0)
      .where('erased', 'is', null)
      .where('created', '<', new Date(now - UNPROVED_MS).toISOString());
    // Whoever did not confirm in time may use the invitation again.
    await db
      .updateTable('account_invitation')
      .set({ used: null, guest: null })
      .where('guest', 'in', unproved)
      .execute();
    await db.deleteFrom('account').where('id', 'in', unproved).execute();
    await db
      .deleteFrom('account_invitation')
      .where('expires', '<', now - INVITATION_MS)
      .where('inviter', 'is not', null)
      .execute();
  }
  let busy: Promise<void> | undefined;
  const sweep = (): Promise<void> => {
    busy ??= remove()
      .catch((error: unknown) =>
        log.warn(
          { error: reasonOf(error) },
          'what is over of accounts could not be removed; it is tried again',
        ),
      )
      .finally(() => {
        busy = undefined;
      });
    return busy;
  };
  void sweep();
  const timer = clock.every(EVERY, () => void sweep());
  return {
    sweep,
    async [Symbol.asyncDispose]() {
      timer[Symbol.dispose]();
      await busy;
    },
  };
}
