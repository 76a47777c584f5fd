import { expect, test } from 'vitest';
import { HOUR, inMs, refusal, roomsRig } from '../../test/rooms.ts';

const rig = roomsRig();
const { ask } = rig;
const ABOUT = 'Where the money goes, and who decides it; with questions.';

test('a room says what it is about: in the API, to doors and in its calendar, until its hosts take it back', async () => {
  const { token } = await rig.create({ title: 'Hall', slug: 'hall', start: inMs(HOUR), about: ABOUT });
  expect(rig.card('hall').about).toBe(ABOUT);
  const read = async () => (await ask('GET', '/api/rooms/hall')).body;
  expect(await read()).toMatchObject({ about: ABOUT, access: 'public' });
  const calendar = async () =>
    String((await ask('GET', '/r/hall/event.ics')).body.text).replaceAll('\r\n ', '');
  expect(await calendar()).toContain(
    'DESCRIPTION:Where the money goes\\, and who decides it\\; with questions.',
  );
  expect(await calendar()).toContain('SEQUENCE:0');
  const edit = (about: unknown) => ask('PATCH', '/api/rooms/hall', { about }, token);
  expect((await edit(`  ${ABOUT} `)).status).toBe(200);
  expect((await edit(null)).body).not.toHaveProperty('about');
  expect(await calendar()).toContain('SEQUENCE:1');
  expect(refusal(await edit('x'.repeat(281)))).toEqual([422, 'unprocessable']);
  expect(refusal(await edit(7))).toEqual([422, 'unprocessable']);
  expect((await edit('<b>Again</b>')).body).toMatchObject({ about: '<b>Again</b>' });
  await ask('DELETE', '/api/rooms/hall', undefined, token);
  expect(JSON.stringify(await rig.store.db.selectFrom('room').selectAll().execute())).not.toContain('Again');
});
