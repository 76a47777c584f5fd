/**
 * A real door with a synthetic origin: FRAGMENT bytes every 320 ms, written every PERIOD ms. It prints its port; with a
 * PORT it shares that one. It counts its audience, as every door does, unless it is asked not to.
 */
import { systemClock } from '../src/base/clock.ts';
import { silentLog } from '../src/base/log.ts';
import { FRAGMENT_MS, ms } from '../src/base/time.ts';
import { type DoorDeps, LIMITS, open, openNetworkList, openOwnSalts, openPages } from '../src/door/index.ts';
import { segmentTags } from '../src/keys/segment-tags.ts';
import { keyFor } from '../src/keys/signing-keys.ts';
import { openOpenssl } from '../src/native/openssl.ts';
import { openSendQueue } from '../src/native/tcp-info.ts';
import { openUring } from '../src/native/uring.ts';

const fragmentBytes = Number(process.argv[2] ?? 2048);
const period = Number(process.argv[3] ?? 960);
const port = Number(process.argv[4] ?? 0);
/** A folder with cert.pem and key.pem; if given, the door uses TLS. */
const certificate = process.argv[5];
const init = Buffer.alloc(700, 1);
const fragment = Buffer.alloc(fragmentBytes, 2);
const start = performance.now();
let seq = 0;
let listen: (slug: string, rendition: string, seq: number, bytes: Buffer) => void = () => {};

const uring = process.argv[6] === 'each' ? 'not asked for' : await openUring();
if (typeof uring === 'string') process.stderr.write(`no io_uring: ${uring}\n`);
const openssl = process.argv[6] === 'each' ? 'not asked for' : await openOpenssl();
if (typeof openssl === 'string') process.stderr.write(`no OpenSSL: ${openssl}\n`);
/** Counting, as in a real door: what it tells goes nowhere. */
async function counting(): Promise<Partial<DoorDeps>> {
  const sendQueue = await openSendQueue();
  const secret = new Uint8Array(32);
  return {
    audience: {
      ...{ door: 0, sessionKey: keyFor(secret, 'listening sessions'), tag: segmentTags(secret) },
      ...{ salts: openOwnSalts(), dataCentres: openNetworkList([]), shared: openNetworkList([]) },
      outlet: { records() {}, events() {}, keys() {}, networks() {}, postCounts() {}, reachable: true },
      ...(typeof sendQueue === 'string' ? {} : { sendQueue }),
    },
  };
}

const door = await open({
  ...(process.argv[7] === 'uncounted' ? {} : await counting()),
  ...(typeof openssl === 'string' ? {} : { openssl }),
  ...(typeof uring === 'string' ? {} : { uring }),
  clock: systemClock,
  log: silentLog,
  port,
  host: '127.0.0.1',
  reusePort: port > 0,
  name: 'bench',
  origin: {
    onFragment: (hear) => {
      listen = hear;
    },
    onEnd() {},
    join: () => ({
      init,
      fragments: [{ seq, bytes: fragment }],
      untilNext: ms(start + (seq + 1) * FRAGMENT_MS - performance.now()),
      period: ms(FRAGMENT_MS),
    }),
    answer: () => undefined,
    card: () => undefined,
    cards: () => [],
    state: () => undefined,
  },
  site: { socketPath: '/nonexistent' },
  cell: () => ({ socketPath: '/nonexistent' }),
  assets: new Map(),
  pages: openPages({ manifest: {} }),
  // Each /24 of this machine counts as a network, so that rows of attackers are distinguished from the listeners.
  limits: { ...LIMITS, loopbackCounts: true },
  backlog: 4096,
  delivery: () => ({ period }),
  ...(certificate
    ? {
        tls: {
          files: { cert: `${certificate}/cert.pem`, key: `${certificate}/key.pem` },
          later: false,
        },
      }
    : {}),
});
const next = (): void => {
  seq += 1;
  listen('bench', 'opus64', seq, fragment);
  setTimeout(next, Math.max(0, start + (seq + 1) * FRAGMENT_MS - performance.now()));
};
setTimeout(next, FRAGMENT_MS);
process.stdout.write(`${door.port}\n`);
