import { expect, test } from 'vitest';
import { HOUR, inMs, refusal, roomsRig } from '../../../test/rooms.ts';

const rig = roomsRig();
const { ask } = rig;
const start = async (): Promise<{ token: string; pass: string }> => {
  const wish = { title: 'Board', slug: 'board', access: 'private', start: inMs(HOUR) };
  const { token } = await rig.create(wish);
  const { body } = await ask('POST', '/api/rooms/board/invites', { role: 'guest' }, token);
  return { token, pass: String(body.pass) };
};
const enter = (pass: string) => ask('POST', '/r/board/enter', { pass });

test('a guest of a room that was cancelled is no guest of the next one at its address', async () => {
  const first = await start();
  expect((await enter(first.pass)).status).toBe(200);
  expect((await ask('POST', '/api/rooms/board/cancel', {}, first.token)).status).toBe(200);
  const second = await start();
  expect(refusal(await enter(first.pass))).toEqual([404, 'room-unknown']);
  expect((await enter(second.pass)).status).toBe(200);
});

test('networks that try passwords again and again do not keep the right one of another network out', async () => {
  await rig.create({ title: 'Club', slug: 'club', access: 'private', password: 'nine calm herons' });
  const enterFrom = (from: string, password: string) =>
    ask('POST', '/r/club/enter', { password }, undefined, { 'x-forwarded-for': from });
  const codes = new Set<unknown>();
  for (let network = 1; network <= 8; network++)
    for (let n = 0; n < 10; n++)
      codes.add(refusal(await enterFrom(`198.51.100.${network}`, `wrong ${n}`))[1]);
  // The room's common share is used up, and those who used it are told so.
  expect([...codes]).toEqual(['room-unknown', 'too-many-passwords']);
  const right = 'nine calm herons';
  expect((await enterFrom('203.0.113.9', right)).status).toBe(200);
  expect(refusal(await enterFrom('198.51.100.8', right))[1]).toBe('too-many-passwords');
});
