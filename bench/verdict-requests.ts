/**
 * What it costs a door to summarise its requests: `node bench/verdict-requests.ts [--requests 2000000]`. Prints
 * nanoseconds of processor time a request while it is counted, ms for the end of a slot of 10 s and its longest piece, for several kinds of traffic; then what both are of one core at 50,000 requests a second (goal: 2 %).
 */
import { createHash, randomBytes } from 'node:crypto';
import { parseArgs } from 'node:util';
import { openHmac } from '../src/keys/hmac.ts';
import type { SentSlot } from '../src/verdict/live/request-slot.ts';
import { RequestSummary } from '../src/verdict/live/request-summary.ts';

const { values } = parseArgs({ options: { requests: { type: 'string', default: '2000000' } } });
const count = Number(values.requests);
const RATE = 50_000;
const SLOT = RATE * 10;
const PIECE = 5_000;
const agent = (i: number): string =>
  `Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${100 + (i % 40)}.0.0.0 Safari/537.36`;
const fresh = (text: string): string => Buffer.from(text).toString('latin1');
/** Addresses as connections hold them: one text for all their requests. */
const held: string[] = [];
const address = (i: number): string => {
  held[i] ??= fresh(`127.${(i >> 16) & 255}.${(i >> 8) & 255}.${i & 255}`);
  return held[i];
};
const random = (i: number): string => createHash('sha256').update(String(i)).digest('hex');

/** Ms of processor time of this process: the machine may be busy. */
const cpu = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

interface Kind {
  readonly name: string;
  /** What one request asks for; made before the clock runs. */
  make(i: number): { address: string; agent: string; target: string; status: number; known: boolean };
}
const KINDS: readonly Kind[] = [
  {
    name: '5,000 people, pages and beacons',
    make: (i) => ({
      address: address(i % 5000),
      agent: agent(i % 5000),
      target: '/r/hall/beacon',
      status: 204,
      known: true,
    }),
  },
  {
    name: 'one client, one page (keep-alive flood)',
    make: () => ({
      address: '127.0.0.1',
      agent: 'ApacheBench/2.3',
      target: '/r/hall',
      status: 200,
      known: true,
    }),
  },
  {
    name: '5,000 addresses, random unknown paths',
    make: (i) => ({
      address: address(i % 5000),
      agent: agent(i % 7),
      target: `/${random(i)}`,
      status: 404,
      known: false,
    }),
  },
  {
    name: '5,000 addresses, random queries',
    make: (i) => ({
      address: address(i % 5000),
      agent: agent(i % 7),
      target: `/?${random(i)}=${i}`,
      status: 200,
      known: true,
    }),
  },
  {
    name: '50 addresses, a new agent each time',
    make: (i) => ({
      address: address(i % 50),
      agent: `${agent(i)} ${i}`,
      target: '/r/hall',
      status: 200,
      known: true,
    }),
  },
  {
    name: '500,000 addresses in a slot',
    make: (i) => ({
      address: address(i % 500_000),
      agent: agent(1),
      target: '/r/hall',
      status: 200,
      known: true,
    }),
  },
];

console.log(
  '| traffic | ns a request | end of a slot, ms | pieces: 99th percentile, longest, ms | rows told, largest part in kB | of a core at 50,000 a second |',
);
console.log('|---|---|---|---|---|---|');
for (const { name, make } of KINDS) {
  const hmac = openHmac(randomBytes(32));
  const hash = (text: string): string => hmac(text).toString('hex');
  const summary = new RequestSummary({ door: 'door-0', life: 'bench', daily: hash, lasting: hash });
  let [spent, ending, largest, slots, rows] = [0, 0, 0, 0, 0];
  const pieces: number[] = [];
  let at = 1_800_000_000_000;
  const request = {
    ...{ at, address: '', agent: '', method: 'GET', target: '', status: 0, bytes: 900, referer: '' },
    ...{ duration: 3, work: 0.05, asks: undefined as 'page' | undefined },
  };
  for (let done = 0; done < count; done += SLOT) {
    for (let piece = 0; piece < SLOT; piece += PIECE) {
      // Texts as a socket gives them: new ones each time.
      const made = Array.from({ length: PIECE }, (_, i) => {
        const one = make(done + piece + i);
        return { ...one, agent: fresh(one.agent), target: fresh(one.target) };
      });
      const began = cpu();
      for (const one of made) {
        request.at = at + piece / 50;
        request.address = one.address;
        request.agent = one.agent;
        request.target = one.target;
        request.status = one.status;
        request.asks = one.known ? 'page' : undefined;
        summary.add(request);
      }
      spent += cpu() - began;
    }
    rows = 0;
    const ended = cpu();
    // As a door does it: pieces of a millisecond or 16 steps, each part as JSON.
    let steps: Generator<SentSlot | undefined> | undefined;
    do {
      const [began, used] = [performance.now(), process.threadCpuUsage()];
      steps ??= summary.end(at);
      for (let step = 0; steps && step < 16 && performance.now() < began + 1; step++) {
        const { value, done } = steps.next();
        if (done) steps = undefined;
        if (!value) continue;
        rows += value.clients.length;
        largest = Math.max(largest, Buffer.from(JSON.stringify(value)).length);
      }
      const { user, system } = process.threadCpuUsage(used);
      // Processor time of the loop's own thread: a busy machine takes turns from it.
      pieces.push(Math.min(performance.now() - began, (user + system) / 1000));
    } while (steps);
    ending += cpu() - ended;
    slots++;
    at += 10_000;
  }
  const ns = (spent * 1e6) / (slots * SLOT);
  const share = (ns * RATE) / 1e9 + ending / slots / 10_000;
  pieces.sort((a, b) => a - b);
  const part = (share: number): string =>
    (pieces[Math.min(pieces.length - 1, Math.floor(share * pieces.length))] ?? 0).toFixed(1);
  console.log(
    `| ${name} | ${ns.toFixed(0)} | ${(ending / slots).toFixed(0)} | ${part(0.99)}, ${part(1)} | ${rows}, ${(largest / 1000).toFixed(0)} | ${(share * 100).toFixed(1)} % |`,
  );
}
