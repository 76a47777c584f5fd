import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { systemClock } from '../../base/clock.ts';
import { silentLog } from '../../base/log.ts';
import { FRAGMENT_MS, ms } from '../../base/time.ts';
import { LIMITS, open, openPages } from '../../door/index.ts';
import { openUring } from '../../native/uring.ts';

/** CPU cost of a trial for the serving thread, µs: one write to one listener, and one join. */
export interface Trial {
  readonly write: number;
  readonly join: number;
  readonly listeners: number;
}

/** Bytes of one fragment at 48 kbit/s with its boxes. */
const FRAGMENT_BYTES = 2_048;
const PERIOD_MS = 1_280;
const WORKER = fileURLToPath(new URL('./measured-crowd.ts', import.meta.url));

/**
 * Serves `listeners` connections over loopback with a real door for `seconds`. The crowd has its own thread, so that
 * only the door's time is counted; the kernel's receiving is included, as always on loopback.
 */
export async function measureDoor(listeners: number, seconds: number): Promise<Trial> {
  const clock = systemClock;
  const fragment = Buffer.alloc(FRAGMENT_BYTES, 2);
  const start = clock.now();
  let seq = 0;
  let hear: (slug: string, rendition: string, seq: number, bytes: Buffer) => void = () => {};
  // As a door of this machine would have it.
  const uring = await openUring();
  using _uring = typeof uring === 'string' ? undefined : uring;
  await using door = await open({
    ...(typeof uring === 'string' ? {} : { uring }),
    ...{ clock, log: silentLog, port: 0, host: '127.0.0.1', reusePort: false, name: 'measured' },
    origin: {
      onFragment: (listen) => {
        hear = listen;
      },
      onEnd() {},
      join: () => ({
        init: Buffer.alloc(700, 1),
        fragments: [{ seq, bytes: fragment }],
        untilNext: ms(Math.max(0, start + (seq + 1) * FRAGMENT_MS - clock.now())),
        period: ms(FRAGMENT_MS),
      }),
      answer: () => undefined,
      card: () => undefined,
      cards: () => [],
      state: () => undefined,
    },
    site: { socketPath: '' },
    cell: () => ({ socketPath: '' }),
    assets: new Map(),
    pages: openPages({ manifest: {} }),
    limits: LIMITS,
    backlog: 4096,
    delivery: () => ({ period: PERIOD_MS }),
  });
  using _fragments = clock.every(ms(20), () => {
    for (; clock.now() >= start + (seq + 1) * FRAGMENT_MS; ) hear('measured', 'opus64', ++seq, fragment);
  });
  const spent = (): number => {
    const { user, system } = process.threadCpuUsage();
    return user + system;
  };
  const idle = async (time: number): Promise<number> => {
    const before = spent();
    await new Promise((resolve) => clock.after(ms(time), () => resolve(undefined)));
    return spent() - before;
  };
  const crowd = new Worker(WORKER, { workerData: { port: door.port, listeners } });
  try {
    const before = spent();
    await new Promise<void>((resolve, reject) => {
      crowd.once('message', () => resolve());
      crowd.once('error', reject);
    });
    const join = (spent() - before) / listeners;
    // The first seconds are those of a program that has just been compiled.
    await idle(2 * PERIOD_MS);
    const periods = Math.max(1, Math.round((seconds * 1000) / PERIOD_MS));
    const write = (await idle(periods * PERIOD_MS)) / (periods * listeners);
    return { write, join, listeners };
  } finally {
    await crowd.terminate();
  }
}
