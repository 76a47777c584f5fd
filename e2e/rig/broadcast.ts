import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pipeline } from 'node:stream/promises';
import { setTimeout } from 'node:timers/promises';
import { open as openArchive, openReader } from '../../src/archive/index.ts';
import { systemClock } from '../../src/base/clock.ts';
import { silentLog } from '../../src/base/log.ts';
import {
  epochMs,
  FRAGMENT_TICKS,
  FRAGMENTS_PER_PART,
  fragmentAt,
  fragmentStart,
  ms,
  ticks,
} from '../../src/base/time.ts';
import { segmentTags } from '../../src/keys/segment-tags.ts';
import { type Origin, open as openOrigin } from '../../src/origin/index.ts';
import { open as openPackager } from '../../src/packager/index.ts';
import { EMPTY, type Message } from '../../src/wire/feed.ts';
import { RENDITIONS } from '../../src/wire/renditions.ts';
import { type RoomStatus, RUN_UP_MS } from '../../src/wire/room.ts';
import { foreignPage } from './foreign-players.ts';

const SLUG = 'room';

/** A running 440 Hz program: real packager, archive and origin behind a plain HTTP server, without stage and door. */
export interface Broadcast extends AsyncDisposable {
  /** `http://127.0.0.1:PORT/r/room` */
  readonly url: string;
  readonly origin: Origin;
  /** Stops the studio, and starts another after `absence` ms, which takes a second or two more to warm up. */
  restartStudio(absence: number): Promise<void>;
  /** Ends the room: the last fragments, the end message, the card. */
  end(): Promise<void>;
}

/** A page at `/hls.html` that plays the room with hls.js in the usual way, and records the events. */
const HLS_PAGE = `<!doctype html><title>hls.js</title><audio id="audio"></audio><script src="/hls.js"></script><script>
const audio = document.getElementById('audio');
window.events = [];
for (const name of ['waiting', 'stalled', 'error']) audio.addEventListener(name, () => events.push(name + ' at ' + audio.currentTime));
window.hls = new Hls({ lowLatencyMode: true, maxLiveSyncPlaybackRate: 1.1, backBufferLength: 20 });
hls.on(Hls.Events.ERROR, (_, data) => events.push('hls: ' + data.details));
hls.loadSource('/r/${SLUG}/live/main.m3u8');
hls.attachMedia(audio);
hls.on(Hls.Events.MANIFEST_PARSED, () => audio.play());
</script>`;

/**
 * 20 ms of the tone from `tick` on, both channels. A loop of 25 fragments has whole periods, so its phase is
 * continuous.
 */
export function tone(tick: number, out: Float32Array): void {
  for (let n = 0; n < 960; n++)
    out[2 * n] = out[2 * n + 1] = 0.5 * Math.sin((2 * Math.PI * 440 * ((tick + n) % 48_000)) / 48_000);
}

/**
 * Slots that the encoders may be behind while they produce the past of the program; with more of them they drop sound.
 */
const AHEAD = 8;

/** Options of a program. */
export interface BroadcastOptions {
  /** Loops that doors play while the studio is away and before the room opened, by rendition. Default: none. */
  readonly loops?: ReadonlyMap<string, { fragments: readonly Uint8Array[] }>;
  /** Age of the program when it opens, in ms; players accept a list only with some segments. Default 0. */
  readonly age?: number;
}

/** Starts a program with a tone of half scale in the given renditions, in real time; recordings go to `dir`. */
export async function broadcast(
  dir: string,
  renditions: readonly string[],
  { loops = new Map(), age = 0 }: BroadcastOptions = {},
): Promise<Broadcast> {
  const clock = systemClock;
  const zero = epochMs(clock.wall() - RUN_UP_MS - age);
  const kept = RENDITIONS.filter(({ id }) => renditions.includes(id));
  const archive = await openArchive({
    dir,
    clock,
    log: silentLog,
    renditions,
    closed: () => {},
    gap: () => {},
  });
  const tag = segmentTags(new Uint8Array(32));
  const origin = openOrigin({ clock, log: silentLog, archive: openReader(dir), holdWhileAway: true, tag });
  const say = (head: Message['head'], body: Uint8Array = EMPTY): void => origin.receive({ head, body });
  const card = (status: RoomStatus): void =>
    say({
      kind: 'rooms',
      rooms: [{ slug: SLUG, title: 'A tone', hosts: [], status, clocks: { opened: zero }, zero, cell: 0 }],
    });
  card('live');
  await archive.begin(SLUG, { zero, renditions: kept, title: 'A tone' });
  let last = 0;
  /** Acts as a cell: starts the program at a future slot. Resolves to a function that kills it. */
  const openStudio = async (past = 0): Promise<() => Promise<void>> => {
    const firstSeq = fragmentAt(zero, epochMs(clock.wall() - past)) + 6;
    let coded = firstSeq - 1;
    say({ kind: 'program', slug: SLUG, zero, renditions: kept });
    const packager = await openPackager({
      log: silentLog,
      renditions: kept,
      firstSeq,
      tag: (segment) => tag(SLUG, segment),
      init(init) {
        archive.init(SLUG, init);
        say({ kind: 'init', slug: SLUG, rendition: init.rendition }, init.bytes);
      },
      fragment(fragment) {
        last = fragment.seq;
        coded = fragment.seq;
        archive.fragment(SLUG, fragment);
        say(
          { kind: 'fragment', slug: SLUG, rendition: fragment.rendition, seq: fragment.seq },
          fragment.bytes,
        );
      },
    });
    const due = clock.now() + (fragmentStart(zero, firstSeq) - clock.wall());
    let block = 0;
    const samples = new Float32Array(1920);
    const timer = clock.every(ms(10), () => {
      for (; due + (block + 1) * 20 <= clock.now(); block++) {
        if (firstSeq + block / 16 > coded + AHEAD) break;
        const tick = firstSeq * FRAGMENT_TICKS + block * 960;
        tone(tick, samples);
        const mixed = { tick: ticks(tick), stereo: false, samples };
        packager.push(mixed);
        archive.block(SLUG, mixed);
      }
    });
    return async () => {
      timer[Symbol.dispose]();
      await packager[Symbol.asyncDispose]();
    };
  };
  const begin = fragmentAt(zero, epochMs(clock.wall() - age)) + 6;
  // Loops first: with the first fragment a door creates the part before it.
  say({ kind: 'program', slug: SLUG, zero, renditions: kept });
  for (const [rendition, { fragments }] of loops)
    say(
      { kind: 'standby', slug: SLUG, rendition, sizes: fragments.map(({ length }) => length) },
      Buffer.concat(fragments),
    );
  let closeStudio = await openStudio(age);
  archive.mark(SLUG, { kind: 'status', status: 'live', at: fragmentStart(zero, begin) });
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://door');
    if (url.pathname === '/hls.html') {
      response.writeHead(200, { 'content-type': 'text/html' }).end(HLS_PAGE);
      return;
    }
    const foreign = foreignPage(url.pathname);
    if (foreign) {
      response.writeHead(200, { 'content-type': foreign.type }).end(foreign.body);
      return;
    }
    const headers = request.headers as Record<string, string | undefined>;
    const gone = new AbortController();
    response.on('close', () => gone.abort());
    void Promise.resolve(origin.answer(url.pathname, url.searchParams, headers, gone.signal)).then(
      (reply) => {
        response.writeHead(reply?.status ?? 404, reply?.headers ?? {});
        const body = reply?.body ?? '';
        if (typeof body === 'string' || body instanceof Uint8Array) response.end(body);
        else return pipeline(body, response).catch(() => {});
      },
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // The past is complete: the newest slot is almost over.
  while (age > 0 && last < fragmentAt(zero, clock.wall()) - 3) await setTimeout(20);
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/r/${SLUG}`,
    origin,
    async restartStudio(absence) {
      await closeStudio();
      origin.cellDown(0);
      await setTimeout(absence);
      closeStudio = await openStudio();
    },
    async end() {
      // As in a studio: after the first half of a part.
      for (const now = last; last === now || last % FRAGMENTS_PER_PART !== 0; ) await setTimeout(5);
      await closeStudio();
      await archive.end(SLUG);
      say({ kind: 'end', slug: SLUG, last });
      card('ended');
    },
    async [Symbol.asyncDispose]() {
      await closeStudio();
      await archive[Symbol.asyncDispose]();
      await origin[Symbol.asyncDispose]();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
