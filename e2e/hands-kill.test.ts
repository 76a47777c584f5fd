import { expect, test } from 'vitest';
import { handsOnDesk, raiseHand } from './rig/hands.ts';
import { startServer, until } from './rig/server.ts';

const HANDS = 40;

test('a cell that is killed while hands go up has every hand that was answered, in the same order, when it is back', async () => {
  await using server = await startServer({ EARSHOT_CELLS: '1' });
  const room = await server.room('Killed cell');
  const desk = () => handsOnDesk(server.url, room.slug, room.token);
  await until('the room takes hands', async () => (await raiseHand(server.url, room.slug, 0)) !== undefined);
  const answered = new Set([0]);
  let killed: number | undefined;
  for (let n = 1; n < HANDS; n++) {
    const going = raiseHand(server.url, room.slug, n);
    if (n === HANDS / 2) {
      killed = server.child('studio', 0);
      if (killed === undefined) throw new Error('there is no cell');
      process.kill(killed, 'SIGKILL');
    }
    if (await going) answered.add(n);
  }
  expect(killed).toBeDefined();
  const before = [...answered].filter((n) => n < HANDS / 2);
  expect(before).toHaveLength(HANDS / 2);
  await until(
    'the cell is back',
    async () => (await desk()) !== undefined && server.child('studio', 0) !== killed,
  );
  const order = (await desk())?.map(({ name }) => Number(name.slice('Person '.length))) ?? [];
  // A hand whose answer was cut off may be up as well: its place is the one in which it was raised.
  expect(order).toEqual([...order].sort((a, b) => a - b));
  expect(order.filter((n) => answered.has(n))).toEqual([...answered]);
  // And nobody is put before them afterwards.
  expect(await raiseHand(server.url, room.slug, HANDS)).toMatchObject({ place: order.length + 1 });
});
