/**
 * Thousands of listeners, of whom 1,000 react and 500 raise a hand within one second, perhaps while one network tries
 * to raise many more: does everybody get one object of reactions a second, is the line complete and in order, and does
 * anybody's sound come later?
 *
 *   npm run bench -- hands-crowd [--listeners 10000] [--reactions 1000] [--hands 500] [--flood 0]
 *
 * The listeners are connections of crowd.c; reactions and hands come from 250 addresses of 127.0.0.0/8, the flood
 * from one more. Two windows of ten seconds are compared: a quiet one, and the one in which all this happens. Needs gcc.
 */
import { once } from 'node:events';
import { Agent, get, request } from 'node:http';
import { cpus, loadavg } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { handsOnDesk } from '../e2e/rig/hands.ts';
import { REACTIONS, type ReactionsTold, sumOfReactions } from '../src/wire/interaction/reactions.ts';
import type { OwnHand, RaisedHand } from '../src/wire/stage/hands.ts';
import { decodeState } from '../src/wire/state-box.ts';
import { openEvening } from './peers/evening.ts';
import { on, Workshop } from './peers/rig.ts';

const { values } = parseArgs({
  options: {
    listeners: { type: 'string', default: '10000' },
    reactions: { type: 'string', default: '1000' },
    hands: { type: 'string', default: '500' },
    flood: { type: 'string', default: '0' },
  },
});
const LISTENERS = Number(values.listeners);
const [REACTING, HANDS, FLOOD] = [Number(values.reactions), Number(values.hands), Number(values.flood)];
const RAMP_S = 15;
const WARM_S = 8;
const WINDOW_MS = 10_000;
const NETWORKS = 250;
/** An address of this machine for each of them; a door sees another network in each. */
const addressOf = (n: number): string => `127.77.${n % NETWORKS}.1`;

using workshop = new Workshop();
const program = workshop.compile('crowd');
await using evening = await openEvening('Hands', { EARSHOT_DOORS: '1' });
const { server, room } = evening;
const agents = new Map<string, Agent>();

/** POSTs from one address of this machine; status 0 when there is no answer. */
function post(
  from: string,
  path: string,
  body: object,
): Promise<{ status: number; said: unknown; after: number }> {
  const agent = agents.get(from) ?? new Agent({ keepAlive: true, maxSockets: 6, localAddress: from });
  agents.set(from, agent);
  return new Promise((resolve) => {
    const asked = request(
      {
        ...{ agent, host: '127.0.0.1', port: server.port, method: 'POST', timeout: 30_000 },
        path: `/r/${room.slug}${path}`,
        headers: { 'content-type': 'application/json' },
      },
      (answer) => {
        let text = '';
        answer.setEncoding('utf8');
        answer.on('data', (chunk) => {
          text += chunk;
        });
        answer.on('end', () => {
          let said: unknown;
          try {
            said = JSON.parse(text);
          } catch {
            said = text;
          }
          const after = Number(answer.headers['retry-after'] ?? 0);
          resolve({ status: answer.statusCode ?? 0, said, after });
        });
      },
    );
    asked.on('error', () => resolve({ status: 0, said: undefined, after: 0 }));
    asked.on('timeout', () => asked.destroy());
    asked.end(JSON.stringify(body));
  });
}

/** As the page does: whoever is told to wait, or gets no answer, tries again. */
const MOST_TRIES = 30;
const RETRY_MS = 2_000;
const answers = new Map<string, number>();
const note = (what: string, { status, said }: { status: number; said: unknown }): void => {
  const code = (said as { code?: string } | undefined)?.code ?? '';
  const key = `${what} ${status} ${code}`.trim();
  answers.set(key, (answers.get(key) ?? 0) + 1);
};
async function raise(from: string, n: number, tries = MOST_TRIES) {
  const wish = { name: `Person ${n}`, topic: `Topic ${n}`, device: `device-of-person-${n}`.padEnd(32, 'x') };
  for (let left = tries; ; left--) {
    const answer = await post(from, '/hand', wish);
    note('hand', answer);
    if (left === 1 || (answer.status !== 0 && answer.status !== 429 && answer.status < 500)) return answer;
    await pause(Math.max(RETRY_MS, answer.after * 1_000) * (0.7 + Math.random() * 0.6));
  }
}

const react = (n: number) =>
  post(addressOf(n), '/react', {
    device: `device-that-reacts-${n}`.padEnd(32, 'x'),
    reactions: { [REACTIONS[n % REACTIONS.length] ?? 'heart']: 1 },
  });

/** Every object of reactions that one listener's stream brings, from now on. */
const objects: (ReactionsTold & { readonly bytes: number })[] = [];
const stream = get(`${room.url}/stream?codec=opus`, { agent: false }, (answer) => {
  let pending: Buffer = Buffer.alloc(0);
  answer.on('data', (chunk: Buffer) => {
    pending = Buffer.concat([pending, chunk]);
    while (pending.length >= 8 && pending.length >= pending.readUInt32BE(0)) {
      const box = pending.subarray(0, pending.readUInt32BE(0));
      pending = pending.subarray(box.length);
      const told = box.toString('latin1', 4, 8) === 'emsg' ? decodeState(box)?.reactions : undefined;
      if (told && told.counts.length > 0) objects.push({ ...told, bytes: JSON.stringify(told).length });
    }
  });
});
stream.on('error', () => undefined);

/** So many calls of `run`, spread over a second. */
const spread = <T>(count: number, run: (n: number) => Promise<T>): Promise<T[]> =>
  Promise.all(
    Array.from({ length: count }, async (_, n) => {
      await pause((n * 1_000) / count);
      return run(n);
    }),
  );

const child = on(
  `0-${cpus().length - 1}`,
  program,
  [
    ...[server.port, `/r/${room.slug}/stream`, LISTENERS, LISTENERS / RAMP_S, WARM_S],
    ...[WINDOW_MS, 2, server.child('door', 0)],
  ].map(String),
);
const lines: string[] = [];
let begun = (): void => {};
const quietOver = new Promise<void>((resolve) => {
  begun = resolve;
});
let text = '';
child.stdout?.on('data', (chunk) => {
  text += chunk;
  const parts = text.split('\n');
  text = parts.pop() ?? '';
  lines.push(...parts.filter((part) => part.trim() !== ''));
  if (lines.length > 0) begun();
});
const over = once(child, 'close');
await quietOver;
const start = performance.now();
const [reactions, hands, flood] = await Promise.all([
  spread(REACTING, async (n) => {
    const answer = await react(n);
    note('reaction', answer);
    return answer;
  }),
  spread(HANDS, (n) => raise(addressOf(n), n)),
  spread(FLOOD, (n) => raise('127.78.0.1', HANDS + n, 1)),
]);
const took = performance.now() - start;
await over;
stream.destroy();
const counted = objects.reduce((sum, { counts }) => sum + sumOfReactions(counts), 0);
const seconds = new Set(objects.map(({ second }) => second)).size;

const taken = hands.flatMap(({ status, said }, n) =>
  status === 201 ? [{ n, hand: said as RaisedHand }] : [],
);
const places = new Map<number, number>();
for (const { n, hand } of taken) {
  const { said } = await post(addressOf(n), `/hand/${hand.id}/here`, {
    secret: hand.secret,
  });
  const { place } = said as OwnHand;
  if (place !== undefined) places.set(n, place);
}
const lost = taken.filter(({ n }) => !places.has(n)).length;
const moved = taken.filter(({ n, hand }) => places.get(n) !== hand.place).length;
const twice = places.size - new Set(places.values()).size;
const desk = (await handsOnDesk(server.url, room.slug, room.token)) ?? [];
const sorted = desk.every((hand, i) => i === 0 || hand.n > (desk[i - 1]?.n ?? 0));
const floodTaken = flood.filter(({ status }) => status === 201).length;
const floodRefused = flood.filter(({ status }) => status === 429).length;
interface Window {
  readonly gap_p99_ms: number;
  readonly open: number;
  readonly lost: number;
}
const [quiet, busy] = lines.map((line) => JSON.parse(line) as Window);
const period = (await evening.state())?.delivery.period ?? 0;
for (const agent of agents.values()) agent.destroy();

console.log(`
${LISTENERS} listeners; in one second ${REACTING} reactions and ${HANDS} hands from ${NETWORKS} networks, ${FLOOD} tries from one more; load ${loadavg()[0]?.toFixed(1)}

| figure | value |
|---|---|
| connections open, lost | ${busy?.open}, ${busy?.lost} |
| reactions answered with "counted"; found in the stream | ${reactions.filter(({ status }) => status === 204).length}; ${counted} |
| objects with reactions in the stream, in seconds; the largest | ${objects.length} in ${seconds}; ${Math.max(...objects.map(({ bytes }) => bytes))} bytes |
| hands taken / raised; refused | ${taken.length} / ${HANDS}; ${HANDS - taken.length} |
| taken and not in the line afterwards | ${lost} |
| in another place than was answered; two in one place | ${moved}; ${twice} |
| the ${desk.length} that the host sees are in order | ${sorted ? 'yes' : 'no'} |
| answers | ${[...answers].map(([what, count]) => `${what}: ${count}`).join('; ')} |
| all were answered after | ${(took / 1000).toFixed(1)} s |
| of the one network: taken, told to wait, other | ${floodTaken}, ${floodRefused}, ${FLOOD - floodTaken - floodRefused} |
| time between writes, p99: without hands, with them | ${quiet?.gap_p99_ms} ms, ${busy?.gap_p99_ms} ms |
| the same in periods of ${period} ms | ${((quiet?.gap_p99_ms ?? 0) / period).toFixed(2)}, ${((busy?.gap_p99_ms ?? 0) / period).toFixed(2)} |
`);
