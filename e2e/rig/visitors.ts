/**
 * People who come to a room, and a bounded attack beside them, from a process of its own: `node visitors.ts URL SLUG PLAN`,
 * the plan as JSON. People come by chance at a rate that steps up within seconds, each from an address and with a browser
 * of their own: they load the page, its files unless they have them, then hear the stream. Prints what was answered when
 * it is stopped.
 */
import { Agent, type IncomingMessage, request } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { dice } from '../../test/evening/logged.ts';
import { BROWSERS } from '../../test/evening/people.ts';

/** Who comes when. Times are seconds from the start. */
export interface VisitorPlan {
  readonly seed: number;
  /** People a second before the step, how many times as many after it, when it is, and how long it takes. */
  readonly base: number;
  readonly factor: number;
  readonly at: number;
  readonly rise: number;
  /** Middle of how long somebody hears. */
  readonly stay: number;
  /** Sources that ask for the room's page again and again, together `rate` times a second. */
  readonly attack?: { readonly from: number; readonly rate: number; readonly sources: number };
}

/** What came back. */
export interface VisitorReport {
  readonly people: number;
  readonly heard: number;
  /** Answers by status, and errors by their code. */
  readonly answers: Readonly<Record<string, number>>;
  readonly attackers: Readonly<Record<string, number>>;
}

const [url = '', slug = '', text = '{}'] = process.argv.slice(2);
const plan = JSON.parse(text) as VisitorPlan;
const { hostname, port } = new URL(url);
const d = dice(plan.seed);
const PATIENCE_MS = 30_000;
const MOST_FILES = 8;
const MOST_PEOPLE = 2_000;

const answers: Record<string, number> = {};
const attackers: Record<string, number> = {};
let [people, heard, here] = [0, 0, 0];

interface Client {
  readonly agent: Agent;
  readonly name: string;
  readonly counts: Record<string, number>;
}
const clientOf = (
  localAddress: string,
  name: string,
  counts: Record<string, number>,
  sockets = 4,
): Client => ({
  agent: new Agent({ keepAlive: true, maxSockets: sockets, localAddress }),
  name,
  counts,
});

/** One request; undefined when nothing came back. */
function ask({ agent, name, counts }: Client, path: string): Promise<IncomingMessage | undefined> {
  const count = (what: string): void => {
    counts[what] = (counts[what] ?? 0) + 1;
  };
  return new Promise((resolve) => {
    const asked = request({ hostname, port, path, agent, headers: { 'user-agent': name } });
    asked.setTimeout(PATIENCE_MS, () => asked.destroy(new Error('timeout')));
    asked.on('error', (error: NodeJS.ErrnoException) => {
      count(error.code ?? error.message);
      resolve(undefined);
    });
    asked.on('response', (answer) => {
      answer.on('error', () => undefined);
      count(String(answer.statusCode));
      resolve(answer);
    });
    asked.end();
  });
}

async function textOf(answer: IncomingMessage | undefined): Promise<string> {
  let got = '';
  try {
    for await (const chunk of answer ?? []) got += String(chunk);
  } catch {
    // It was cut: what there is of it counts.
  }
  return got;
}

/** Somebody who comes, looks, listens and goes. */
async function come(n: number): Promise<void> {
  here += 1;
  people += 1;
  const stay = d.logNormal(plan.stay, 0.7) * 1000;
  const [returning, pauses] = [d() < 0.35, d.logNormal(700, 0.6)];
  const address = `127.${24 + (n % 40)}.${Math.floor(n / 40) % 250}.${1 + (n % 200)}`;
  const client = clientOf(address, BROWSERS[d.zipf(BROWSERS.length)] ?? '', answers);
  const page = await textOf(await ask(client, `/r/${slug}`));
  const files = [...new Set([...page.matchAll(/(?:href|src)="(\/_\/[^"]+)"/g)].map(([, path = '']) => path))];
  if (!returning)
    await Promise.all(files.slice(0, MOST_FILES).map(async (path) => textOf(await ask(client, path))));
  await pause(pauses);
  const stream = await ask(client, `/r/${slug}/stream?codec=opus`);
  if (stream) {
    if (stream.statusCode === 200) heard += 1;
    stream.resume();
    await Promise.race([pause(stay), new Promise((resolve) => stream.once('close', resolve))]);
    stream.destroy();
  }
  client.agent.destroy();
  here -= 1;
}

const began = performance.now();
const seconds = (): number => (performance.now() - began) / 1000;
const rateNow = (): number =>
  plan.base * (1 + (plan.factor - 1) * Math.min(1, Math.max(0, (seconds() - plan.at) / plan.rise)));

async function crowd(): Promise<void> {
  for (let n = 0; ; n += 1) {
    await pause(d.exponential(1000 / rateNow()));
    if (here < MOST_PEOPLE) void come(n);
  }
}

async function attack({ from, rate, sources }: NonNullable<VisitorPlan['attack']>): Promise<void> {
  await pause(from * 1000);
  const clients = Array.from({ length: sources }, (_, i) =>
    clientOf(`127.${90 + (i % 40)}.${i % 250}.7`, BROWSERS[0] ?? '', attackers, 8),
  );
  for (let turn = 0; ; turn += 1) {
    const client = clients[turn % sources];
    if (client) void ask(client, `/r/${slug}`).then((answer) => answer?.resume());
    await pause(Math.max(1, (turn / rate) * 1000 - (seconds() - from) * 1000));
  }
}

void crowd();
if (plan.attack) void attack(plan.attack);
process.on('SIGTERM', () => {
  const told: VisitorReport = { people, heard, answers, attackers };
  process.stdout.write(`${JSON.stringify(told)}\n`, () => process.exit(0));
});
