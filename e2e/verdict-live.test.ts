/** The verdict of a running server: a crowd, a fault of its own under a crowd, and half a crowd, half an attack. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import type { Incident } from '../src/incident/index.ts';
import { diskTrouble, openDisk } from '../test/chaos/disk.ts';
import { type MadeRoom, outside, type Server, startServer, until } from './rig/server.ts';
import type { VisitorPlan, VisitorReport } from './rig/visitors.ts';

const ENTRY = fileURLToPath(new URL('../src/cli/index.ts', import.meta.url));
const VISITORS = fileURLToPath(new URL('rig/visitors.ts', import.meta.url));
const run = promisify(execFile);
const CLAIM = 'There appears to be a massive DDoS attack.';
/** Three slots of ten seconds, which a rise needs before it; people a second before and after the step. */
const PLAN: VisitorPlan = { seed: 11, base: 1.2, factor: 10, at: 38, rise: 3, stay: 20 };
const LIMIT_MS = 240_000;

interface Evening {
  readonly server: Server;
  readonly room: MadeRoom;
  /** Since when people come, ms of `performance`. */
  readonly began: number;
  incidents(): Promise<Incident[]>;
  /** Stops the people; what they were answered. */
  over(): Promise<VisitorReport>;
}

/** Asks until it is answered: a connection to a door that stands still ends, and the next one may meet another. */
async function asked(url: string): Promise<Response> {
  for (let tries = 0; ; tries += 1)
    try {
      return await fetch(url, { headers: { connection: 'close' }, signal: AbortSignal.timeout(3_000) });
    } catch (error) {
      if (tries === 20) throw error;
    }
}

/** A live room, and people who come to it. */
async function evening(plan: VisitorPlan, settings: Record<string, string> = {}): Promise<Evening> {
  const server = await startServer({ EARSHOT_DOORS: '2', EARSHOT_CELLS: '1', ...settings });
  onTestFinished(() => server[Symbol.asyncDispose]());
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
  onTestFinished(() => void child.kill('SIGKILL'));
  let out = '';
  child.stdout?.on('data', (chunk) => (out += chunk));
  const list = async (): Promise<Incident[]> => {
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
const at = async ({ began }: Evening, seconds: number): Promise<void> => {
  await new Promise((resolve) =>
    setTimeout(resolve, Math.max(0, began + seconds * 1000 - performance.now())),
  );
};
/** Waits until the requests of an incident are judged so; says what they were judged as when that does not come. */
async function judgedAs(crowd: Evening, label: string, each: (all: readonly Incident[]) => void): Promise<void> {
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
const sentencesOf = async ({ server }: Evening, id: string): Promise<string[]> => {
  const page = await (await asked(`${server.url}/incidents/${id}`)).text();
  const five = /<ol class="five">(.*?)<\/ol>/s.exec(page)?.[1] ?? '';
  return [...five.matchAll(/<li>(.*?)<\/li>/gs)].map(([, text = '']) => text);
};
/** True when nothing that is published of an incident says that there was an attack. */
const accusesNobody = ({ label, caused, signs, requests }: Incident): boolean =>
  !/ATTACK|MIXED/.test(`${label} ${requests?.label}`) &&
  caused !== true &&
  !signs.some(({ kind }) => kind === 'hostile-requests');
/** What the defence of all doors has done, by what Prometheus is told. */
const refusals = async ({ server }: Evening): Promise<number> =>
  [
    ...(await server.metrics()).matchAll(
      /^earshot_door_defence_(?:acts|denied_total|requests_total)\S* (\d+)/gm,
    ),
  ].reduce((sum, [, count]) => sum + Number(count), 0);

test(
  'a crowd ten times as large is never called an attack, nobody is refused, and who says it was one is contradicted',
  async () => {
    const crowd = await evening(PLAN);
    const { server, room } = crowd;
    await at(crowd, PLAN.at + 12);
    const { id } = await server.cli<{ id: string }>(
      'incident',
      'open',
      'The sound stutters',
      '--room',
      room.slug,
    );
    await server.cli('note', room.slug, CLAIM);
    let seen = 0;
    await judgedAs(crowd, 'CROWD', (all) => {
      seen += 1;
      for (const one of all) expect(accusesNobody(one), JSON.stringify(one.requests)).toBe(true);
    });
    expect(seen).toBeGreaterThan(1);
    const [incident] = (await crowd.incidents()).filter((one) => one.id === id);
    expect(incident?.requests?.demand.rise).toBeGreaterThan(4);
    await until('the claim is answered', async () =>
      (await sentencesOf(crowd, id)).join().includes(CLAIM.slice(0, -1)),
    );
    const sentences = await sentencesOf(crowd, id);
    expect(sentences).toHaveLength(5);
    expect(sentences.join('\n')).toMatch(/massive DDoS attack.*contradict/);
    const { people, heard, answers } = await crowd.over();
    expect(people).toBeGreaterThan(100);
    expect(heard / people).toBeGreaterThan(0.8);
    expect(Object.keys(answers)).toEqual(['200']);
    expect(await refusals(crowd)).toBe(0);
  },
  LIMIT_MS,
);

test(
  'a studio that stands still under a crowd is a fault of the server itself; the verdict is worked out again from what was published',
  async () => {
    const crowd = await evening(PLAN);
    const { server } = crowd;
    await at(crowd, PLAN.at + 12);
    const studio = server.child('studio', 0) ?? 0;
    process.kill(studio, 'SIGSTOP');
    await at(crowd, PLAN.at + 21);
    process.kill(studio, 'SIGCONT');
    await until('it is published', async () => (await crowd.incidents()).length > 0);
    await until(
      'it is over',
      async () => {
        const [one] = await crowd.incidents();
        if (one) expect(accusesNobody(one)).toBe(true);
        return one?.window.to !== undefined && one.requests !== undefined;
      },
      90_000,
    );
    const [incident] = await crowd.incidents();
    if (!incident) throw new Error('it is gone');
    expect(incident).toMatchObject({ label: 'INTERNAL_FAULT', requests: { label: 'CROWD' } });
    // On a machine with little to do it is ended as hung before it comes back.
    expect(incident.signs.map(({ kind }) => kind).join()).toMatch(/studio-away|process/);
    const base = `${server.url}/incidents/${incident.id}`;
    await until('its requests are published', async () => (await fetch(`${base}/requests.jsonl`)).ok);
    const folder = mkdtempSync(join(tmpdir(), 'earshot-bundle-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const path = join(folder, 'requests.jsonl');
    writeFileSync(path, await (await fetch(`${base}/requests.jsonl`)).text());
    const { stdout } = await run(process.execPath, [ENTRY, 'verdict', path, '--json'], { env: outside() });
    expect(stdout).toBe(await (await fetch(`${base}/verdict.json`)).text());
  },
  LIMIT_MS,
);

test(
  'a slow disk and a door that hangs under a crowd are faults of the server itself',
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'earshot-slow-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const disk = diskTrouble() === undefined ? openDisk(folder) : undefined;
    onTestFinished(() => disk?.[Symbol.dispose]());
    const crowd = await evening(PLAN, disk ? { EARSHOT_DATA: disk.folder } : {});
    const { server } = crowd;
    await at(crowd, PLAN.at + 10);
    await disk?.slow(8);
    for (const one of await crowd.incidents()) expect(accusesNobody(one)).toBe(true);
    const door = server.child('door', 1) ?? 0;
    process.kill(door, 'SIGSTOP');
    await until(
      'it is noticed that the door hangs',
      async () => (await crowd.incidents()).length > 0,
      60_000,
    );
    await until(
      'the requests are judged',
      async () => {
        const [one] = await crowd.incidents();
        if (one) expect(accusesNobody(one)).toBe(true);
        return one?.requests !== undefined && one.label !== 'UNDETERMINED';
      },
      60_000,
    );
    const [incident] = await crowd.incidents();
    expect(incident).toMatchObject({ label: 'INTERNAL_FAULT' });
    expect(incident?.signs.map(({ detail }) => detail)).toContain('door-1: hung');
    const sentences = await sentencesOf(crowd, incident?.id ?? '');
    expect(sentences[2]).toMatch(/Our own faults:.*door-1/);
    expect(sentences[3]).toMatch(/a fault of this server itself/);
  },
  LIMIT_MS,
);

test(
  'half a crowd, half an attack are both named, by the server itself',
  async () => {
    const crowd = await evening({ ...PLAN, attack: { from: PLAN.at + 2, rate: 90, sources: 14 } });
    await at(crowd, PLAN.at + 20);
    await judgedAs(crowd, 'MIXED', () => undefined);
    const [incident] = await crowd.incidents();
    expect(incident).toMatchObject({ label: 'MIXED' });
    expect(incident?.caused).not.toBe(true);
    expect(incident?.signs.map(({ kind }) => kind)).toContain('hostile-requests');
    const { attacker, person } = incident?.requests?.classes ?? {};
    expect(attacker?.clients).toBe(14);
    expect(person?.clients).toBeGreaterThan(30);
    const { share } = incident?.hostile.requests ?? {};
    expect(share).toBeGreaterThan(0.15);
    expect(share).toBeLessThan(0.8);
  },
  LIMIT_MS,
);
