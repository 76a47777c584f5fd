import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { manualClock } from '../../test/clock.ts';
import { silentLog } from '../base/log.ts';
import { epochMs } from '../base/time.ts';
import { open as openStore, type Store } from '../store/index.ts';
import type { AccountId } from '../wire/account.ts';
import { openAccessTokens } from './access-tokens.ts';
import { openInvitations } from './invitations.ts';
import { openMails } from './mail/mails.ts';
import { openPendingLinks } from './pending.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const WHO = '0190a000-0000-7000-8000-000000000001' as AccountId;
const ABOUT = { account: WHO, email: 'ana@x.example' };
let store: Store;
let clock = manualClock();
beforeEach(async () => {
  clock = manualClock(epochMs(Date.UTC(2026, 10, 30)));
  store = await openStore({ url: 'sqlite::memory:' });
  await store.db
    .insertInto('account')
    .values({
      ...{ id: WHO, name: 'Ana', role: 'operator', email: 'ana@x.example', email_verified: 1, image: null },
      ...{ created: '2026-01-01T00:00:00.000Z', updated: '2026-01-01T00:00:00.000Z', erased: null },
    })
    .execute();
});
afterEach(() => store[Symbol.asyncDispose]());

describe.each([
  ['forwards', DAY],
  ['backwards', -DAY],
])('a clock that jumps a day %s', (_, by) => {
  test.each(['verify', 'reset', 'change', 'data'] as const)(
    'a link to %s works once, before and after',
    async (purpose) => {
      const links = openPendingLinks({ store, clock });
      const used = await links.make(purpose, ABOUT, 3_600);
      expect(await links.take(purpose, used)).toEqual(ABOUT);
      clock.stepWall(by);
      expect(await links.take(purpose, used)).toBeUndefined();
      const fresh = await links.make(purpose, ABOUT, 3_600);
      clock.advance(HOUR - 1_000);
      expect(await links.look(purpose, fresh)).toEqual(ABOUT);
      clock.advance(2_000);
      expect(await links.take(purpose, fresh)).toBeUndefined();
    },
  );

  test('a link that was sent before the jump is over, or still good, by the clock of the wall; never twice', async () => {
    const links = openPendingLinks({ store, clock });
    const token = await links.make('reset', ABOUT, 3_600);
    clock.stepWall(by);
    expect(await links.take('reset', token)).toEqual(by > 0 ? undefined : ABOUT);
    clock.stepWall(-by);
    expect(await links.take('reset', token)).toBeUndefined();
  });

  test('an invitation makes one account, and a token ends when it was said to', async () => {
    const invitations = openInvitations({ store, clock });
    const token = await invitations.make(WHO, 'host', null);
    clock.stepWall(by);
    const found = await invitations.look(token);
    expect(await invitations.take(found?.id ?? '', WHO)).toBe(true);
    clock.stepWall(-by);
    expect(await invitations.look(token)).toBeUndefined();
    expect(await invitations.take(found?.id ?? '', WHO)).toBe(false);

    const tokens = openAccessTokens({ store, clock });
    const short = (await tokens.make(WHO, 'short', 3)) ?? '';
    const endless = (await tokens.make(WHO, 'endless')) ?? '';
    clock.stepWall(by);
    for (const one of [short, endless]) expect(await tokens.owner(one)).toBe(WHO);
    clock.stepWall(3 * DAY - by);
    expect(await tokens.owner(short)).toBeUndefined();
    expect(await tokens.owner(endless)).toBe(WHO);
  });
});

test('a mail that waits is read by the operator, goes out after a restart, in plain text, and once', async () => {
  let away = true;
  const sent: string[] = [];
  const start = () =>
    openMails({
      ...{ store, clock, log: silentLog },
      async send({ to, text }) {
        if (away) throw new Error('connection refused');
        sent.push(`${to} ${text}`);
      },
    });
  const first = start();
  await first.put({
    to: 'ana@x.example',
    subject: 'A',
    text: 'Press:\n\nhttps://x.example/reset?token=abc\n',
  });
  await first.look();
  expect(await first.waiting(10)).toMatchObject([{ tries: 1, error: expect.stringContaining('refused') }]);
  await first[Symbol.asyncDispose]();
  away = false;
  const second = start();
  // The clock stood wrong when it was tried.
  clock.stepWall(-2 * HOUR);
  await second.look();
  expect(sent).toEqual(['ana@x.example Press:\n\nhttps://x.example/reset?token=abc\n']);
  await second.look();
  expect(sent).toHaveLength(1);
  expect(await second.waiting(10)).toEqual([]);
  await second[Symbol.asyncDispose]();
});
