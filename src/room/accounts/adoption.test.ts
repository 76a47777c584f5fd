import { beforeEach, expect, test } from 'vitest';
import { refusal, roomsRig, tokens } from '../../../test/rooms.ts';
import type { AccountCard, AccountId, AccountRole } from '../../wire/account.ts';
import { readLink } from './adoption.ts';

const rig = roomsRig();
const { ask } = rig;

/** People by the token that they send. */
const people = new Map<string, AccountCard>(
  (['operator', 'host', 'member'] as const).map((role: AccountRole, index) => [
    `ea_${role}`,
    { id: `0190a000-0000-7000-8000-00000000000${index}` as AccountId, name: `A ${role}`, role },
  ]),
);
const idOf = (token: string): string => people.get(token)?.id ?? '';
const account = async (request: Request): Promise<AccountCard | undefined> =>
  people.get(request.headers.get('authorization')?.slice('Bearer '.length) ?? '');
beforeEach(async () => {
  for (const { id, name, role } of people.values())
    await rig.store.db
      .insertInto('account')
      .values({
        ...{ id, name, role, email: `${role}@x.example`, email_verified: 1, image: null, erased: null },
        ...{ created: '2026-01-01T00:00:00.000Z', updated: '2026-01-01T00:00:00.000Z' },
      })
      .execute();
  await rig.restart({ account });
});
const adopt = (link: string, who = 'ea_member', slug = 'old') =>
  ask('POST', `/api/rooms/${slug}/adopt`, { link }, who);
const ownLink = (who = 'ea_member', slug = 'old') =>
  ask('POST', `/api/rooms/${slug}/own-link`, undefined, who);
const live = (token: string) => ask('POST', '/api/rooms/old/live', {}, token);

test('a room that was made by link is claimed with that link, and opened without it from then on', async () => {
  const { studio, token } = await rig.create({ title: 'Old' });
  expect(refusal(await live('ea_member'))).toEqual([403, 'not-host']);
  expect(refusal(await ownLink())).toEqual([403, 'not-host']);
  expect((await adopt(studio)).body).toEqual({ slug: 'old', role: 'host' });
  // Twice is the same.
  expect((await adopt(token)).body).toEqual({ slug: 'old', role: 'host' });
  const own = await ownLink();
  expect(own.status).toBe(201);
  expect(own.body).toMatchObject({ role: 'host', speaker: idOf('ea_member') });
  expect(own.body.url).toMatch(/\/r\/old\/studio#token=/);
  expect((await live(String(own.body.token))).status).toBe(200);
  expect((await ask('GET', '/api/rooms/old/members', undefined, token)).body).toEqual({
    members: [{ id: idOf('ea_member'), name: 'A member', role: 'host' }],
  });
  // The link goes on working.
  expect((await ask('POST', '/api/rooms/old/standby', {}, token)).status).toBe(200);
});

test('an account that is banned from the stage hosts nothing through the API either, until the ban is lifted', async () => {
  const { token } = await rig.create({ title: 'Old' });
  await adopt(token);
  expect((await live('ea_member')).status).toBe(200);
  const ban = { id: 'b1', name: 'A member', by: 'Ana', at: 1, speaker: idOf('ea_member') };
  await rig.rooms.keepOut('old', [ban], []);
  for (const act of ['standby', 'end', 'links/renew', 'invites'])
    expect(refusal(await ask('POST', `/api/rooms/old/${act}`, {}, 'ea_member'))).toEqual([403, 'banned']);
  expect(refusal(await ownLink())).toEqual([403, 'banned']);
  await rig.rooms.keepOut('old', [], ['b1']);
  expect((await ask('POST', '/api/rooms/old/standby', {}, 'ea_member')).status).toBe(200);
});

test('what is no host’s link claims nothing: a speaker’s, another room’s, a forged, an expired, a withdrawn one', async () => {
  const { token } = await rig.create({ title: 'Old' });
  const other = await rig.create({ title: 'Other' });
  const invited = await ask('POST', '/api/rooms/old/invites', { role: 'speaker' }, token);
  expect(refusal(await adopt(String(invited.body.token)))).toEqual([403, 'not-host']);
  expect(refusal(await adopt(other.token))).toEqual([403, 'token-other-room']);
  expect(refusal(await adopt(other.studio))).toEqual([403, 'token-other-room']);
  expect(refusal(await adopt(`${token.slice(0, -5)}AAAAA`))).toEqual([401, 'token-invalid']);
  const grant = { slug: 'old', role: 'host', speaker: 'abcdef', name: '' } as never;
  expect(refusal(await adopt(await tokens.sign(grant, -10)))).toEqual([401, 'token-expired']);
  expect(refusal(await adopt(token, 'ea_nobody'))).toEqual([401, 'token-missing']);
  expect(refusal(await adopt(token, 'ea_member', 'none'))).toEqual([404, 'room-unknown']);
  await ask('POST', '/api/rooms/old/links/renew', {}, token);
  expect(refusal(await adopt(token))[1]).toBe('link-withdrawn');
  expect(refusal(await ownLink())).toEqual([403, 'not-host']);
});

test('the link of an account is withdrawn with all others, and a host takes the room away from an account', async () => {
  const { token } = await rig.create({ title: 'Old' });
  await adopt(token);
  const first = String((await ownLink()).body.token);
  const renewed = String((await ask('POST', '/api/rooms/old/links/renew', {}, token)).body.token);
  expect(refusal(await live(first))[1]).toBe('link-withdrawn');
  // The account is no link: it gets a new one.
  expect((await live(String((await ownLink()).body.token))).status).toBe(200);
  const at = `/api/rooms/old/members/${idOf('ea_member')}`;
  expect(refusal(await ask('DELETE', at, undefined, 'ea_host'))).toEqual([403, 'not-host']);
  expect((await ask('DELETE', at, undefined, renewed)).status).toBe(204);
  expect(refusal(await ownLink())).toEqual([403, 'not-host']);
  expect(refusal(await ask('DELETE', at, undefined, renewed))).toEqual([404, 'not-found']);
});

test('who is removed from the stage is removed by account as well, and claims the room no more', async () => {
  const { token } = await rig.create({ title: 'Old' });
  const co = String((await ask('POST', '/api/rooms/old/invites', { role: 'co-host' }, token)).body.token);
  expect((await adopt(co)).body).toEqual({ slug: 'old', role: 'co-host' });
  expect((await live('ea_member')).status).toBe(200);
  expect((await ask('DELETE', `/api/rooms/old/people/${idOf('ea_member')}`, undefined, token)).status).toBe(
    204,
  );
  expect(refusal(await live('ea_member'))).toEqual([403, 'removed']);
  expect(refusal(await adopt(co))).toEqual([403, 'removed']);
});

test('a co-host’s link makes nobody a host, and a host stays one', async () => {
  const { token } = await rig.create({ title: 'Old' });
  const co = String((await ask('POST', '/api/rooms/old/invites', { role: 'co-host' }, token)).body.token);
  expect((await adopt(co, 'ea_host')).body).toMatchObject({ role: 'co-host' });
  expect(refusal(await ask('DELETE', '/api/rooms/old', undefined, 'ea_host'))).toEqual([403, 'not-host']);
  await adopt(token, 'ea_host');
  await adopt(co, 'ea_host');
  expect((await ask('GET', '/api/rooms/old/members', undefined, token)).body).toMatchObject({
    members: [{ role: 'host' }],
  });
});

test('while nobody can be looked up a link that was given before goes on working', async () => {
  const { token } = await rig.create({ title: 'Old' });
  await adopt(token);
  const own = String((await ownLink()).body.token);
  // What the accounts say while their database is away: nobody is known.
  const known = new Map(people);
  people.clear();
  expect(refusal(await ownLink())).toEqual([401, 'token-missing']);
  expect((await live(own)).status).toBe(200);
  for (const [key, card] of known) people.set(key, card);
  // The stage checks the signature and the card that it was told, and asks neither account nor database.
  await rig.store[Symbol.asyncDispose]();
  expect(await tokens.check(own, 'old')).toMatchObject({ role: 'host', speaker: idOf('ea_member') });
});

test('a pasted link is read whole, and a bare token as well', () => {
  expect(readLink(' https://x.example/r/my-room/studio#token=a.b.c ')).toEqual({
    slug: 'my-room',
    token: 'a.b.c',
  });
  expect(readLink('a.b-_.c')).toEqual({ token: 'a.b-_.c' });
  expect(readLink('')).toEqual({ token: '' });
});

test('when an account is erased its rooms no longer name it as a host, and say so; what it only spoke in stays as it was', async () => {
  const card = people.get('ea_host') as AccountCard;
  const mine = await rig.create({ title: 'Old', host: 'Anne' });
  const shared = await rig.create({ title: 'Shared', host: 'Ben' });
  await rig.create({ title: 'Other', host: card.name });
  await adopt(mine.token, 'ea_host');
  await adopt(shared.token, 'ea_host', 'shared');
  await rig.store.db
    .updateTable('room')
    .set({ hosts: `["Ben","${card.name}"]` })
    .where('slug', '=', 'shared')
    .execute();
  await rig.restart({ account });
  await rig.rooms.ofAccounts.forget(card);
  const shown = (slug: string) => rig.rooms.card(slug);
  expect(shown('old')).toMatchObject({ hosts: [], plans: { hostErased: expect.any(Number) } });
  expect(shown('shared')).toMatchObject({ hosts: ['Ben'], plans: { hostErased: expect.any(Number) } });
  expect(shown('other')?.hosts).toEqual([card.name]);
  expect(shown('other')?.plans).toBeUndefined();
});

test('an old link of a room whose host is suspended changes nothing, says why, and the room goes on with its co-hosts', async () => {
  const { token } = await rig.create({ title: 'Old' });
  await adopt(token);
  const invited = await ask('POST', '/api/rooms/old/invites', { role: 'co-host' }, token);
  expect((await live(token)).status).toBe(200);
  const { db } = rig.store;
  await db
    .insertInto('moderation_decision')
    .values({
      ...{ id: 'd1', notice: 'abc', act: 'suspend', room: null, target: idOf('ea_member'), target_name: 'M' },
      ...{ reason: 'Fraud', by_role: 'operator', since: 1, until: null, lifted: null, detail: '{}' },
      ...{ objection: null, objected: null, answer: null, report: null },
    })
    .execute();
  for (const act of ['standby', 'end', 'links/renew', 'invites']) {
    const answer = await ask('POST', `/api/rooms/old/${act}`, {}, token);
    expect(refusal(answer)).toEqual([403, 'not-host']);
    expect(answer.body.detail).toMatch(/suspended: “Fraud” \(\/notice\/abc\)/);
  }
  expect(rig.rooms.card('old')?.status).toBe('live');
  expect((await ask('POST', '/api/rooms/old/standby', {}, String(invited.body.token))).status).toBe(200);
  await db.updateTable('moderation_decision').set({ lifted: 2 }).execute();
  expect((await live(token)).status).toBe(200);
});

test('one ban more than a room keeps is refused with a way on, none is dropped, and the operator’s is taken', async () => {
  await rig.create({ title: 'Old' });
  const ban = (n: number, role: 'host' | 'operator' = 'host') => ({
    ...{ id: `b${n}`, name: 'X', by: 'Ana', at: 1, speaker: `s${n}`, role },
  });
  expect(
    await rig.rooms.keepOut(
      'old',
      Array.from({ length: 500 }, (_, n) => ban(n)),
      [],
    ),
  ).toBeUndefined();
  expect(await rig.rooms.keepOut('old', [ban(500)], [])).toMatchObject({
    ...{ refused: 'wrong-moment', detail: expect.stringContaining('Take back what is no longer needed') },
  });
  expect(await rig.rooms.keepOut('old', [ban(501, 'operator')], [])).toBeUndefined();
  expect(await rig.rooms.keepOut('old', [ban(500)], ['b1', 'b2'])).toBeUndefined();
  const kept = rig.rooms.card('old')?.revoked?.bans?.map(({ id }) => id) ?? [];
  expect([kept.length, kept[0], kept.includes('b500')]).toEqual([500, 'b0', true]);
});
