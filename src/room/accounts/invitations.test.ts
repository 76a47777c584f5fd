import { beforeEach, expect, test } from 'vitest';
import { refusal, roomsRig } from '../../../test/rooms.ts';
import type { AccountCard, AccountId } from '../../wire/account.ts';
import type { InvitedPeople } from './invitations.ts';

const rig = roomsRig();
const { ask } = rig;
const DAY = 86_400_000;
const card = (name: string, n: number): AccountCard => ({
  id: `0190a000-0000-7000-8000-00000000000${n}` as AccountId,
  name,
  role: 'member',
});
const [ben, zoe] = [card('Ben', 1), card('Zoe', 2)];
const people = new Map<string, AccountCard>([
  ['ea_ben', ben],
  ['ea_zoe', zoe],
]);
let told: { who: AccountId; title: string; role: string; french: boolean }[];
let token: string;
const account = async (request: Request): Promise<AccountCard | undefined> =>
  people.get(request.headers.get('authorization')?.slice('Bearer '.length) ?? '');
const invited: InvitedPeople = {
  find: async (said) =>
    [...people.values()].find(({ name }) => [name, `${name.toLowerCase()}@x.example`].includes(said)),
  tell: (who, { title, role }, french) => void told.push({ who, title, role, french }),
};
const insert = (who: AccountCard, verified = 1) =>
  rig.store.db
    .insertInto('account')
    .values({
      ...{ id: who.id, name: who.name, role: 'member', email: `${who.name.toLowerCase()}@x.example` },
      ...{ email_verified: verified, image: null, erased: null },
      ...{ created: '2026-01-01T00:00:00.000Z', updated: '2026-01-01T00:00:00.000Z' },
    })
    .execute();
beforeEach(async () => {
  told = [];
  await insert(ben);
  await insert(zoe);
  await rig.restart({ account, people: invited });
  ({ token } = await rig.create({ title: 'Hall', host: 'Ana', slug: 'hall', access: 'private' }));
});
const invite = (who: string, role: string, by = token) =>
  ask('POST', '/api/rooms/hall/invitations', { who, role }, by);
const mine = async (who: string) =>
  (await ask('GET', '/api/account/invitations', undefined, who)).body.invitations as { id: string }[];
const answer = (id: string, said: string, who: string) =>
  ask('POST', `/api/account/invitations/${id}`, { answer: said }, who);
const list = async () =>
  (await ask('GET', '/api/rooms/hall/invitations', undefined, token)).body.invitations as {
    id: string;
    status: string;
  }[];
const ownLink = (who: string) => ask('POST', '/api/rooms/hall/own-link', undefined, who);

test('an account that is invited is told, accepts, and has the room; taken back, it has it no more', async () => {
  const made = await invite('BEN@x.example', 'speaker');
  expect(made.status).toBe(201);
  expect(made.body).toMatchObject({ who: 'ben@x.example', role: 'speaker', status: 'open' });
  expect(told).toEqual([{ who: ben.id, title: 'Hall', role: 'speaker', french: false }]);
  const [one] = await mine('ea_ben');
  expect(one).toMatchObject({ slug: 'hall', title: 'Hall', inviter: 'Ana', accepted: false });
  expect(refusal(await ownLink('ea_ben'))).toEqual([404, 'room-unknown']);
  expect(refusal(await answer(one?.id ?? '', 'accept', 'ea_zoe'))).toEqual([404, 'not-found']);
  expect((await answer(one?.id ?? '', 'accept', 'ea_ben')).status).toBe(204);
  expect((await ownLink('ea_ben')).body).toMatchObject({ role: 'speaker' });
  // Answered once.
  expect(refusal(await answer(one?.id ?? '', 'decline', 'ea_ben'))).toEqual([404, 'not-found']);
  expect(await list()).toMatchObject([{ status: 'accepted' }]);
  const gone = `/api/rooms/hall/invitations/${one?.id}`;
  expect((await ask('DELETE', gone, undefined, token)).status).toBe(204);
  expect(refusal(await ask('DELETE', gone, undefined, token))).toEqual([404, 'not-found']);
  expect(refusal(await ownLink('ea_ben'))).toEqual([404, 'room-unknown']);
});

test('nothing says whether there is an account; an address that gets one later finds the invitation once it is confirmed', async () => {
  const known = await invite('Zoe', 'guest');
  const unknown = await invite('eve@x.example', 'guest');
  const shape = ({ id: _, who: __, ...rest }: Record<string, unknown>) => rest;
  expect(shape(unknown.body)).toEqual(shape(known.body));
  expect((await list()).map(({ status }) => status)).toEqual(['open', 'open']);
  expect(told).toHaveLength(1);
  const eve = card('Eve', 3);
  people.set('ea_eve', eve);
  await insert(eve, 0);
  expect(await mine('ea_eve')).toEqual([]);
  await rig.store.db.updateTable('account').set({ email_verified: 1 }).where('id', '=', eve.id).execute();
  expect(await mine('ea_eve')).toHaveLength(1);
  people.delete('ea_eve');
});

test('a guest of a private room comes in by the page of the account, until the invitation is taken back', async () => {
  await invite('Zoe', 'guest');
  const [one] = await mine('ea_zoe');
  const way = () => rig.rooms.ofAccounts.guestWay(zoe, 'hall');
  expect(await way()).toBe('/r/hall#account');
  await answer(one?.id ?? '', 'accept', 'ea_zoe');
  expect(await way()).toBe('/r/hall#account');
  expect(await rig.rooms.ofAccounts.guestWay(ben, 'hall')).toBeUndefined();
  await ask('DELETE', `/api/rooms/hall/invitations/${one?.id}`, undefined, token);
  expect(await way()).toBeUndefined();
});

test('an invitation is declined, is over after 30 days, and is asked anew; a clock that jumps back gives it no second life', async () => {
  await invite('Ben', 'speaker');
  const [one] = await mine('ea_ben');
  expect((await answer(one?.id ?? '', 'decline', 'ea_ben')).status).toBe(204);
  expect(await mine('ea_ben')).toEqual([]);
  await invite('Ben', 'speaker');
  const [again] = await mine('ea_ben');
  rig.clock.stepWall(31 * DAY);
  expect(await mine('ea_ben')).toEqual([]);
  expect(refusal(await answer(again?.id ?? '', 'accept', 'ea_ben'))).toEqual([404, 'not-found']);
  expect(await list()).toMatchObject([{ status: 'expired' }]);
  rig.clock.stepWall(-31 * DAY);
  expect((await answer(again?.id ?? '', 'accept', 'ea_ben')).status).toBe(204);
  rig.clock.stepWall(-DAY);
  expect(refusal(await answer(again?.id ?? '', 'accept', 'ea_ben'))).toEqual([404, 'not-found']);
});

test('a co-host invites speakers and guests and no co-hosts, and takes nothing back; nobody else invites', async () => {
  await invite('Ben', 'co-host');
  const [one] = await mine('ea_ben');
  await answer(one?.id ?? '', 'accept', 'ea_ben');
  expect((await invite('Zoe', 'speaker', 'ea_ben')).status).toBe(201);
  expect(refusal(await invite('Zoe', 'co-host', 'ea_ben'))).toEqual([403, 'not-host']);
  const [zoes] = await mine('ea_zoe');
  const gone = `/api/rooms/hall/invitations/${zoes?.id}`;
  expect(refusal(await ask('DELETE', gone, undefined, 'ea_ben'))).toEqual([403, 'not-host']);
  expect((await invite('Ben', 'guest', 'ea_zoe')).status).toBe(404);
});

test('erasing an account takes its invitations along', async () => {
  await invite('Ben', 'speaker');
  await invite('ben@x.example', 'guest');
  await rig.rooms.ofAccounts.forget(ben);
  expect(await rig.store.db.selectFrom('room_invitation').selectAll().execute()).toEqual([]);
});

test('an erased host is no longer named by the invitations that they sent to others; other hosts are', async () => {
  await invite('Ben', 'co-host');
  const [one] = await mine('ea_ben');
  await answer(one?.id ?? '', 'accept', 'ea_ben');
  await invite('Zoe', 'speaker', 'ea_ben');
  await invite('kim@x.example', 'guest');
  await rig.rooms.ofAccounts.forget(ben);
  const rows = await rig.store.db.selectFrom('room_invitation').select(['said', 'inviter']).execute();
  expect(rows.toSorted((a, b) => a.said.localeCompare(b.said))).toEqual([
    { said: 'kim@x.example', inviter: 'Ana' },
    { said: 'Zoe', inviter: '' },
  ]);
});
