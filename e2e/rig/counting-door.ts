/**
 * A door that counts, with a running program, in a process of its own, in which addresses of this machine are charged like
 * others: `fork('counting-door.ts')`. It sends its port, and what it knows when it is asked.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { LIMITS, openNetworkList, openOwnSalts } from '../../src/door/index.ts';
import { segmentTags } from '../../src/keys/segment-tags.ts';
import { openSendQueue } from '../../src/native/tcp-info.ts';
import { openTestDoor } from '../../test/door.ts';
import { broadcast } from './broadcast.ts';

/** What it says when it is asked. */
export interface DoorReport {
  readonly metrics: string;
  /** MB of the process. */
  readonly memory: number;
  /** MB that are still used after all garbage was collected, buffers included; asked for by `kept`. */
  readonly kept?: number;
}

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
/** The second collection frees what the first one found to be over. */
function keptNow(): number {
  collect();
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return (heapUsed + external) / 1e6;
}

const dir = await mkdtemp(join(tmpdir(), 'earshot-counting-door-'));
const air = await broadcast(dir, ['opus64'], { age: 30_000 });
const sendQueue = await openSendQueue();
const door = await openTestDoor(air.origin, {
  limits: { ...LIMITS, loopbackCounts: true },
  audience: {
    ...{
      door: 0,
      sessionKey: new Uint8Array(32),
      tag: segmentTags(new Uint8Array(32)),
      salts: openOwnSalts(),
    },
    ...{ dataCentres: openNetworkList([]), shared: openNetworkList([]) },
    ...(typeof sendQueue === 'string' ? {} : { sendQueue }),
    outlet: { records() {}, events() {}, keys() {}, networks() {}, postCounts() {}, reachable: true },
  },
});
process.on('message', (message) => {
  if (message !== 'report' && message !== 'kept') return;
  const memory = process.memoryUsage.rss() / 1e6;
  const kept = message === 'kept' ? { kept: keptNow() } : {};
  process.send?.({ metrics: door.metrics(), memory, ...kept } satisfies DoorReport);
});
process.on('disconnect', () => {
  void (async () => {
    await door[Symbol.asyncDispose]();
    await air[Symbol.asyncDispose]();
    await rm(dir, { recursive: true, force: true });
    process.exit(0);
  })();
});
process.send?.(door.port);
