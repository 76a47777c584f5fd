import { expect, test } from 'vitest';
import { fullDelivery } from '../wire/delivery.ts';
import type { RoomState } from '../wire/room.ts';
import { Happenings } from './happenings.ts';

const calm: Pick<RoomState, 'program' | 'delivery' | 'at'> = {
  at: 7,
  program: { carries: 'stage', since: 5 },
  delivery: fullDelivery(320, 5),
};

test('each clock is told once, and again when it is set anew', () => {
  const happenings = new Happenings();
  expect(happenings.clocks('hall', { scheduled: 10, opened: 20 }).map(({ what, at }) => [what, at])).toEqual([
    ['scheduled', 10],
    ['opened', 20],
  ]);
  expect(happenings.clocks('hall', { scheduled: 10, opened: 20 })).toEqual([]);
  expect(happenings.clocks('hall', { scheduled: 15, opened: 20 }).map(({ at }) => at)).toEqual([15]);
});

test('a silence is told with its cause, each one once; a rung when it changes', () => {
  const happenings = new Happenings();
  expect(happenings.state('hall', calm)).toEqual([]);
  const silent = {
    ...calm,
    program: { ...calm.program, deadAir: { cause: 'all-muted', since: 30 } },
  } as const;
  expect(happenings.state('hall', silent)).toEqual([
    { v: 1, kind: 'happening', at: 30, what: 'dead-air', detail: 'all-muted' },
  ]);
  expect(happenings.state('hall', silent)).toEqual([]);
  const higher = { ...calm, delivery: { ...calm.delivery, rung: 2 as const, since: 40 } };
  expect(happenings.state('hall', higher)).toMatchObject([{ what: 'rung', detail: '2', at: 40 }]);
  expect(happenings.state('hall', calm)).toMatchObject([{ what: 'rung', detail: '0' }]);
  const again = {
    ...silent,
    program: { ...silent.program, deadAir: { cause: 'quiet', since: 90 } },
  } as const;
  expect(happenings.state('hall', again)).toMatchObject([{ what: 'dead-air', at: 90 }]);
});

test('a host who vanishes, who stands in, and that the host is back are told once each, without names', () => {
  const before = new Happenings();
  const gone = { ...calm, at: 21_000, hostGone: { since: 10_000.4 } };
  expect(before.state('hall', gone)).toEqual([{ v: 1, kind: 'happening', at: 10_000, what: 'host-gone' }]);
  const after = new Happenings(JSON.parse(JSON.stringify(before.memory)));
  expect(after.state('hall', gone)).toEqual([]);
  const over = { ...gone, at: 30_000, hostGone: { since: 10_000.4, to: { id: 'bea', name: 'Bea' } } };
  expect(after.state('hall', over)).toEqual([
    { v: 1, kind: 'happening', at: 30_000, what: 'handed-over', detail: 'co-host' },
  ]);
  expect(after.state('hall', { ...over, at: 31_000 })).toEqual([]);
  expect(after.state('hall', { ...calm, at: 40_000 })).toMatchObject([{ at: 40_000, what: 'host-back' }]);
  expect(after.state('hall', { ...calm, at: 41_000 })).toEqual([]);
});

test('a process that starts again tells nothing twice', () => {
  const before = new Happenings();
  before.clocks('hall', { opened: 20 });
  before.state('hall', { ...calm, delivery: { ...calm.delivery, rung: 1 } });
  const after = new Happenings(JSON.parse(JSON.stringify(before.memory)));
  expect(after.clocks('hall', { opened: 20 })).toEqual([]);
  expect(after.state('hall', { ...calm, delivery: { ...calm.delivery, rung: 1 } })).toEqual([]);
});

test('memory is bounded: the room that was heard of longest ago is dropped', () => {
  const happenings = new Happenings();
  for (let n = 0; n < 5_000; n++) happenings.clocks(`room-${n}`, { opened: n });
  expect(Object.keys(happenings.memory)).toHaveLength(4_096);
  expect(happenings.memory['room-0']).toBeUndefined();
});

test('what the operator and the machine do to a room is told once, and so is its end, across a restart too', () => {
  const first = new Happenings();
  const stopped = { at: 10, reason: 'Rules.' };
  const quarantine = { since: 5, until: 99 };
  expect(first.measures('hall', {}, 1)).toEqual([]);
  expect(first.measures('hall', { quarantine }, 6)).toMatchObject([{ what: 'quarantined', at: 5 }]);
  // While it is stopped its card says nothing of quarantine.
  expect(first.measures('hall', { stopped }, 11)).toMatchObject([
    { what: 'stopped', at: 10, detail: 'Rules.' },
  ]);
  expect(first.measures('hall', { stopped }, 12)).toEqual([]);
  const next = new Happenings(first.memory);
  expect(next.measures('hall', { stopped }, 13)).toEqual([]);
  expect(next.measures('hall', { quarantine }, 14)).toMatchObject([{ what: 'resumed', at: 14 }]);
  expect(next.measures('hall', {}, 20)).toMatchObject([{ what: 'released', at: 20 }]);
  expect(next.measures('hall', {}, 21)).toEqual([]);
});
