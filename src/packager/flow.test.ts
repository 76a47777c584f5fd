import { expect, test } from 'vitest';
import { testTag } from '../../test/segment-tag.ts';
import { type Log, silentLog } from '../base/log.ts';
import { ticks } from '../base/time.ts';
import { RENDITIONS } from '../wire/renditions.ts';
import type { ThreadEvents } from './encoder-thread.ts';
import { openWith } from './flow.ts';
import type { ThreadOrder } from './thread.ts';

/** A thread that does nothing until the test tells it to. */
async function open(firstSeq: number) {
  const orders: ThreadOrder[] = [];
  const inits: string[] = [];
  const failed: string[] = [];
  const warnings: string[] = [];
  const log: Log = { ...silentLog, warn: (_, message) => void warnings.push(message) };
  let thread!: ThreadEvents;
  let startedWith = -1;
  const packager = await openWith(
    {
      log,
      renditions: RENDITIONS,
      firstSeq,
      tag: (segment) => testTag('room', segment),
      init: ({ rendition }) => inits.push(rendition),
      fragment: () => undefined,
      encoderFailed: (rendition) => failed.push(rendition),
    },
    async (start, events) => {
      startedWith = start.firstSeq;
      thread = events;
      events.ready();
      return { order: (order) => void orders.push(order), async [Symbol.asyncDispose]() {} };
    },
  );
  let tick = 0;
  const samples = new Float32Array(1920);
  const push = (count: number): void => {
    for (let n = 0; n < count; n++) packager.push({ tick: ticks(960 * tick++), stereo: false, samples });
  };
  const skips = (): number[] => orders.flatMap((order) => (order.kind === 'skip' ? [order.seq] : []));
  const blocks = (): number =>
    orders.reduce((sum, order) => sum + (order.kind === 'blocks' ? order.samples.length / 1920 : 0), 0);
  return { packager, push, skips, blocks, thread, failed, warnings, inits, startedWith, samples, orders };
}

test('every rendition has its init before the first fragment, and the thread begins at the first slot', async () => {
  const { inits, startedWith, push, skips, blocks } = await open(77);
  expect(inits).toEqual(RENDITIONS.map(({ id }) => id));
  expect(startedWith).toBe(77);
  push(40);
  expect(blocks()).toBe(40);
  expect(skips()).toEqual([]);
});

test('the samples are copied: the caller may use the block again', async () => {
  const { push, samples, orders } = await open(0);
  samples.fill(0.25);
  push(2);
  samples.fill(0.5);
  push(2);
  expect(orders).toHaveLength(1);
  expect(orders[0]).toMatchObject({ kind: 'blocks', wide: 0 });
  const { samples: sent } = orders[0] as { samples: Float32Array };
  expect([0, 3839, 3840, 7679].map((at) => sent[at])).toEqual([0.25, 0.25, 0.5, 0.5]);
});

test('a stalled thread is given 16 slots and no more, and resumes at a slot once it has caught up', async () => {
  const { push, skips, blocks, thread, warnings } = await open(1000);
  push(40 * 16);
  expect(blocks()).toBe(16 * 16);
  expect(warnings).toHaveLength(1);
  for (let n = 0; n < 16; n++) thread.slot([]);
  push(16);
  expect(skips()).toEqual([1040]);
  expect(blocks()).toBe(17 * 16);
});

test('a dead thread is replaced by another one at the slot that is then due', async () => {
  const { push, skips, blocks, thread, failed } = await open(1000);
  push(5 * 16 + 3);
  thread.gone(new Error('trap'));
  expect(failed).toEqual(RENDITIONS.map(({ id }) => id));
  push(20);
  expect(blocks()).toBe(5 * 16);
  thread.ready();
  push(8);
  expect(blocks()).toBe(5 * 16);
  push(5);
  expect(skips()).toEqual([1007]);
  expect(blocks()).toBe(5 * 16 + 4);
});

test('failing encoders are reported each time and logged once a second', async () => {
  const { push, thread, failed, warnings } = await open(0);
  for (let second = 0; second < 3; second++) {
    for (let n = 0; n < 10; n++) thread.failed('aac64', 'trap');
    push(50);
  }
  expect(failed).toHaveLength(30);
  expect(warnings).toHaveLength(3);
});

test('at first only what is always encoded is; a selection is sent once, and again to a new thread', async () => {
  const orders: ThreadOrder[] = [];
  let coded: readonly string[] | undefined;
  let thread!: ThreadEvents;
  const packager = await openWith(
    {
      ...{
        log: silentLog,
        renditions: RENDITIONS,
        tag: (n: number) => testTag('room', n),
        firstSeq: 0,
        always: ['opus64', 'aac96'],
      },
      ...{ init: () => undefined, fragment: () => undefined },
    },
    async (start, events) => {
      coded = start.coded;
      thread = events;
      events.ready();
      return { order: (order) => void orders.push(order), async [Symbol.asyncDispose]() {} };
    },
  );
  const free = ['opus64', 'aac96', 'radio-aac', 'radio-opus'];
  expect(coded).toEqual(free);
  packager.select([]);
  packager.select(['opus16', 'nothing we know', 'aac96']);
  packager.select(['opus16']);
  const more = RENDITIONS.map(({ id }) => id).filter((id) => free.includes(id) || id === 'opus16');
  expect(orders).toEqual([{ kind: 'select', coded: more }]);
  thread.gone(new Error('trap'));
  packager.select(['opus16', 'radio-mp3']);
  expect(orders).toHaveLength(1);
  thread.ready();
  packager.push({ tick: ticks(0), stereo: false, samples: new Float32Array(1920) });
  expect(orders.slice(1)).toEqual([
    { kind: 'skip', seq: 0 },
    { kind: 'select', coded: [...more, 'radio-mp3'] },
  ]);
});
