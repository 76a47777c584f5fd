import { beforeEach, expect, test } from 'vitest';
import { inMs, MINUTE, refusal, roomsRig } from '../../../test/rooms.ts';

const rig = roomsRig();
const { ask, card, create } = rig;

let one: string;
let two: string;
beforeEach(async () => {
  ({ token: one } = await create({ title: 'One', host: 'Ana' }));
  ({ token: two } = await create({ title: 'Two', host: 'Bea' }));
  await ask('POST', '/api/rooms/one/live', undefined, one);
});
const lead = (body: object, by = one) => ask('POST', '/api/rooms/one/continue', body, by);

test('a room is continued by another when both hosts say so: both name each other, and the first ends after 90 s', async () => {
  const answer = await lead({ by: 'two', link: `https://x.example/r/two/studio#token=${two}` });
  expect(answer.status).toBe(200);
  const at = rig.clock.wall();
  expect(answer.body).toMatchObject({ plans: { continuedBy: { slug: 'two', title: 'Two', at } } });
  expect(card('two').plans).toEqual({ continues: { slug: 'one', title: 'One', at } });
  // Said again it changes nothing.
  expect((await lead({ by: 'two', link: two })).status).toBe(200);
  rig.clock.advance(89_000);
  await rig.settle();
  expect(card('one').status).toBe('live');
  rig.clock.advance(2_000);
  await rig.settle();
  expect(card('one')).toMatchObject({ status: 'ended', plans: { continuedBy: { slug: 'two' } } });
  expect(card('two').status).toBe('open');
});

test('without the agreement of the other host nothing happens, and a private room does not exist', async () => {
  expect(refusal(await lead({ by: 'two' }))).toEqual([403, 'not-host']);
  expect(refusal(await lead({ by: 'two', link: one }))).toEqual([403, 'token-other-room']);
  expect(refusal(await lead({ by: 'nowhere' }))).toEqual([404, 'room-unknown']);
  const hidden = await create({ title: 'Hidden', slug: 'hidden', access: 'private' });
  expect(refusal(await lead({ by: 'hidden' }))).toEqual([404, 'room-unknown']);
  expect(refusal(await lead({ by: 'hidden', link: hidden.token }))).toEqual([409, 'wrong-moment']);
  expect(card('one').plans).toBeUndefined();
  expect(card('two').plans).toBeUndefined();
});

test('the other room has to be open, another one, and not one that leads on itself', async () => {
  const later = await create({ title: 'Later', start: inMs(60 * MINUTE) });
  expect(refusal(await lead({ by: 'later', link: later.token }))).toEqual([409, 'wrong-moment']);
  expect(refusal(await lead({ by: 'one', link: one }))).toEqual([422, 'unprocessable']);
  await ask('POST', '/api/rooms/two/continue', { by: 'one', link: one }, two);
  expect(refusal(await lead({ by: 'two', link: two }))).toEqual([409, 'wrong-moment']);
  const three = await create({ title: 'Three' });
  expect((await lead({ by: 'three', link: three.token })).status).toBe(200);
  // A room is continued by one room only.
  const four = await create({ title: 'Four' });
  expect(refusal(await lead({ by: 'four', link: four.token }))).toEqual([409, 'wrong-moment']);
});

test('a private room is continued by a private one, which lets in whoever the first lets in, until keys are withdrawn', async () => {
  const start = (slug: string, more = {}) => create({ title: slug, slug, access: 'private', ...more });
  const first = await start('first', { password: 'correct horse' });
  const next = await start('next');
  const last = await start('last');
  const pass = async (by: string, at: string) =>
    `${(await ask('POST', `/api/rooms/${at}/invites`, { role: 'guest' }, by)).body.pass}`;
  const byLink = await pass(first.token, 'first');
  const entered = await ask('POST', '/r/first/enter', { password: 'correct horse' });
  const byPassword = `${entered.body.pass}`;
  const opens = async (shown: string, at: string) =>
    (await ask('POST', `/r/${at}/enter`, { pass: shown })).status === 200;
  const on = (from: string, by: string, to: string, link: string) =>
    ask('POST', `/api/rooms/${from}/continue`, { by: to, link }, by);
  expect(await opens(byLink, 'next')).toBe(false);
  // Nobody outside is told of either.
  expect(refusal(await on('first', first.token, 'two', two))).toEqual([409, 'wrong-moment']);
  expect((await on('first', first.token, 'next', next.token)).status).toBe(200);
  for (const shown of [byLink, byPassword]) expect(await opens(shown, 'next')).toBe(true);
  expect(await opens(await pass(next.token, 'next'), 'first')).toBe(false);
  expect((await ask('POST', '/r/next/enter', { password: 'correct horse' })).status).toBe(404);
  // And so on, from room to room.
  expect((await on('next', next.token, 'last', last.token)).status).toBe(200);
  expect(await opens(byPassword, 'last')).toBe(true);

  const lock = card('last').lock;
  await ask('PATCH', '/api/rooms/first/settings', { password: null }, first.token);
  expect(await opens(byPassword, 'last')).toBe(false);
  expect(await opens(byLink, 'last')).toBe(true);
  expect(card('last').lock).not.toBe(lock);
  await ask('POST', '/api/rooms/next/keys/renew', undefined, next.token);
  for (const at of ['next', 'last']) expect(await opens(byLink, at)).toBe(false);
});

test('a private room that opens to everybody no longer names the private one after it', async () => {
  const first = await create({ title: 'First', slug: 'first', access: 'private' });
  const next = await create({ title: 'Secret', slug: 'next', access: 'private' });
  const on = await ask('POST', '/api/rooms/first/continue', { by: 'next', link: next.token }, first.token);
  expect(on.status).toBe(200);
  const { lock } = card('next');
  const open = await ask('PATCH', '/api/rooms/first/settings', { access: 'public' }, first.token);
  expect(open.status).toBe(200);
  expect(JSON.stringify(card('first'))).not.toContain('Secret');
  expect(card('next').lock).not.toBe(lock);
});

test('the operator needs nobody’s link', async () => {
  await rig.restart({ operatorKey: 'operator-key-of-some-length' });
  expect((await lead({ by: 'two' }, 'operator-key-of-some-length')).status).toBe(200);
});
