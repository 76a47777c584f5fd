/** One run of chaos: an Earshot, its audience, a schedule of faults, and the invariants that are watched meanwhile. */
import { fork } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { outside } from '../../e2e/rig/server.ts';
import { type Postgres, startPostgres } from '../contract/postgres.ts';
import type { Injected } from './budgets.ts';
import { verifyBundle } from './checks.ts';
import { type Disk, diskTrouble, openDisk } from './disk.ts';
import { clockSettings, openFakeClock } from './fake-clock.ts';
import { finish } from './finish.ts';
import { inject, metBy, type Victims } from './inject.ts';
import { openInstallation, residentMegabytes } from './installation.ts';
import { type Absence, type Broken, Judge, type Worst } from './judge.ts';
import {
  instant,
  type ListenerOrder,
  type ListenerStatus,
  type ListenersNotice,
} from './listeners/listener.ts';
import { openNetwork } from './network.ts';
import { type ChaosRoom, invite, openRoom, openSpeaker } from './rooms.ts';
import { describeFault, type Plan } from './schedule.ts';
import { type MachineSecond, Starvation } from './starvation.ts';

const LISTENERS = fileURLToPath(new URL('listeners/process.ts', import.meta.url));
const PROBE = new URL('machine-probe.ts', import.meta.url);
/** The schedule begins when everybody hears, and the program is what speakers say. */
const WARM_UP_MS = 90_000;
const LOOK_MS = 500;
/** What happened is judged when the machine's own seconds of that time are known. */
const JUDGED_LATER_MS = 2_500;
const MEMORY_EVERY = 10;
const VERIFY_EVERY_MS = 30_000;
const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** The outcome of a run. Times in seconds from the beginning of the schedule. */
export interface Outcome {
  readonly plan: Plan;
  readonly folder: string;
  readonly broken: readonly (Omit<Broken, 'at'> & { readonly at: number })[];
  readonly unjudged: readonly string[];
  readonly judgedSeconds: number;
  readonly starvedSeconds: number;
  readonly worst: Worst;
  readonly timeline: readonly { readonly at: number; readonly says: string }[];
  readonly notes: readonly string[];
}

/** Who listens in a room: the page's way of hearing it three times, a television, a radio; two behind a weak network. */
function audienceOf(url: string, proxyUrl: string, slug: string, room: number): ListenerOrder[] {
  const at = (n: number): string => `127.${20 + room}.${n}.1`;
  const direct = [
    { kind: 'stream', codec: 'opus', decodes: true },
    { kind: 'stream', codec: 'opus' },
    { kind: 'stream', codec: 'aac' },
    { kind: 'hls', codec: 'aac' },
    { kind: 'radio', codec: 'aac' },
  ] as const;
  const behind = [
    { kind: 'stream', codec: 'opus' },
    { kind: 'hls', codec: 'aac' },
  ] as const;
  return [
    ...direct.map((one, n) => ({ ...one, url, slug, name: `Direct/${room}.${n}`, address: at(n + 1) })),
    ...behind.map((one, n) => ({
      ...one,
      ...{ url: proxyUrl, slug, name: `Behind/${room}.${n}`, address: at(n + 20) },
    })),
  ];
}

/** Runs a plan. `say` prints a line of the timeline. Ends early at the first broken invariant. */
export async function runChaos(plan: Plan, say: (line: string) => void): Promise<Outcome> {
  const folder = mkdtempSync(join(tmpdir(), `earshot-chaos-${plan.seed}-`));
  writeFileSync(join(folder, 'schedule.json'), `${JSON.stringify(plan, undefined, 2)}\n`);
  const injected: Injected[] = [];
  const starvation = new Starvation();
  const judge = new Judge(starvation, injected);
  const timeline: { at: number; says: string }[] = [];
  const notes: string[] = [];
  let began = instant();
  const tell = (says: string): void => {
    const at = Math.round((instant() - began) / 100) / 10;
    timeline.push({ at, says });
    say(`${at.toFixed(1).padStart(6)} s  ${says}`);
  };

  await using stack = new AsyncDisposableStack();
  const needsDisk = plan.faults.some(({ fault }) => fault.kind.startsWith('disk-'));
  const trouble = needsDisk ? diskTrouble() : undefined;
  if (trouble) throw new Error(trouble);
  const disk: Disk | undefined = needsDisk ? stack.use(openDisk(folder)) : undefined;
  const data = join(disk?.folder ?? folder, 'data');
  mkdirSync(data, { mode: 0o700 });
  const postgres: Postgres | undefined =
    plan.setup.database === 'postgres' ? stack.use(await startPostgres()) : undefined;
  const needsClock = plan.faults.some(({ fault }) => fault.kind === 'clock-jumps');
  const clock = needsClock ? openFakeClock(folder) : undefined;
  const installation = stack.use(
    await openInstallation(data, plan.setup, {
      ...(postgres && { EARSHOT_DATABASE: postgres.url }),
      ...(clock && clockSettings(clock)),
    }),
  );
  const { url, port } = installation.server;
  const rooms: ChaosRoom[] = [];
  for (let i = 0; i < plan.setup.cells; i += 1) rooms.push(await openRoom(url, `Chaos ${i}`));
  const orders = (proxyUrl: string): ListenerOrder[] =>
    rooms.flatMap(({ slug }, i) => audienceOf(url, proxyUrl, slug, i));
  const behind = orders('').filter(({ name }) => name.startsWith('Behind/'));
  const network = stack.use(
    await openNetwork(
      { port },
      behind.map(({ name }) => name),
    ),
  );
  for (const room of rooms)
    for (const [i, prefix] of [[], network.speakerPrefix].entries())
      if (i === 0 || prefix.length > 0)
        stack.use(
          openSpeaker({
            ...{ slug: room.slug, prefix, token: await invite(url, room, `Speaker ${i}`) },
            url: i === 0 ? url : `http://${network.speakerSees}:${port}`,
            ended: (words) => notes.push(`a speaker's program ended: ${words.trim()}`),
          }),
        );

  const probe = new Worker(PROBE);
  stack.defer(async () => void (await probe.terminate()));
  probe.on('message', (second: MachineSecond) => starvation.add(second));
  const listening = fork(LISTENERS, [JSON.stringify(orders(network.proxyUrl))], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  stack.defer(() => void listening.kill('SIGKILL'));
  let latest: readonly ListenerStatus[] = [];
  const heard: ListenersNotice[] = [];
  listening.on('message', (notice: ListenersNotice) => {
    latest = notice.listeners;
    heard.push(notice);
  });

  const warm = instant() + WARM_UP_MS;
  const carries = async (slug: string): Promise<boolean> => {
    const state = await fetch(`${url}/r/${slug}/state.json`).then(
      (answer) => answer.json() as Promise<{ program: { carries: string } }>,
      () => undefined,
    );
    return state?.program.carries === 'stage';
  };
  while (
    !latest.every(({ begun, fragments }) => begun && fragments > 20) ||
    latest.length === 0 ||
    !(await Promise.all(rooms.map(({ slug }) => carries(slug)))).every(Boolean)
  ) {
    if (instant() > warm)
      throw new Error(
        `not everybody hears the stage after ${WARM_UP_MS / 1000} s:\n${installation.output()}`,
      );
    await wait(LOOK_MS);
  }
  heard.splice(0);
  began = instant();
  const before = starvation.sums;
  say(`everybody hears: ${latest.length} listeners in ${rooms.length} rooms`);

  const victims: Victims = {
    ...{ installation, slug: rooms[0]?.slug ?? '', disk, postgres, network },
    moveClock: (seconds) => clock?.set(seconds),
    listeners: () => latest,
  };
  let over = false;
  const running = new Set<Promise<void>>();
  const schedule = (async () => {
    for (const { at, fault } of plan.faults) {
      while (!over && instant() < began + at * 1000) await wait(20);
      if (over) return;
      const one: Injected = {
        ...{ number: injected.length, fault, from: instant(), met: metBy(fault, victims) },
      };
      injected.push(one);
      tell(
        `#${one.number} ${describeFault(fault)}${one.met.size > 0 ? ` (${[...one.met].join(', ')})` : ''}`,
      );
      const done = inject(fault, victims)
        .catch((error: unknown) => void notes.push(`#${one.number} could not be done: ${String(error)}`))
        .finally(() => {
          one.to = instant();
          tell(`#${one.number} is over`);
          running.delete(done);
        });
      running.add(done);
    }
  })();

  const seen: { readonly at: number; readonly away: readonly Absence[] }[] = [];
  let verifiedAt = instant();
  let verifying: Promise<void> | undefined;
  const verifyNow = async (): Promise<void> => {
    for (const { slug } of rooms) {
      const found = await verifyBundle(url, slug, folder, outside());
      if (found && !found.ok)
        judge.found(
          'log',
          instant(),
          `the bundle of ${slug} does not verify: ${JSON.stringify(found.findings)}`,
        );
    }
  };
  const judgeUntil = (end: number): void => {
    while (heard[0] && heard[0].at <= end) judge.listeners(heard.shift() as ListenersNotice);
    while (seen[0] && seen[0].at <= end) {
      const { at, away } = seen.shift() as { at: number; away: readonly Absence[] };
      judge.absences(away, at);
    }
  };
  for (let turn = 0; instant() < began + plan.seconds * 1000 && judge.broken.length === 0; turn += 1) {
    await wait(LOOK_MS);
    seen.push({ away: await installation.away(), at: instant() });
    if (turn % MEMORY_EVERY === 0)
      for (const member of installation.members) {
        const pid = installation.pidOf(member);
        const megabytes = pid === undefined ? undefined : residentMegabytes(pid);
        if (megabytes !== undefined)
          judge.memory(member.role, `${member.role}-${member.index}`, megabytes, instant());
      }
    if (!verifying && instant() - verifiedAt > VERIFY_EVERY_MS) {
      verifying = verifyNow().finally(() => {
        [verifiedAt, verifying] = [instant(), undefined];
      });
    }
    judgeUntil(instant() - JUDGED_LATER_MS);
  }
  over = true;
  await schedule;
  await Promise.all(running);
  await verifying;
  const { judged, starved } = starvation.sums;
  if (judge.broken.length === 0) {
    judgeUntil(Number.POSITIVE_INFINITY);
    tell('the schedule is over: the files are checked');
    await finish({ ...{ installation, rooms, listening, data, folder, injected, judge, notes, tell } });
  }
  writeFileSync(join(folder, 'earshot.log'), installation.output());
  const seconds = (ms: number): number => Math.round(ms / 100) / 10;
  const outcome: Outcome = {
    ...{ plan, folder, timeline, notes, worst: judge.worst, unjudged: judge.unjudged },
    broken: judge.broken.map((one) => ({ ...one, at: seconds(one.at - began) })),
    judgedSeconds: seconds(judged - before.judged),
    starvedSeconds: seconds(starved - before.starved),
  };
  writeFileSync(join(folder, 'outcome.json'), `${JSON.stringify(outcome, undefined, 2)}\n`);
  return outcome;
}

/** Removes what a green run leaves. */
export const removeRun = ({ folder }: Outcome): void => rmSync(folder, { recursive: true, force: true });
