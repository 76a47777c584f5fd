import { expect, test } from 'vitest';
import { manualClock } from '../../test/clock.ts';
import { silentLog } from '../base/log.ts';
import { epochMs } from '../base/time.ts';
import { open as openStore } from '../store/index.ts';
import { firstInvitation, open } from './index.ts';
import { openInvitations } from './invitations.ts';
import { openRetention } from './retention.ts';

const ORIGIN = 'https://rooms.example';
const SECRET = new Uint8Array(32).fill(5);
const PASSWORD = 'seven quiet otters';
const DAY = 86_400_000;

test('what strangers start and nobody finishes is gone in time: challenges, sign-ins, accounts that nobody confirmed', async () => {
  await using store = await openStore({ url: 'sqlite::memory:' });
  const clock = manualClock(epochMs(Date.now()));
  await using identity = await open({
    ...{ store, clock, log: silentLog, secret: SECRET, publicUrl: ORIGIN, isOpen: true },
  });
  const send = async (path: string, body: object | string, from = '192.0.2.1') => {
    const text = typeof body === 'string';
    const type = text ? 'application/x-www-form-urlencoded' : 'application/json';
    const answer = await identity.fetch(
      new Request(`${ORIGIN}${path}`, {
        ...{ method: 'POST', body: text ? body : JSON.stringify(body) },
        headers: { origin: ORIGIN, 'x-forwarded-for': from, 'content-type': type },
      }),
    );
    await identity.settled();
    return answer?.status;
  };
  const form = (of: Record<string, string>) => new URLSearchParams(of).toString();
  const count = async (table: 'account' | 'account_session' | 'account_verification'): Promise<number> =>
    (await store.db.selectFrom(table).select('id').execute()).length;
  await using retention = openRetention({ store, clock, log: silentLog });
  /** The second one begins with what the clock says now. */
  const swept = async (): Promise<void> => {
    await retention.sweep();
    await retention.sweep();
  };
  const invitation = firstInvitation(SECRET);
  const ana = { email: 'ana@x.example', password: PASSWORD };
  await send('/sign-up', form({ ...ana, name: 'Ana', invitation }));
  expect(await send('/sign-in', form(ana))).toBe(303);
  for (let n = 0; n < 20; n++)
    expect(await send('/sign-in/passkey/options', {}, `198.51.100.${n}`)).toBe(200);
  expect([await count('account'), await count('account_session')]).toEqual([1, 1]);
  expect(await count('account_verification')).toBeGreaterThanOrEqual(20);
  const [operator] = await store.db
    .selectFrom('account')
    .select('id')
    .where('role', '=', 'operator')
    .execute();
  const invitations = openInvitations({ store, clock });
  const token = await invitations.make(operator?.id as never, 'host', null);
  await send(
    '/sign-up',
    form({ email: 'late@x.example', password: PASSWORD, name: 'Late', invitation: token }),
  );
  expect(await invitations.look(token)).toBeUndefined();

  clock.advance(DAY);
  await swept();
  expect([await count('account'), await count('account_verification')]).toEqual([2, 0]);
  clock.advance(1.1 * DAY);
  await swept();
  expect([await count('account'), await count('account_session')]).toEqual([1, 1]);
  // Whoever was invited and did not confirm in time can use the invitation again.
  expect((await invitations.look(token))?.role).toBe('host');
  clock.advance(30 * DAY);
  await swept();
  expect([await count('account'), await count('account_session')]).toEqual([1, 0]);
  clock.advance(90 * DAY);
  await swept();
  expect(await store.db.selectFrom('account_invitation').select('role').execute()).toEqual([
    { role: 'operator' },
  ]);
});
