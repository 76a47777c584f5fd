/**
 * A real door with a real origin and synthetic sound: one rendition, fragments of 2 kB. Prints its port, then runs.
 *
 *   node bench/hls-door.ts still      # 40 s of program, then no more: addresses stay valid
 *   node bench/hls-door.ts live ZERO  # a fragment every 320 ms from ZERO (wall-clock ms) on
 */
import { systemClock } from '../src/base/clock.ts';
import { silentLog } from '../src/base/log.ts';
import { FRAGMENT_MS, FRAGMENTS_PER_SEGMENT } from '../src/base/time.ts';
import { LIMITS, open, openPages } from '../src/door/index.ts';
import { segmentTags } from '../src/keys/segment-tags.ts';
import { openUring } from '../src/native/uring.ts';
import { open as openOrigin } from '../src/origin/index.ts';
import { EMPTY } from '../src/wire/feed.ts';
import { RENDITIONS } from '../src/wire/renditions.ts';

const live = process.argv[2] === 'live';
const HISTORY = 8 * FRAGMENTS_PER_SEGMENT;
const slug = 'bench';
const rendition = 'opus64';
const zero = live ? Number(process.argv[3]) - HISTORY * FRAGMENT_MS : Date.now() - HISTORY * FRAGMENT_MS;
const bytes = Buffer.alloc(2048, 2);

const origin = openOrigin({
  clock: systemClock,
  log: silentLog,
  archive: { describe: async () => undefined, read: async () => undefined } as never,
  holdWhileAway: false,
  tag: segmentTags(new Uint8Array(32)),
});
const renditions = RENDITIONS.filter(({ id }) => id === rendition);
origin.receive({
  head: {
    kind: 'rooms',
    rooms: [{ slug, title: 'Bench', hosts: [], status: 'live', clocks: {}, zero, cell: 0 }],
  },
  body: EMPTY,
});
origin.receive({ head: { kind: 'program', slug, zero, renditions }, body: EMPTY });
origin.receive({ head: { kind: 'init', slug, rendition }, body: Buffer.alloc(700, 1) });
const put = (seq: number): void =>
  origin.receive({ head: { kind: 'fragment', slug, rendition, seq }, body: bytes });
for (let seq = 0; seq < HISTORY; seq += 1) put(seq);

const uring = await openUring();
const door = await open({
  ...(typeof uring === 'string' ? {} : { uring }),
  clock: systemClock,
  log: silentLog,
  port: 0,
  host: '127.0.0.1',
  reusePort: false,
  name: 'bench',
  origin,
  site: { socketPath: '/nonexistent' },
  cell: () => ({ socketPath: '/nonexistent' }),
  assets: new Map(),
  pages: openPages({ manifest: {} }),
  limits: { ...LIMITS, requestsPerSocket: 1_000_000 },
  backlog: 4096,
});
if (live) {
  let seq = HISTORY;
  const next = (): void => {
    while (zero + (seq + 1) * FRAGMENT_MS <= Date.now()) put(seq++);
    setTimeout(next, zero + (seq + 1) * FRAGMENT_MS - Date.now());
  };
  next();
} else setInterval(() => undefined, 60_000);
process.stdout.write(`${door.port}\n`);
