import type { Clock } from '../base/clock.ts';
import type { Store } from '../store/index.ts';
import { cardOf, type KnownAccount } from './accounts.ts';
import type { Mails } from './mail/mails.ts';
import type { RoomsPort } from './rooms-port.ts';

/** What a person may take away and have forgotten. */
export interface Erasure {
  /** Everything that is stored about an account, without secrets. Spec: GDPR, 15 and 20. */
  exported(account: KnownAccount): Promise<object>;
  /**
   * Forgets an account: its row stays without content, so that rooms and records can still say that there was one.
   * False for the last operator. Spec: GDPR, 17.
   */
  erase(account: KnownAccount): Promise<boolean>;
}

/** Opens export and erasure. */
export function openErasure({
  store,
  clock,
  mails,
  rooms,
}: {
  store: Store;
  clock: Clock;
  mails: Mails;
  /** Where hosts' names stand as well; absent: nowhere. */
  rooms?: Pick<RoomsPort, 'forget' | 'own'> | undefined;
}): Erasure {
  const { db } = store;
  const hasOthers = async (id: string, from = db): Promise<boolean> =>
    (await from
      .selectFrom('account')
      .select('id')
      .where('role', '=', 'operator')
      .where('erased', 'is', null)
      .where('id', '!=', id)
      .executeTakeFirst()) !== undefined;
  return {
    async exported(account) {
      const { id, name, email, verified, role, created, language } = account;
      const [sessions, ways, passkeys, tokens, memberships, invitations] = await Promise.all([
        db
          .selectFrom('account_session')
          .select(['agent', 'created', 'updated', 'expires'])
          .where('account', '=', id)
          .execute(),
        db
          .selectFrom('account_credential')
          .select(['provider', 'created'])
          .where('account', '=', id)
          .execute(),
        db
          .selectFrom('account_passkey')
          .select(['name', 'created', 'device_type'])
          .where('account', '=', id)
          .execute(),
        db
          .selectFrom('account_token')
          .select(['name', 'created', 'expires', 'used'])
          .where('account', '=', id)
          .execute(),
        db
          .selectFrom('room_member')
          .innerJoin('room', 'room.id', 'room_member.room')
          .select(['room.slug', 'room.title', 'room_member.role'])
          .where('room_member.account', '=', id)
          .execute(),
        db
          .selectFrom('room_invitation')
          .innerJoin('room', 'room.id', 'room_invitation.room')
          .select(['room.slug', 'room_invitation.role', 'inviter', 'answered', 'accepted'])
          .where('room_invitation.account', '=', id)
          .execute(),
      ]);
      const written = new Date(clock.wall()).toISOString();
      return {
        ...{ v: 1, written, account: { id, name, email, verified, role, created, language } },
        ...{ sessions, ways, passkeys, tokens, rooms: memberships, invitations },
        ...(rooms?.own ? { social: await rooms.own(cardOf(account)) } : {}),
      };
    },
    async erase(account) {
      const { id, email, role } = account;
      if (role === 'operator' && !(await hasOthers(id))) return false;
      // Before the rows that say which rooms are theirs: if the process ends in between, it can be asked for again.
      await rooms?.forget(cardOf(account));
      const done = await db.transaction().execute(async (trx) => {
        if (role === 'operator' && !(await hasOthers(id, trx))) return false;
        for (const table of [
          'account_session',
          'account_credential',
          'account_passkey',
          'account_token',
          'room_member',
        ] as const)
          await trx.deleteFrom(table).where('account', '=', id).execute();
        await trx.updateTable('account_invitation').set({ email: null }).where('guest', '=', id).execute();
        await trx.deleteFrom('account_verification').where('value', 'like', `{"account":"${id}",%`).execute();
        const erased = clock.wall();
        const day = `${new Date(erased).toISOString().slice(0, 10)}T00:00:00.000Z`;
        await trx
          .updateTable('account')
          .set({
            ...{ name: '', email: `erased:${id}`, email_verified: 0, image: null, role: 'member', erased },
            language: null,
            updated: day,
          })
          .where('id', '=', id)
          .execute();
        return true;
      });
      if (done) await mails.forget(email);
      return done;
    },
  };
}
