/**
 * What it costs a door to account each request to its client, prefix and network, and to ask whether anything is to be
 * done about them: ns per request, beside reading the head of the same request. Run: `node bench/defence.ts [ROUNDS]`.
 */
import { systemClock } from '../src/base/clock.ts';
import { silentLog } from '../src/base/log.ts';
import { ms } from '../src/base/time.ts';
import { CostTable } from '../src/door/defence/cost-table.ts';
import { Defence } from '../src/door/defence/defence.ts';
import { WaitPasses } from '../src/door/defence/wait-pass.ts';
import { widerOf } from '../src/door/network/connection-limit.ts';
import { hashOf } from '../src/door/network/requesters.ts';
import { readFileHead } from '../src/door/request/file-head.ts';
import { FinishedRequests } from '../src/door/request/finished-request.ts';
import type { Requester } from '../src/door/socket/connection.ts';

/** Short rounds: the least of many is what it takes while nobody else has the processor. */
const REQUESTS = 50_000;
const ROUNDS = Number(process.argv[2] ?? 100);

const who = (n: number): Requester => {
  const prefix = `${10 + (n % 200)}.${(n >> 3) % 250}.${(n >> 5) % 250}`;
  const address = `${prefix}.${n % 250}`;
  return {
    ...{ address, agent: 'Browser', proxied: false, forwardedFor: undefined, network: { prefix, place: 0 } },
    ...{ key: hashOf(address, 7), prefixKey: hashOf(prefix, 7), networkKey: hashOf(widerOf(prefix), 7) },
  };
};

const opened = () =>
  new Defence({
    ...{ clock: systemClock, log: silentLog, mode: 'on', expiry: ms(600_000), strained: () => false },
    passes: new WaitPasses(new Uint8Array(32), () => Date.now()),
  });

/** The least of all rounds, ns for each. */
function measure(what: string, count: number, run: () => void): number {
  run();
  const times = Array.from({ length: ROUNDS }, () => {
    const began = process.hrtime.bigint();
    run();
    return Number(process.hrtime.bigint() - began) / count;
  });
  const least = Math.min(...times);
  console.log(`${what.padEnd(66)} ${least.toFixed(0).padStart(8)} ns`);
  return least;
}

for (const clients of [1_000, 20_000, 1_000_000]) {
  const people = Array.from({ length: clients }, (_, n) => who(n * 7919));
  const defence = opened();
  const finished = new FinishedRequests();
  finished.listen(defence.charge);
  const asked = () => ({ address: undefined, room: '', target: '/' });
  measure(`a request of one of ${clients} clients: told, accounted and asked about`, REQUESTS, () => {
    for (let i = 0; i < REQUESTS; i += 1) {
      const one = people[(i * 31) % clients] as Requester;
      defence.measure(one, asked);
      finished.tell(one, i, 'GET', '/r/hall/live/opus64/12.m4s', '', 200, 40_000, 20, 0);
    }
  });
}

const FIELDS =
  'Host: live.example\r\nUser-Agent: Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0\r\nAccept: */*';
const head = Buffer.from(`GET /r/hall/live/opus64/12.m4s HTTP/1.1\r\n${FIELDS}\r\n\r\n`);
const before = { fields: FIELDS, gzip: false };
measure('for comparison: reading the head of such a request', REQUESTS, () => {
  for (let i = 0; i < REQUESTS; i += 1) readFileHead(head, { headBytes: 18 * 1024, headers: 100 }, before);
});

const table = new CostTable(32_768);
for (let n = 0; n < 200_000; n += 1) table.charge(table.place(hashOf(String(n), 3)), 500, 0, 0);
measure('once a second: 32,768 full rows fade', 1, () => table.turn(1));
const defence = opened();
for (let n = 0; n < 200_000; n += 1)
  defence.charge({ requester: who(n), cpu: 500, bytes: 9, status: 200, path: '/' } as never);
measure('once a second: all tables, nobody above their share', 1, () => defence.turn());
