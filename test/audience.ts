/** A door that counts, on a clock that the test moves, and what it tells of its audience. */
import { hash } from 'node:crypto';
import type { AudienceOptions, Door, DoorDeps, KeyBatch } from '../src/door/index.ts';
import { openNetworkList, openOwnSalts } from '../src/door/index.ts';
import { segmentTags } from '../src/keys/segment-tags.ts';
import { openSendQueue } from '../src/native/tcp-info.ts';
import type { Beacon } from '../src/wire/listening/beacon.ts';
import { readNetworkKeys } from '../src/wire/listening/network-keys.ts';
import { firstSegment, proofOf, sessionOf, WINDOW_SEGMENTS, windowAt } from '../src/wire/listening-proof.ts';
import { EXCLUSIONS, type Exclusion } from '../src/wire/metrics.ts';
import type { PostCountList } from '../src/wire/posts/post-figures.ts';
import type { RoomEvents } from '../src/wire/room-events.ts';
import { RECORD_BYTES, readRecord, type SessionRecord } from '../src/wire/session-record.ts';
import { type ManualClock, manualClock } from './clock.ts';
import { type FakeOrigin, fakeOrigin, openTestDoor, until, wire } from './door.ts';

/** A browser that counts. */
export const BROWSER =
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36';
/** The tags of the test's segments. */
export const tags = segmentTags(new Uint8Array(32).fill(2));
const FRAGMENT_MS = 320;

/** What a session was heard to have got, from its records. */
export interface Told {
  readonly session: bigint;
  readonly key: bigint;
  readonly transport: string;
  readonly flags: number;
  readonly exclusion: Exclusion;
  readonly room: string;
  readonly delivered: number;
  readonly proven: number;
  /** Proofs that were valid. */
  readonly proofs: number;
}

/** A door that counts, and what it told. */
export interface CountingDoor extends AsyncDisposable {
  readonly door: Door;
  readonly clock: ManualClock;
  readonly origin: FakeOrigin;
  /** The newest record of each session and minute. */
  readonly records: Map<string, SessionRecord & { readonly slug: string }>;
  readonly events: Map<string, RoomEvents>;
  /** Listener keys that did something. */
  readonly keys: KeyBatch[];
  /** What was told of posts, in order. */
  readonly posts: PostCountList[number][];
  /** Hashes of the networks that were told. */
  networks(): readonly number[];
  /** Messages with records. */
  readonly messages: () => number;
  /** All sessions, with the sums of their minutes. */
  sessions(): Told[];
  /** Sound for so many seconds, each fragment at its time; `each`: called after each. */
  play(seconds: number, each?: () => Promise<void> | void): Promise<void>;
  /** Time until everything is told. */
  tell(): Promise<void>;
}

/** Opens it with one room, `room`, that began at the wall clock's `zero`. */
export async function openCountingDoor(
  over: Partial<DoorDeps> = {},
  counting: Partial<AudienceOptions> = {},
): Promise<CountingDoor> {
  const clock = manualClock();
  const origin = fakeOrigin();
  const card = origin.rooms.get('room');
  // Fragment 100 is due now.
  if (card) origin.rooms.set('room', { ...card, zero: clock.wall() - 100 * FRAGMENT_MS });
  const records: CountingDoor['records'] = new Map();
  const events: CountingDoor['events'] = new Map();
  const keys: KeyBatch[] = [];
  const networks = new Set<number>();
  const posts: CountingDoor['posts'] = [];
  let messages = 0;
  const sendQueue = await openSendQueue();
  const options: AudienceOptions = {
    ...{ door: 3, sessionKey: new Uint8Array(32).fill(1), tag: tags, salts: openOwnSalts() },
    ...{ dataCentres: openNetworkList([]), shared: openNetworkList(['127.0.0.0/8']) },
    ...(typeof sendQueue === 'string' ? {} : { sendQueue }),
    outlet: {
      reachable: true,
      postCounts: (_, counts) => void posts.push(...counts),
      records(rooms, bytes) {
        messages += 1;
        const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
        for (let at = 0; at < bytes.length; at += RECORD_BYTES) {
          const record = readRecord(view, at);
          if (record)
            records.set(`${record.session} ${record.minute}`, { ...record, slug: rooms[record.room] ?? '' });
        }
      },
      keys: (batch) => void keys.push(batch),
      networks(bytes) {
        for (const { network } of readNetworkKeys(bytes)) networks.add(network);
      },
      events(rooms) {
        for (const [slug, counts] of Object.entries(rooms)) events.set(slug, counts);
      },
    },
    ...counting,
  };
  const door = await openTestDoor(origin, { clock, audience: options, ...over });
  return {
    ...{ door, clock, origin, records, events, keys, posts, messages: () => messages },
    networks: () => [...networks],
    sessions: () => summed(records.values()),
    async play(seconds, each) {
      const until = clock.now() + seconds * 1000;
      while (clock.now() + FRAGMENT_MS <= until) {
        clock.advance(FRAGMENT_MS);
        origin.tick();
        // The writes of a period are spread over it.
        clock.advance(0);
        await each?.();
        await settled();
      }
      clock.advance(until - clock.now());
    },
    async tell() {
      await settled();
      clock.advance(10_000 - (clock.wall() % 10_000) + 4_100);
    },
    [Symbol.asyncDispose]: () => door[Symbol.asyncDispose](),
  };
}

/** Lets sockets of this machine carry what was written. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function summed(records: Iterable<SessionRecord & { readonly slug: string }>): Told[] {
  const found = new Map<bigint, Told>();
  const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
  for (const record of [...records].sort((a, b) => a.minute - b.minute)) {
    const { session, key, transport, flags, slug } = record;
    const before = found.get(session);
    found.set(session, {
      ...{ session, key, transport, flags, room: slug },
      exclusion: EXCLUSIONS[record.exclusion] ?? 'none',
      delivered: (before?.delivered ?? 0) + sum(record.delivered),
      proven: (before?.proven ?? 0) + sum(record.proven),
      proofs: (before?.proofs ?? 0) + record.proofs.filter(Boolean).length,
    });
  }
  return [...found.values()];
}

/** A GET of the stream, or of another path, by a browser or another agent; '' for none. */
export const get = (path: string, agent = BROWSER, headers = ''): string =>
  `GET ${path} HTTP/1.1\r\nHost: x\r\n${agent === '' ? '' : `User-Agent: ${agent}\r\n`}${headers}\r\n`;

/** A POST with a body. */
export const post = (path: string, body: string, agent = BROWSER, headers = ''): string =>
  `POST ${path} HTTP/1.1\r\nHost: x\r\nUser-Agent: ${agent}\r\n${headers}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;

/** The session that an answer gives. */
export const sessionOfAnswer = (text: string): string =>
  /\r\nearshot-session: (\S+)/.exec(text)?.[1] ?? /"session":"([^"]+)"/.exec(text)?.[1] ?? '';

/** A beacon about the window in which a segment falls, or of the window before it when that is not whole. */
export function beaconFor(token: string, segment: number, more: Partial<Beacon> = {}): Beacon {
  const session = sessionOf(token) ?? new Uint8Array(8);
  const at = windowAt(session, segment);
  const whole = firstSegment(session, at) + WINDOW_SEGMENTS - 1 <= segment;
  const window = more.window ?? (whole ? at : at - 1);
  const segments = more.segments ?? WINDOW_SEGMENTS;
  const proof = proofOf(
    { session, window, segments },
    (one) => tags('room', one),
    (bytes) => hash('sha256', bytes, 'buffer'),
  );
  return {
    ...{ session: token, way: 'stream', window, segments, proof: proof ?? '', seconds: 30 },
    ...{ audible: true, hidden: false },
    ...more,
  };
}

/** Sends a request and returns the whole answer. */
export async function ask(port: number, request: string): Promise<string> {
  const answer = wire(port, request);
  await answer.has();
  const length = Number(/\r\ncontent-length: (\d+)/i.exec(answer.text())?.[1] ?? 0);
  await until(() => answer.body().length >= length);
  answer.socket.destroy();
  return answer.text();
}
