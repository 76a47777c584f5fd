/** A live room of a whole server, people who come to it as a crowd, and what is published about them. */
import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import type { Incident } from '../../src/incident/index.ts';
import { type MadeRoom, outside, type Server, startServer, until } from './server.ts';
import type { VisitorPlan, VisitorReport } from './visitors.ts';

const VISITORS = fileURLToPath(new URL('visitors.ts', import.meta.url));
/** Three slots of ten seconds, which a rise needs before it; people a second before and after the step. */
export const CROWD: VisitorPlan = { seed: 11, base: 1.2, factor: 10, at: 38, rise: 3, stay: 20 };

export interface Evening {
  readonly server: Server;
  readonly room: MadeRoom;
  /** Since when people come, ms of `performance`. */
  readonly began: number;
  incidents(): Promise<Incident[]>;
  /** Stops the people; what they were answered. */
  over(): Promise<VisitorReport>;
}

/** Asks until it is answered: a connection to a door that stands still ends, and the next one may meet another. */
export async function asked(url: string): Promise<Response> {
  for (let tries = 0; ; tries += 1)
    try {
      return await fetch(url, { headers: { connection: 'close' }, signal: AbortSignal.timeout(3_000) });
    } catch (error) {
      if (tries === 20) throw error;
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
}

/** A live room, and people who come to it, until the test is over. `atEnd`: what a test has that runs beside others. */
export async function evening(
  plan: VisitorPlan,
  atEnd: typeof onTestFinished = onTestFinished,
): Promise<Evening> {
  const server = await startServer({ EARSHOT_DOORS: '2', EARSHOT_CELLS: '1' });
  atEnd(() => server[Symbol.asyncDispose]());
  const room = await server.room('A crowd');
  await fetch(`${server.url}/api/rooms/${room.slug}/live`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${room.token}` },
    body: '{}',
  });
  const child: ChildProcess = spawn(
    process.execPath,
    [VISITORS, server.url, room.slug, JSON.stringify(plan)],
    {
      env: outside(),
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  atEnd(() => void child.kill('SIGKILL'));
  let out = '';
  child.stdout?.on('data', (chunk) => (out += chunk));
  const list = async (): Promise<Incident[]> => {
    // Who asks more than five times a second for the same is taken for an attacker, and rightly.
    await new Promise((resolve) => setTimeout(resolve, 1500));
    const page = await (await asked(`${server.url}/incidents`)).text();
    const ids = [...page.matchAll(/href="incidents\/(\d{8}-\d{6}b*)\.html"/g)].map(([, id = '']) => id);
    return Promise.all(
      ids.map(async (id) => (await (await asked(`${server.url}/incidents/${id}.json`)).json()) as Incident),
    );
  };
  return {
    ...{ server, room, began: performance.now(), incidents: list },
    async over() {
      const ended = new Promise((resolve) => child.once('close', resolve));
      child.kill('SIGTERM');
      await ended;
      return JSON.parse(out) as VisitorReport;
    },
  };
}
/** Waits until the people have come for so many seconds. */
export const at = async ({ began }: Evening, seconds: number): Promise<void> => {
  await new Promise((resolve) =>
    setTimeout(resolve, Math.max(0, began + seconds * 1000 - performance.now())),
  );
};
/** Waits until the requests of an incident are judged so; says what they were judged as when that does not come. */
export async function judgedAs(
  crowd: Evening,
  label: string,
  each: (all: readonly Incident[]) => void,
): Promise<void> {
  let last: readonly Incident[] = [];
  try {
    await until(
      `the requests are ${label}`,
      async () => {
        last = await crowd.incidents();
        each(last);
        return last.some(({ requests }) => requests?.label === label);
      },
      70_000,
    );
  } catch (error) {
    const told = last.map(({ label: is, requests, signs }) => ({
      ...{ is, signs: signs.map(({ kind }) => kind), requests: requests?.label, demand: requests?.demand },
      ...{ window: requests?.window, classes: requests?.classes, harm: requests?.harm },
    }));
    throw new Error(`${JSON.stringify(told)}\n${crowd.server.output()}`, { cause: error });
  }
}
/** The five sentences of an incident's page, as HTML. */
export const sentencesOf = async ({ server }: Evening, id: string): Promise<string[]> => {
  const page = await (await asked(`${server.url}/incidents/${id}`)).text();
  const five = /<ol class="five">(.*?)<\/ol>/s.exec(page)?.[1] ?? '';
  return [...five.matchAll(/<li>(.*?)<\/li>/gs)].map(([, text = '']) => text);
};
/** True when nothing that is published of an incident says that there was an attack. */
export const accusesNobody = ({ label, caused, signs, requests }: Incident): boolean =>
  !/ATTACK|MIXED/.test(`${label} ${requests?.label}`) &&
  caused !== true &&
  !signs.some(({ kind }) => kind === 'hostile-requests');
