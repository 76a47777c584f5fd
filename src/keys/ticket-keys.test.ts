import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import { manualClock } from '../../test/clock.ts';
import { askTicketKeys, openTicketKeys, type Parent, type TicketOrder } from './ticket-keys.ts';

/** A child's side of the pipe, before a supervisor that answers. */
function parentOf(order: () => TicketOrder): Parent & EventEmitter {
  const ears = new EventEmitter();
  return Object.assign(ears, { send: () => ears.emit('message', order()) });
}

test('doors of one supervisor have the same keys, new ones each day; another supervisor has others', async () => {
  const clock = manualClock();
  const parents: EventEmitter[] = [];
  using keys = openTicketKeys(clock, () => {
    for (const parent of parents) parent.emit('message', keys.order);
  });
  using others = openTicketKeys(clock, () => {});
  const doors = await Promise.all(
    [1, 2].map(() => {
      const parent = parentOf(() => keys.order);
      parents.push(parent);
      return askTicketKeys(clock, parent);
    }),
  );
  const stranger = await askTicketKeys(
    clock,
    parentOf(() => others.order),
  );
  const now = (): string[] => doors.map((of) => Buffer.from(of()).toString('hex'));
  const before = now();
  expect(before[0]).toBe(before[1]);
  expect(doors[0]?.().length).toBe(48);
  expect(Buffer.from(stranger()).toString('hex')).not.toBe(before[0]);
  clock.advance(86_400_000);
  expect(now()[0]).toBe(now()[1]);
  expect(now()[0]).not.toBe(before[0]);
});

test('a door without a supervisor, or without its answer, has keys of its own', async () => {
  const clock = manualClock();
  const on = () => {};
  const [one, other] = [await askTicketKeys(clock, { on }), await askTicketKeys(clock, { on })];
  expect(one()).toEqual(one());
  expect(one()).not.toEqual(other());
  const waiting = askTicketKeys(clock, { on, send() {} });
  clock.advance(2_000);
  expect((await waiting)().length).toBe(48);
});
