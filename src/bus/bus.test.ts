import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { manualClock } from '../../test/clock.ts';
import { silentLog } from '../base/log.ts';
import type { Message } from '../wire/feed.ts';
import { encodeFrame, FrameReader, MAX_FRAME_BYTES } from './frame.ts';
import {
  type BusInlet,
  type BusOutlet,
  type Greeting,
  listenSocket,
  memoryBus,
  type Subscriber,
  subscribeSocket,
} from './index.ts';

const fragment = (seq: number, size = 3): Message => ({
  head: { kind: 'fragment', slug: 'r', rendition: 'opus64', seq },
  body: Buffer.alloc(size, seq),
});
const seqOf = (message: Message): number => (message.head.kind === 'fragment' ? message.head.seq : -1);

async function until(condition: () => boolean): Promise<void> {
  const end = Date.now() + 5000;
  while (!condition()) {
    if (Date.now() > end) throw new Error('did not happen within 5 s');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

interface Bus {
  outlet: BusOutlet;
  subscribe(listener: Subscriber): BusInlet;
}
const dirs: string[] = [];
afterEach(() => {
  for (const dir of dirs.splice(0)) rmSync(dir, { recursive: true, force: true });
});

const ADAPTERS: Record<string, (greeting: Greeting) => Promise<Bus>> = {
  memory: async (greeting) => memoryBus(greeting),
  socket: async (greeting) => {
    const dir = mkdtempSync(join(tmpdir(), 'bus-'));
    dirs.push(dir);
    const path = join(dir, 's');
    return { outlet: await listenSocket(path, greeting), subscribe: (l) => subscribeSocket(path, l) };
  },
};

describe.each(Object.entries(ADAPTERS))('the %s bus', (_name, open) => {
  test('greets a late subscriber first, then hands over every message in order', async () => {
    const { outlet, subscribe } = await open(() => [fragment(1), fragment(2)]);
    const heard: number[] = [];
    await using _in = subscribe({ message: (m) => heard.push(seqOf(m)) });
    await until(() => outlet.subscribers === 1);
    for (let seq = 3; seq < 200; seq++) outlet.publish(fragment(seq, seq * 100));
    await until(() => heard.length === 199);
    expect(heard).toEqual(Array.from({ length: 199 }, (_, i) => i + 1));
    await outlet[Symbol.asyncDispose]();
  });

  test('continues after a message that makes its subscriber throw, and says which', async () => {
    const { outlet, subscribe } = await open(() => [fragment(1), fragment(2)]);
    const [heard, failed]: [number[], number[]] = [[], []];
    let downs = 0;
    await using _in = subscribe({
      message(message) {
        if (seqOf(message) % 2 === 0) throw new Error('not this one');
        heard.push(seqOf(message));
      },
      failed: (_error, message) => failed.push(seqOf(message)),
      down: () => downs++,
    });
    await until(() => outlet.subscribers === 1);
    for (let seq = 3; seq < 8; seq++) outlet.publish(fragment(seq));
    await until(() => heard.at(-1) === 7);
    expect([heard, failed, downs]).toEqual([[1, 3, 5, 7], [2, 4, 6], 0]);
    await outlet[Symbol.asyncDispose]();
  });

  test('carries what subscribers send upstream, and tells them when the publisher is gone', async () => {
    const { outlet, subscribe } = await open(() => []);
    const upstream: Message[] = [];
    outlet.onUpstream((m) => upstream.push(m));
    let gone = false;
    await using inlet = subscribe({ message: () => undefined, down: () => (gone = true) });
    await until(() => inlet.up && outlet.subscribers === 1);
    inlet.send({ head: { kind: 'presence', slug: 'r', door: 'door-0', streams: 7 }, body: Buffer.alloc(0) });
    await until(() => upstream.length === 1);
    expect(upstream[0]?.head).toEqual({ kind: 'presence', slug: 'r', door: 'door-0', streams: 7 });
    await outlet[Symbol.asyncDispose]();
    await until(() => gone && !inlet.up);
  });
});

test('a subscriber comes back by itself when the publisher is started again', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'bus-'));
  dirs.push(dir);
  const path = join(dir, 's');
  const first = await listenSocket(path, () => [fragment(1)]);
  const heard: number[] = [];
  await using _inlet = subscribeSocket(path, { message: (m) => heard.push(seqOf(m)) });
  await until(() => heard.length === 1);
  await first[Symbol.asyncDispose]();
  await using _second = await listenSocket(path, () => [fragment(2)]);
  await until(() => heard.length === 2);
  expect(heard).toEqual([1, 2]);
});

test('a publisher whose file is removed is found again within two seconds, and keeps its subscribers', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'bus-'));
  dirs.push(dir);
  const path = join(dir, 'run', 's');
  mkdirSync(join(dir, 'run'));
  const clock = manualClock();
  await using outlet = await listenSocket(path, () => [fragment(1)], { clock, log: silentLog });
  const [first, second]: [number[], number[]] = [[], []];
  let downs = 0;
  await using _first = subscribeSocket(path, { message: (m) => first.push(seqOf(m)), down: () => downs++ });
  await until(() => outlet.subscribers === 1);
  for (const rounds of [1, 2]) {
    // The second time together with its folder.
    rmSync(rounds === 1 ? path : join(dir, 'run'), { recursive: true });
    clock.advance(2_000);
    await until(() => existsSync(path));
    await using _late = subscribeSocket(path, { message: (m) => second.push(seqOf(m)) });
    await until(() => outlet.subscribers === 2);
    outlet.publish(fragment(2));
    await until(() => second.length === 2 * rounds && first.length === 1 + rounds);
    await _late[Symbol.asyncDispose]();
    await until(() => outlet.subscribers === 1);
  }
  expect([first, second, downs]).toEqual([[1, 2, 2], [1, 2, 1, 2], 0]);
});

test('a publisher leaves its file to another one that is alive, and takes it from a dead one', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'bus-'));
  dirs.push(dir);
  const path = join(dir, 's');
  const clock = manualClock();
  await using _mine = await listenSocket(path, () => [fragment(1)], { clock, log: silentLog });
  const other = await listenSocket(path, () => [fragment(2)], { clock: manualClock(), log: silentLog });
  const heard: number[] = [];
  const look = async (): Promise<void> => {
    clock.advance(2_000);
    await new Promise((resolve) => setTimeout(resolve, 50));
  };
  await look();
  await using _inlet = subscribeSocket(path, { message: (m) => heard.push(seqOf(m)) });
  await until(() => heard.length === 1);
  await other[Symbol.asyncDispose]();
  await look();
  await until(() => heard.length === 2);
  expect(heard).toEqual([2, 1]);
});

describe('a frame', () => {
  test('is read whole however the bytes are cut', () => {
    const bytes = Buffer.concat([1, 2, 3].map((seq) => encodeFrame(fragment(seq, seq * 10))));
    for (let step = 1; step < 60; step++) {
      const reader = new FrameReader();
      const heard: Message[] = [];
      for (let at = 0; at < bytes.length; at += step)
        heard.push(...reader.push(bytes.subarray(at, at + step)));
      expect(heard.map(seqOf)).toEqual([1, 2, 3]);
      expect(heard.map((m) => m.body.length)).toEqual([10, 20, 30]);
    }
  });

  test('larger than the limit, or with a head longer than itself, is refused', () => {
    const large = Buffer.alloc(8);
    large.writeUInt32BE(MAX_FRAME_BYTES + 1, 0);
    expect(() => [...new FrameReader().push(large)]).toThrow(RangeError);
    const liar = encodeFrame(fragment(1));
    liar.writeUInt32BE(10_000, 4);
    expect(() => [...new FrameReader().push(liar)]).toThrow(RangeError);
  });
});
