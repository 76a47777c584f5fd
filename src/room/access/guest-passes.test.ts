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
