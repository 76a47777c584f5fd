import { expect, test } from 'vitest';
import { fakeOrigin, openTestDoor, streamGet, wire } from '../../test/door.ts';
import { ms } from '../base/time.ts';

test('each function of a door can be passed on without the door', async () => {
  const origin = fakeOrigin();
  origin.tick();
  await using door = await openTestDoor(origin);
  const { presence, live, counts, catchingUp, promote, strain, metrics, close } = door;
  const listener = wire(door.port, streamGet());
  await listener.has(10);
  expect([presence().get('room'), live('room'), counts().get('room')?.streams]).toEqual([1, 1, 1]);
  expect([catchingUp().size, promote('room', 1), strain().connections]).toEqual([0, 0, 1]);
  expect(metrics()).toContain('open_connections 1');
  listener.socket.destroy();
  await close(ms(0));
});
