/** A real door with one room, which counts; prints its port, and what became of its beacons when it is asked to end. */
import { systemClock } from '../src/base/clock.ts';
import { silentLog } from '../src/base/log.ts';
import { LIMITS, open, openNetworkList, openOwnSalts, openPages } from '../src/door/index.ts';
import { segmentTags } from '../src/keys/segment-tags.ts';
import { keyFor } from '../src/keys/signing-keys.ts';
import { openUring } from '../src/native/uring.ts';
import type { RoomCard } from '../src/wire/room.ts';

const secret = new Uint8Array(32).fill(Number(process.argv[2] ?? 1));
const card: RoomCard = {
  ...{ slug: 'bench', title: 'Bench', hosts: [], status: 'live', clocks: {}, zero: 0 },
};
const uring = await openUring();
if (typeof uring === 'string') process.stderr.write(`no io_uring: ${uring}\n`);
const door = await open({
  ...(typeof uring === 'string' ? {} : { uring }),
  ...{ clock: systemClock, log: silentLog, port: 0, host: '127.0.0.1', reusePort: false, name: 'bench' },
  origin: {
    onFragment() {},
    onEnd() {},
    join: () => 'not-found',
    answer: () => undefined,
    card: (slug) => (slug === 'bench' ? card : undefined),
    cards: () => [card],
    state: () => undefined,
  },
  site: { socketPath: '/nonexistent' },
  cell: () => ({ socketPath: '/nonexistent' }),
  assets: new Map(),
  pages: openPages({ manifest: {} }),
  limits: { ...LIMITS, requestsPerSocket: 1_000_000 },
  backlog: 4096,
  audience: {
    ...{ door: 0, sessionKey: keyFor(secret, 'listening sessions'), tag: segmentTags(secret) },
    ...{ salts: openOwnSalts(), dataCentres: openNetworkList([]), shared: openNetworkList([]) },
    outlet: { records() {}, events() {}, keys() {}, networks() {}, postCounts() {}, reachable: true },
  },
});
process.on('SIGTERM', () => {
  process.stdout.write(`${/beacons_total\{result="counted"\} (\d+)/.exec(door.metrics())?.[1]}\n`, () =>
    process.exit(0),
  );
});
process.stdout.write(`${door.port}\n`);
