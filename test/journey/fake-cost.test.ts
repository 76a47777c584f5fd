/**
 * What a fake listener costs: bytes that it has to receive for each second for which it is counted in the headline,
 * divided by the bitrate. The real door and the tally's count, on a clock that runs faster than any other.
 */
import { hash } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { expect, test } from 'vitest';
import { countingRules } from '../../src/audience/definitions.ts';
import { AudienceRoom } from '../../src/audience/room.ts';
import {
  firstSegment,
  proofOf,
  sessionOf,
  WINDOW_SEGMENTS,
  windowAt,
} from '../../src/wire/listening-proof.ts';
import type { Exclusion } from '../../src/wire/metrics.ts';
import { RECORD_BYTES, writeRecord } from '../../src/wire/session-record.ts';
import { BROWSER, type CountingDoor, get, openCountingDoor, post, tags } from '../audience.ts';
import { until } from '../door.ts';

const FRAGMENT_BYTES = 2_560;
const FRAGMENT_S = 0.32;
const PER_SEGMENT = 16;
const BITRATE = FRAGMENT_BYTES / FRAGMENT_S;
const SEGMENT = Buffer.alloc(PER_SEGMENT * FRAGMENT_BYTES, 7);
/** Simulated seconds that are measured, after those of coming in. */
const MEASURED_S = 600;
const FROM_S = 80;
const SLOT_MS = 10_000;
/** Records of a slot are there this long after it. */
const TOLD_MS = 4_500;

/** A connection that keeps no sound, only the head of its answer and the number of bytes. */
interface Tap {
  readonly socket: Socket;
  head: string;
}

/** The programs of one kind, and the evening that they spend. */
class Evening {
  readonly counting: CountingDoor;
  readonly taps: Tap[] = [];
  readonly each: ((segment: number) => Promise<void>)[] = [];
  readonly #room = new AudienceRoom('room', { rules: countingRules({ caches: false }) });

  constructor(counting: CountingDoor) {
    this.counting = counting;
    this.#room.memory.opened = counting.clock.wall();
    const body = (path: string) => (path.endsWith('.m4s') ? SEGMENT : '#EXTM3U\n');
    counting.origin.answers = (path) => Promise.resolve({ status: 200, headers: {}, body: body(path) });
  }

  tap(request: string): Tap {
    const socket = connect({ port: this.counting.door.port, host: '127.0.0.1' });
    const tap: Tap = { socket, head: '' };
    socket.on('data', (chunk) => {
      if (tap.head.length < 4_000) tap.head += chunk.toString('latin1', 0, 4_000);
    });
    socket.on('error', () => undefined);
    socket.write(request);
    this.taps.push(tap);
    return tap;
  }

  /** A listener of the stream; the token that it was given, once it was. */
  stream(agent = BROWSER, session = 'new'): () => string {
    const tap = this.tap(get(`/r/room/stream?margin=0&session=${session}`, agent));
    return () => /\r\nearshot-session: (\S+)/.exec(tap.head)?.[1] ?? '';
  }

  /** A session for files. */
  async session(way: string, agent = BROWSER): Promise<string> {
    const tap = this.tap(post('/r/room/session', JSON.stringify({ way }), agent));
    await until(() => tap.head.includes('"session":"'));
    return /"session":"([^"]+)"/.exec(tap.head)?.[1] ?? '';
  }

  async beacon(way: string, token: string, window: number, segments: number, proof: string): Promise<void> {
    const body = { session: token, way, window, segments, proof, seconds: 30, audible: true, hidden: false };
    const tap = this.tap(post('/r/room/beacon', JSON.stringify(body)));
    await until(() => tap.head.includes(' 204 '));
    tap.socket.destroy();
  }

  /** Proves every whole window from tags that it has or was told, as our player does. */
  proves(way: string, token: () => string): void {
    this.each.push(async (segment) => {
      const session = sessionOf(token());
      if (!session) return;
      const window = windowAt(session, segment);
      if (firstSegment(session, window) + WINDOW_SEGMENTS - 1 !== segment) return;
      const segments = WINDOW_SEGMENTS;
      const proof = proofOf({ session, window, segments }, (one) => tags('room', one), sha);
      if (proof) await this.beacon(way, token(), window, segments, proof);
    });
  }

  /** Fetches some segments of each window, and proves `segments` of it when it has the tags that this takes. */
  async downloads(takes: (place: number, segment: number) => boolean, segments: number): Promise<void> {
    const token = await this.session('hls');
    const session = sessionOf(token) as Uint8Array;
    const kept = this.tap('');
    const has = new Set<number>();
    this.each.push(async (segment) => {
      const window = windowAt(session, segment);
      const place = segment - firstSegment(session, window);
      if (takes(place, segment)) {
        const all = kept.socket.bytesRead + SEGMENT.length;
        kept.socket.write(get(`/r/room/live/opus64/${segment}.m4s?session=${token}`));
        await until(() => kept.socket.bytesRead >= all);
        has.add(segment);
      }
      if (place !== segments - 1) return;
      const known = (one: number) => (has.has(one) ? tags('room', one) : undefined);
      const proof = proofOf({ session, window, segments }, known, sha);
      if (proof) await this.beacon('hls', token, window, segments, proof);
    });
  }

  /** Lets the evening pass. */
  async run(
    measured: number,
  ): Promise<{ readonly bytes: number; readonly counted: number; readonly excluded: object }> {
    const { clock, origin } = this.counting;
    const begin = clock.now();
    let [segment, sampledAt, counted, before] = [Number.NaN, clock.wall() as number, 0, 0];
    while (clock.now() - begin < (FROM_S + measured) * 1000) {
      clock.advance(FRAGMENT_S * 1000);
      const seq = origin.tick(FRAGMENT_BYTES);
      clock.advance(0);
      await new Promise((resolve) => setImmediate(resolve));
      const newest = Math.floor((seq + 1) / PER_SEGMENT) - 1;
      if (newest !== segment && !Number.isNaN(segment)) for (const one of this.each) await one(newest);
      segment = newest;
      const at = Math.floor((clock.wall() - TOLD_MS) / SLOT_MS) * SLOT_MS;
      if (at <= sampledAt) continue;
      sampledAt = at;
      const many = this.#sample(at);
      if (clock.now() - begin < FROM_S * 1000) before = this.#received();
      else counted += many * (SLOT_MS / 1000);
    }
    const bytes = this.#received() - before;
    for (const { socket } of this.taps) socket.destroy();
    return { bytes, counted, excluded: this.#room.numbers(clock.wall()).excluded };
  }

  #received(): number {
    return this.taps.reduce((sum, { socket }) => sum + socket.bytesRead, 0);
  }

  #sample(at: number): number {
    const bytes = new Uint8Array(RECORD_BYTES);
    for (const record of this.counting.records.values()) {
      writeRecord(new DataView(bytes.buffer), 0, { ...record, room: 0 });
      this.#room.record(new Int32Array(bytes.buffer), 0);
    }
    return this.#room.sample(at)?.m ?? 0;
  }
}
const sha = (bytes: Uint8Array): Uint8Array => hash('sha256', bytes, 'buffer');

interface Kind {
  readonly name: string;
  readonly come: (evening: Evening) => Promise<void> | void;
  /** Why they do not count; absent: they may. */
  readonly named?: Exclusion;
  /** The least that it may cost; Infinity: it is never in the headline. */
  readonly least: number;
  /** Default: `MEASURED_S`. */
  readonly measured?: number;
  /** The most that it costs, so that a change for the better is noticed as well. Default: half more than the least. */
  readonly most?: number;
}
const KINDS: readonly Kind[] = [
  {
    name: 'a listener who is none of these',
    come: (evening) => evening.proves('stream', evening.stream()),
    least: 0.95,
  },
  {
    name: 'relayed tags: proofs of sound that another program received',
    come: async (evening) => {
      const [way, token] = ['hls', await evening.session('hls')];
      evening.proves(way, () => token);
    },
    ...{ named: 'proof-without-bytes', least: Number.POSITIVE_INFINITY },
  },
  {
    name: 'proofs without bytes, by a player of the stream',
    come: async (evening) => {
      const token = await evening.session('stream');
      evening.proves('stream', () => token);
    },
    ...{ named: 'proof-without-bytes', least: Number.POSITIVE_INFINITY },
  },
  {
    name: 'half of the segments, those of which a window can be proven early',
    come: (evening) => evening.downloads((place) => place < 3, 3),
    ...{ least: 0.5, most: 1 },
  },
  {
    name: 'every other segment, proven when it happens to have the right two',
    come: (evening) => evening.downloads((place) => place % 2 === 1, WINDOW_SEGMENTS),
    ...{ least: 0.5, most: Number.POSITIVE_INFINITY },
  },
  {
    name: 'a third of the segments, proven as early as can be',
    come: (evening) => evening.downloads((place) => place < 2, 2),
    ...{ least: 1, most: Number.POSITIVE_INFINITY },
  },
  {
    name: 'bytes without proofs',
    come: (evening) => void evening.stream(),
    ...{ named: 'bytes-without-proof', least: Number.POSITIVE_INFINITY },
  },
  {
    name: 'a hundred sessions of one address and one name',
    come: (evening) => {
      for (let i = 0; i < 100; i += 1) evening.proves('stream', evening.stream());
    },
    ...{ named: 'many-sessions', least: Number.POSITIVE_INFINITY, measured: 60 },
  },
  {
    name: 'no user agent',
    come: (evening) => evening.proves('stream', evening.stream('')),
    ...{ named: 'no-agent', least: Number.POSITIVE_INFINITY },
  },
  {
    name: 'a headless browser that says so',
    come: (evening) =>
      evening.proves('stream', evening.stream('Mozilla/5.0 (X11; Linux) HeadlessChrome/148.0.0.0')),
    ...{ named: 'headless', least: Number.POSITIVE_INFINITY },
  },
  {
    name: 'one token on five connections, proven once: for all five together',
    come: async (evening) => {
      const token = evening.stream();
      await until(() => token() !== '');
      for (let i = 0; i < 4; i += 1) evening.stream(BROWSER, token());
      evening.proves('stream', token);
    },
    ...{ named: 'replayed-token', least: 4.5 },
  },
  {
    name: 'a radio, which cannot prove anything and is shown in a part of its own',
    come: (evening) => void evening.tap(get('/r/room/radio.mp3?margin=0', 'VLC/3.0.20')),
    least: 0.95,
  },
];

const rows: string[] = [];
test.each(KINDS)(
  '$name',
  async ({ name, come, named, least, most = least * 1.5, measured = MEASURED_S }) => {
    await using counting = await openCountingDoor();
    counting.origin.tick(FRAGMENT_BYTES);
    const evening = new Evening(counting);
    await come(evening);
    const { bytes, counted, excluded } = await evening.run(measured);
    const cost = counted === 0 ? Number.POSITIVE_INFINITY : bytes / counted / BITRATE;
    const share = bytes / BITRATE / measured;
    rows.push(
      `| ${name} | ${share.toFixed(2)} | ${counted} of ${measured} | ${Number.isFinite(cost) ? cost.toFixed(2) : 'never counted'} | ${named ?? ''} |`,
    );
    if (rows.length === KINDS.length) console.log(rows.join('\n'));
    if (named) expect(excluded).toHaveProperty(named);
    expect(cost).toBeGreaterThanOrEqual(least);
    if (Number.isFinite(least)) expect(cost).toBeLessThanOrEqual(most);
  },
  120_000,
);
