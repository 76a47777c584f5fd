import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { beforeAll, expect, test } from 'vitest';
import { markedFragment } from '../../test/synthetic.ts';
import { systemClock } from '../base/clock.ts';
import { FRAGMENT_MS } from '../base/time.ts';
import { initOf } from '../packager/container.ts';
import { CONSENT_PATH, type Consent } from '../wire/rehearsal.ts';
import { RENDITIONS } from '../wire/renditions.ts';
import { join } from './machines/join.ts';
import { openShare, type ProcessShare } from './machines/process.ts';
import { openGathering } from './machines/remote-member.ts';
import type { Member, MemberMessage } from './order/order.ts';
import { open, type RehearsalDeps } from './rehearsal.ts';
import type { RehearsalResult } from './report/outcome.ts';
import { reportPage } from './report/report-page.ts';

const KEY = 'a key for tests';
const init = Buffer.from(initOf(RENDITIONS[0]!)!);
const sent = new Map<number, Buffer>();
const fragment = (seq: number): Buffer => {
  const made = sent.get(seq) ?? markedFragment('opus64', seq);
  sent.set(seq, made);
  return made;
};

/** The fault of a server in its n-th stream: returns what to send in a slot instead of its fragment. */
type Mischief = (stream: number, slot: number, seq: number, socket: Socket) => Buffer | 'drop' | undefined;

/** A server with known faults: one fragment per 320 ms, three at the beginning. */
async function badServer(
  options: {
    mischief?: Mischief;
    answer?: (stream: number) => number;
    consent?: Partial<Consent> | null;
  } = {},
) {
  const zero = Date.now() - 1_000_000 * FRAGMENT_MS;
  const timers = new Set<NodeJS.Timeout>();
  let streams = 0;
  const newest = (): number => Math.floor((Date.now() - zero) / FRAGMENT_MS) - 1;
  const stream = (request: IncomingMessage, response: ServerResponse): void => {
    const number = streams++;
    const status = options.answer?.(number) ?? 200;
    if (status !== 200) return void response.writeHead(status, { 'content-length': 0 }).end();
    const after = new URL(request.url ?? '', 'http://x').searchParams.get('after');
    const { socket } = request;
    const next = (newest() + 2) * FRAGMENT_MS + zero - Date.now();
    socket.write(
      `HTTP/1.1 200 OK\r\nearshot-period: 320\r\nearshot-next: ${next}\r\nearshot-rendition: opus64\r\n\r\n`,
    );
    let seq = after === null ? newest() - 2 : Number(after) + 1;
    let slot = 0;
    const parts: Buffer[] = [init];
    for (; seq <= newest(); seq++) parts.push(fragment(seq));
    socket.write(Buffer.concat(parts));
    const timer = setInterval(() => {
      for (; seq <= newest(); seq++) {
        const what = options.mischief?.(number, slot++, seq, socket);
        if (what === undefined) socket.write(fragment(seq));
        else if (Buffer.isBuffer(what)) socket.write(what);
      }
    }, 20);
    timers.add(timer);
    socket.once('close', () => clearInterval(timer));
    socket.on('error', () => {});
  };
  const server = createServer((request, response) => {
    const json = (value: unknown): void => void response.end(JSON.stringify(value));
    const path = new URL(request.url ?? '', 'http://x').pathname;
    if (path === '/r/hall/stream') return stream(request, response);
    if (path === '/rooms.json') return json({ rooms: [{ slug: 'hall', status: 'live', zero }] });
    if (path === '/r/hall/state.json')
      return json({ streams, delivery: { rung: streams > 1 ? 1 : 0, level: 0, period: 320 } });
    if (path === CONSENT_PATH && options.consent !== null)
      return json({
        v: 1,
        until: Date.now() + 60_000,
        listeners: 50,
        rooms: ['hall'],
        keyHash: createHash('sha256').update(KEY).digest('hex'),
        ...options.consent,
      });
    response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const close = (): void => {
    for (const timer of timers) clearInterval(timer);
    server.closeAllConnections();
    server.close();
  };
  return { url: `http://127.0.0.1:${port}/r/hall`, [Symbol.asyncDispose]: async () => close() };
}
beforeAll(() => {
  for (let seq = 999_990; seq < 1_000_100; seq++) fragment(seq);
});

/** A member in this process: real sockets, no fork. */
function memberHere(name: string, capacity = 100): Member {
  let hear: (said: MemberMessage) => void = () => {};
  let share: ProcessShare | undefined;
  return {
    name,
    capacity,
    processes: 1,
    tell(told) {
      if (told.kind === 'stop') return share?.stop();
      share = openShare(
        systemClock,
        told.order,
        (second) => hear({ kind: 'second', second }),
        () => hear({ kind: 'done' }),
      );
    },
    onSaid: (run) => (hear = run),
    onLost: () => {},
    [Symbol.dispose]: () => share?.[Symbol.dispose](),
  };
}

async function rehearse(url: string, more: Partial<RehearsalDeps> = {}): Promise<RehearsalResult> {
  await using rehearsal = await open({
    clock: systemClock,
    url,
    key: KEY,
    listeners: 3,
    curve: { kind: 'step' },
    hold: 3_500,
    version: '0',
    members: async () => [memberHere('process 1')],
    ...more,
  });
  return await rehearsal.result;
}

test.concurrent('a good server is reported as such, and the certificate is clean', async () => {
  await using server = await badServer();
  const { outcome, rows } = await rehearse(server.url, { listeners: 5 });
  expect(outcome).toMatchObject({
    arrived: 5,
    joined: 5,
    peak: 5,
    gaps: 0,
    repeats: 0,
    flips: 0,
    errors: {},
    reconnects: 0,
  });
  expect(outcome.fragments).toBeGreaterThan(5 * 8);
  expect(outcome.delayMs!.p50).toBeLessThan(640);
  // The margin, at most one period, and the delay of a busy machine.
  expect(outcome.earMs!.p50).toBeGreaterThan(250);
  expect(outcome.earMs!.p50).toBeLessThan(1600);
  expect(outcome.rungs.map(({ rung }) => rung)).toContain(1);
  expect(outcome.firstToBreak).toMatch(/^Nothing broke/);
  expect(rows.reduce((sum, { counts }) => sum + counts.joined, 0)).toBe(5);
});

test.concurrent('a dropped, a repeated and two swapped fragments are counted exactly', async () => {
  const held: Buffer[] = [];
  await using server = await badServer({
    mischief(stream, slot, seq) {
      if (stream === 0 && slot === 4) return 'drop';
      if (stream === 1 && slot === 3) return Buffer.concat([fragment(seq), fragment(seq)]);
      if (stream === 2 && slot === 2) {
        held.push(fragment(seq));
        return 'drop';
      }
      if (stream === 2 && slot === 3) return Buffer.concat([fragment(seq), ...held]);
      return undefined;
    },
  });
  const { outcome } = await rehearse(server.url);
  // A swap is a gap for the player, filled too late.
  expect(outcome).toMatchObject({ gaps: 2, repeats: 1, flips: 1, errors: {}, clean: false });
  expect(outcome.firstToBreak).toMatch(/fragments? (were missing|came)/);
});

test.concurrent('a stream that stands still for 1.3 s is a stall of half as much; a cut one comes back without a gap', async () => {
  const kept: Buffer[] = [];
  await using server = await badServer({
    mischief(stream, slot, seq, socket) {
      if (stream === 0 && slot >= 2 && slot <= 5) {
        kept.push(fragment(seq));
        return slot === 5 ? Buffer.concat(kept) : 'drop';
      }
      if (stream === 1 && slot === 3) {
        socket.write(fragment(seq).subarray(0, 300));
        socket.end();
        return 'drop';
      }
      return undefined;
    },
  });
  const { outcome } = await rehearse(server.url, { listeners: 2 });
  expect(outcome.errors).toEqual({ torn: 1 });
  expect(outcome).toMatchObject({ gaps: 0, repeats: 0, reconnects: 1 });
  // Four periods without a write, less one buffered, less the margin: 660 ms on an idle machine. figures.test.ts checks
  // this exactly.
  expect(outcome.stalls).toBeGreaterThanOrEqual(1);
  expect(outcome.stallMs!.max).toBeGreaterThan(400);
  expect(outcome.stallMs!.max).toBeLessThan(3000);
});

test.concurrent('refusals are counted by cause, and the time to the first sound includes the retries', async () => {
  await using server = await badServer({ answer: (stream) => (stream < 4 ? 503 : 200) });
  const { outcome } = await rehearse(server.url, { listeners: 2 });
  expect(outcome.errors).toEqual({ 'http-503': 4 });
  expect(outcome.joined).toBe(2);
  expect(outcome.joinMs!.max).toBeGreaterThan(350);
  expect(outcome.firstToBreak).toContain('HTTP 503');
});

test.concurrent('bytes that are no stream are said to be none', async () => {
  await using server = await badServer({
    mischief: (_, slot) => (slot === 1 ? Buffer.from('<html>oops</html>') : undefined),
  });
  const { outcome } = await rehearse(server.url, { listeners: 1, hold: 1_500 });
  expect(outcome.errors.structure).toBeGreaterThanOrEqual(1);
});

test.concurrent.each([
  ['no consent at all', null, {}, /publishes no consent/],
  ['a consent that is over', { until: 1000 }, {}, /ended at 1970/],
  ['a consent that ends during it', {}, { hold: 3_600_000 }, /before this rehearsal would/],
  ['another room', { rooms: ['other'] }, {}, /for other, not for hall/],
  ['more people', {}, { listeners: 51 }, /50 listeners, not to 51/],
  ['another key', {}, { key: 'guessed' }, /key is not the one/],
  ['nonsense', { keyHash: 'x' }, {}, /publishes no consent/],
])('no listener is sent to a server with %s', async (_, consent, more, why) => {
  await using server = await badServer({ consent });
  let asked = false;
  const refused = rehearse(server.url, {
    ...more,
    members: async () => {
      asked = true;
      return [];
    },
  });
  await expect(refused).rejects.toMatchObject({ code: 'operator-only', message: expect.stringMatching(why) });
  expect(asked).toBe(false);
});

test.concurrent('an order that cannot be met is refused before any listener is sent', async () => {
  await using server = await badServer();
  const refused = rehearse(server.url, { listeners: 40, members: async () => [memberHere('process 1', 30)] });
  await expect(refused).rejects.toMatchObject({
    code: 'unprocessable',
    message: expect.stringMatching(/do not fit/),
  });
});

test.concurrent('stopped early, it reports what it has and says so; the page needs nothing from outside', async () => {
  await using server = await badServer();
  const rehearsal = await open({
    clock: systemClock,
    url: server.url,
    key: KEY,
    listeners: 4,
    curve: { kind: 'ramp', seconds: 20 },
    hold: 20_000,
    version: '0',
    members: async () => [memberHere('process 1')],
    onSecond: ({ at }) => at === 0 && rehearsal.stop(),
  });
  const result = await rehearsal.result;
  await rehearsal[Symbol.asyncDispose]();
  expect(result.outcome.stopped).toBe('interrupted');
  expect(result.outcome.arrived).toBeLessThan(4);
  const page = reportPage(result);
  expect(page).toContain('interrupted');
  expect(page.match(/<svg /g)!.length).toBeGreaterThanOrEqual(7);
  expect(page).not.toMatch(/<script|<link|url\(|src=/);
  expect(page).not.toMatch(/NaN|undefined|Infinity/);
});

test.concurrent('machines join with the key, take their share, and their figures are put together', async () => {
  await using server = await badServer();
  const notes: string[] = [];
  await using gathering = await openGathering(systemClock, { host: '127.0.0.1', port: 0 }, KEY, (line) =>
    notes.push(line),
  );
  const leader = { host: '127.0.0.1', port: gathering.port };
  const note = (): void => {};
  const stranger = join({ clock: systemClock, leader, key: 'guessed', members: [memberHere('a')], note });
  await expect(stranger).resolves.toMatch(/key|gone/);
  const joined = join({
    clock: systemClock,
    leader,
    key: KEY,
    members: [memberHere('b'), memberHere('c')],
    note,
  });
  const { outcome } = await rehearse(server.url, {
    listeners: 9,
    hold: 1_500,
    members: async () => [...(await gathering.members(1)), memberHere('process 1')],
  });
  expect(outcome).toMatchObject({ arrived: 9, joined: 9, errors: {}, gaps: 0 });
  expect(outcome.generator).toMatchObject({ processes: 3, lost: [] });
  expect(outcome.delayMs!.p50).toBeLessThan(640);
  expect(await joined).toBe('done');
  expect(notes.some((line) => line.includes('did not join'))).toBe(true);
});

test.concurrent('a leader cannot aim machines at an address that has not consented', async () => {
  await using server = await badServer();
  const hits: string[] = [];
  const victim = createServer((request, response) => {
    hits.push(request.url ?? '');
    response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => victim.listen(0, '127.0.0.1', resolve));
  const { port } = victim.address() as AddressInfo;
  await using gathering = await openGathering(systemClock, { host: '127.0.0.1', port: 0 }, KEY, () => {});
  const leader = { host: '127.0.0.1', port: gathering.port };
  const { host: good } = new URL(server.url);
  const order = {
    slug: 'hall',
    codec: 'opus',
    listeners: 2,
    curve: { kind: 'step' },
    hold: 1_000,
    pages: 0,
    hls: 0,
    asPage: 0,
    from: [],
    startsIn: 0,
    clockOffset: 0,
    seed: 1,
  } as const;
  /** The result of a machine that joins for such an address: why it ended, and how many of its people heard sound. */
  const aimed = async (name: string, more: object = {}): Promise<[string, number]> => {
    tried += 1;
    const machine = memberHere('a', 100 + tried);
    const joined = join({ clock: systemClock, leader, key: KEY, members: [machine], note: () => {} });
    let [member] = await gathering.members(1);
    // The previous machine may not have left completely yet.
    while (member?.capacity !== 100 + tried) {
      await new Promise((resolve) => setTimeout(resolve, 5));
      [member] = await gathering.members(1);
    }
    let heard = 0;
    const told = Promise.withResolvers<void>();
    member!.onLost(() => told.resolve());
    member!.onSaid((said) => {
      if (said.kind === 'done') told.resolve();
      if (said.kind === 'second') heard += said.second.counts.joined ?? 0;
    });
    const address = { host: '127.0.0.1', port, tls: false, name };
    member!.tell({ kind: 'begin', order: { ...order, address, ...more } });
    const why = await joined;
    await told.promise;
    return [why, heard];
  };
  let tried = 0;
  try {
    // The name of a consenting server with the address of another: the crowd goes to the server that was asked.
    expect(await aimed(good)).toEqual(['done', 2]);
    expect(hits).toEqual([]);
    expect((await aimed(`127.0.0.1:${port}`))[0]).toMatch(/publishes no consent/);
    expect(hits).toEqual([CONSENT_PATH]);
    for (const name of [`${good}@127.0.0.1:${port}`, `127.0.0.1:${port}/${good}`, `127.0.0.1:${port}?x=`])
      expect((await aimed(name))[0]).toMatch(/not a rehearsal order/);
    expect((await aimed(good, { slug: 'hall HTTP/1.1\r\nX: y' }))[0]).toMatch(/not a rehearsal order/);
    // The consent lasts a minute by the clock of the machine that asks for it.
    expect((await aimed(good, { hold: 120_000, clockOffset: -3_600_000 }))[0]).toMatch(
      /before this rehearsal/,
    );
    expect(hits).toEqual([CONSENT_PATH]);
  } finally {
    victim.closeAllConnections();
    victim.close();
  }
});
