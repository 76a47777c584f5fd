import { beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { HOUR, inMs, refusal, roomsRig } from '../../../test/rooms.ts';
import type { AccountCard, AccountId } from '../../wire/account.ts';

const rig = roomsRig();
const { ask } = rig;
const DAY = 86_400_000;
const names = ['Ben', 'Zoe', 'Eve'] as const;
const cards = names.map(
  (name, n): AccountCard => ({
    ...{ id: `0190a000-0000-7000-8000-00000000000${n}` as AccountId, name, role: 'member' },
  }),
);
let token: string;
const account = async (request: Request): Promise<AccountCard | undefined> =>
  cards.find(({ name }) => request.headers.get('cookie') === name);
const START = { title: 'Zephyrine', host: 'Ana', slug: 'hall', access: 'private', start: inMs(HOUR) };

beforeEach(async () => {
  for (const { id, name } of cards)
    await rig.store.db
      .insertInto('account')
      .values({
        ...{ id, name, role: 'member', email: `${name.toLowerCase()}@x.example`, email_verified: 1 },
        ...{ created: '2026-01-01T00:00:00.000Z', updated: '2026-01-01T00:00:00.000Z' },
        ...{ image: null, erased: null },
      })
      .execute();
  const find = async (said: string) => cards.find(({ name }) => said === `${name.toLowerCase()}@x.example`);
  await rig.restart({ account, people: { find, tell: () => undefined } });
  ({ token } = await rig.create(START));
});
const list = (who: string) =>
  ask('POST', '/api/rooms/hall/invitations', { who, role: 'guest' }, token).then(({ body }) => `${body.id}`);
const enter = (who?: string, body: object = {}, at = 'hall') =>
  ask('POST', `/r/${at}/enter`, body, undefined, who === undefined ? {} : { cookie: who });
const lock = () => rig.card('hall').lock;
const takeBack = (id: string) => ask('DELETE', `/api/rooms/hall/invitations/${id}`, undefined, token);

test('an account on the list comes in by being signed in, and has accepted by it', async () => {
  await list('ben@x.example');
  const entered = await enter('Ben');
  expect(entered.status).toBe(200);
  expect(entered.body).toMatchObject({ key: expect.stringMatching(/^[0-9a-f]{40}$/), pass: 'account' });
  expect((await enter('Ben', { pass: 'account' })).body).toMatchObject({ key: entered.body.key });
  const { invitations } = (await ask('GET', '/api/rooms/hall/invitations', undefined, token)).body;
  expect(invitations).toMatchObject([{ who: 'ben@x.example', status: 'accepted' }]);
  const own = await ask('GET', '/api/rooms/hall', undefined, undefined, { cookie: 'Ben' });
  expect(own.body).toMatchObject({ title: 'Zephyrine' });
});

test('all others are told the same of a room that is closed, open to everybody, and not there', async () => {
  await list('ben@x.example');
  await rig.create({ title: 'Open', slug: 'open' });
  for (const who of ['Zoe', undefined]) {
    const answers = await Promise.all(['hall', 'open', 'none'].map((at) => enter(who, {}, at)));
    expect(new Set(answers.map(({ status, body }) => JSON.stringify([status, body]))).size).toBe(1);
    expect(answers[0]?.body.code).toBe(who ? 'account-not-listed' : 'room-unknown');
    expect(JSON.stringify(answers)).not.toContain('Zephyrine');
  }
  const read = await ask('GET', '/api/rooms/hall', undefined, undefined, { cookie: 'Zoe' });
  expect(refusal(read)).toEqual([404, 'room-unknown']);
});

test('whoever is taken off the list does not come in again, and the key that they had is void', async () => {
  const ben = await list('ben@x.example');
  const zoe = await list('zoe@x.example');
  await enter('Ben');
  const before = lock();
  // Nobody has come in by this one.
  await takeBack(zoe);
  expect(lock()).toBe(before);
  await takeBack(ben);
  expect(lock()).not.toBe(before);
  expect(refusal(await enter('Ben', { pass: 'account' }))).toEqual([404, 'account-not-listed']);
});

test('an address that gets an account later is on the list; whoever declined is not', async () => {
  await rig.store.db
    .updateTable('account')
    .set({ email_verified: 0 })
    .where('id', '=', `${cards[2]?.id}`)
    .execute();
  const gone = cards.splice(2);
  await list('eve@x.example');
  cards.push(...gone);
  expect(refusal(await enter('Eve'))).toEqual([404, 'account-not-listed']);
  await rig.store.db
    .updateTable('account')
    .set({ email_verified: 1 })
    .where('id', '=', `${cards[2]?.id}`)
    .execute();
  expect((await enter('Eve')).status).toBe(200);

  const ben = await list('ben@x.example');
  await ask('POST', `/api/account/invitations/${ben}`, { answer: 'decline' }, undefined, { cookie: 'Ben' });
  expect(refusal(await enter('Ben'))).toEqual([404, 'account-not-listed']);
});

test('whoever has not come within 30 days of the start is no longer on the list; who has come stays', async () => {
  await list('ben@x.example');
  await list('zoe@x.example');
  rig.clock.stepWall(30 * DAY);
  expect((await enter('Ben')).status).toBe(200);
  rig.clock.stepWall(DAY);
  expect((await enter('Ben')).status).toBe(200);
  expect(refusal(await enter('Zoe'))).toEqual([404, 'account-not-listed']);
});

test('a list and a password open the room side by side; a draft has no guests by account', async () => {
  await list('ben@x.example');
  const settings = async () => (await ask('GET', '/api/rooms/hall/settings', undefined, token)).body;
  const set = (body: object) => ask('PATCH', '/api/rooms/hall/settings', body, token);
  expect(await settings()).toEqual({ access: 'private', draft: false, password: false });
  expect((await set({ password: 'correct horse' })).status).toBe(200);
  expect(await settings()).toEqual({ access: 'private', draft: false, password: true });
  expect((await enter(undefined, { password: 'correct horse' })).status).toBe(200);
  expect((await enter('Zoe', { password: 'correct horse' })).status).toBe(200);
  expect((await enter('Ben')).status).toBe(200);
  expect((await set({ password: null })).status).toBe(200);
  expect(refusal(await enter(undefined, { password: 'correct horse' }))).toEqual([404, 'room-unknown']);
  expect((await enter('Ben')).status).toBe(200);

  await rig.forget('hall', { account });
  ({ token } = await rig.create({ ...START, draft: true }));
  await list('ben@x.example');
  expect(refusal(await enter('Ben'))).toEqual([404, 'account-not-listed']);
});

test('a form leads whoever is not signed in there and back, and says in words why it does not open', async () => {
  await list('ben@x.example');
  const form = (who: string | undefined, more: Record<string, string> = {}, sent = '') =>
    ask('POST', '/r/hall/enter', sent, undefined, {
      'content-type': 'application/x-www-form-urlencoded',
      ...(who === undefined ? {} : { cookie: who }),
      ...more,
    });
  const away = await form(undefined);
  expect([away.status, away.headers.get('location')]).toEqual([303, '/sign-in?next=/r/hall']);
  expect((await form('Ben')).headers.get('location')).toMatch(/^\/r\/hall~[0-9a-f]{40}$/);
  const no = await form('Zoe', { 'accept-language': 'fr' });
  expect(no.status).toBe(404);
  expect(no.body.text).toContain('Votre compte n’est sur la liste d’aucune salle');
  const wrong = await form(undefined, {}, 'password=wrong+one');
  expect(wrong.status).toBe(404);
  expect(wrong.body.text).toContain('Check the address and the password');
  expect(`${no.body.text}${wrong.body.text}`).not.toContain('Zephyrine');
  // Another site's page asks for nobody.
  expect((await form('Ben', { origin: 'https://evil.example' })).status).toBe(403);
});

test('whom the host of a private room lets in after it was continued is not let into the room that continues it', async () => {
  // Links are signed by the machine's clock.
  vi.useFakeTimers({ toFake: ['Date'], now: rig.clock.wall() });
  const later = (): void => {
    rig.clock.advance(1_000);
    vi.setSystemTime(rig.clock.wall());
  };
  onTestFinished(() => void vi.useRealTimers());
  const first = await rig.create({
    title: 'First',
    slug: 'first',
    access: 'private',
    password: 'calm otters',
  });
  const next = await rig.create({ title: 'Next', slug: 'next', access: 'private' });
  const invite = (who: string) =>
    ask('POST', '/api/rooms/first/invitations', { who, role: 'guest' }, first.token);
  const link = async () =>
    (await ask('POST', '/api/rooms/first/invites', { role: 'guest' }, first.token)).body.pass;
  const word = async () => (await ask('POST', '/r/first/enter', { password: 'calm otters' })).body.pass;
  const speaks = async (role = 'speaker') =>
    (await ask('POST', '/api/rooms/first/invites', { role, name: 'Max' }, first.token)).body.token;
  const status = async (at: string, who?: string, body?: object) => (await enter(who, body, at)).status;
  await invite('ben@x.example');
  const before = [await link(), await word(), await speaks(), await speaks('co-host')];
  later();
  const agreed = { by: 'next', link: next.token };
  expect((await ask('POST', '/api/rooms/first/continue', agreed, first.token)).status).toBe(200);
  later();
  await invite('zoe@x.example');
  const room = await rig.store.db.selectFrom('room').select('id').where('slug', '=', 'first').execute();
  const speaker = { room: room[0]?.id ?? '', account: cards[2]?.id ?? '', role: 'speaker' };
  await rig.store.db
    .insertInto('room_member')
    .values({ ...speaker, created: rig.clock.wall() })
    .execute();
  const after = [await link(), await word(), await speaks(), await speaks('co-host')];
  for (const pass of [...before, ...after]) expect(await status('first', undefined, { pass })).toBe(200);
  for (const who of names) expect(await status('first', who)).toBe(200);
  for (const pass of before) expect(await status('next', undefined, { pass })).toBe(200);
  for (const pass of after) expect(await status('next', undefined, { pass })).toBe(404);
  expect(await status('next', 'Ben')).toBe(200);
  for (const who of ['Zoe', 'Eve']) expect(await status('next', who)).toBe(404);
  // Its own host lets them in.
  await ask('POST', '/api/rooms/next/invitations', { who: 'zoe@x.example', role: 'guest' }, next.token);
  expect(await status('next', 'Zoe')).toBe(200);
});
