/** Everything that a run needs before its first fault: Earshot, its disk and database, rooms, speakers and listeners. */
import { type ChildProcess, fork } from 'node:child_process';
import { cpSync, existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { type Postgres, startPostgres } from '../contract/postgres.ts';
import { type Disk, diskTrouble, openDisk } from './disk.ts';
import { clockSettings, clockTrouble, type FakeClock, openFakeClock } from './fake-clock.ts';
import { type Installation, openInstallation } from './installation.ts';
import {
  instant,
  type ListenerOrder,
  type ListenerStatus,
  type ListenersNotice,
} from './listeners/listener.ts';
import { type Network, namespaceTrouble, openNetwork } from './network.ts';
import { type ChaosRoom, invite, openRoom, openSpeaker } from './rooms.ts';
import type { FaultKind, Plan } from './schedule.ts';
import { type MachineSecond, Starvation } from './starvation.ts';

const LISTENERS = fileURLToPath(new URL('listeners/process.ts', import.meta.url));
const PROBE = new URL('machine-probe.ts', import.meta.url);
/** The schedule begins when everybody hears, and the program is what speakers say. */
const WARM_UP_MS = 180_000;
const LOOK_MS = 500;
/** So much has been heard by then: some seconds. */
const FRAGMENTS = 20;

/** The open parts of a run. */
export interface Stage extends AsyncDisposable {
  readonly data: string;
  readonly installation: Installation;
  readonly rooms: readonly ChaosRoom[];
  readonly disk: Disk | undefined;
  readonly postgres: Postgres | undefined;
  readonly clock: FakeClock | undefined;
  readonly network: Network;
  readonly speakers: Disposable;
  readonly listening: ChildProcess;
  readonly starvation: Starvation;
  /** What listeners said and nobody has taken yet. */
  readonly heard: ListenersNotice[];
  listeners(): readonly ListenerStatus[];
}

/** What is beside the plan. */
export interface StageOptions {
  readonly folder: string;
  /** What an installation makes once, in some seconds of processor time; copied into the data folder. */
  readonly prepared: string | undefined;
  readonly note: (says: string) => void;
  readonly stop?: AbortSignal | undefined;
}

/** Why this machine cannot have faults of a kind; undefined when it can. */
export function faultTrouble(kind: FaultKind): string | undefined {
  if (kind.startsWith('disk-')) return diskTrouble();
  if (kind === 'clock-jumps') return clockTrouble();
  return kind === 'packets-lost' || kind === 'speaker-cut' ? namespaceTrouble() : undefined;
}

/** Who listens in a room: with the page's player three times, a television, a radio; two are behind a weak network. */
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

/** What the program of a room carries now: `stage` or `standby`; undefined while nobody answers. */
export const carried = (url: string, slug: string): Promise<string | undefined> =>
  fetch(`${url}/r/${slug}/state.json`, { signal: AbortSignal.timeout(2_000) }).then(
    async (answer) => ((await answer.json()) as { program?: { carries: string } }).program?.carries,
    () => undefined,
  );

/** Opens all of it; resolves when everybody hears the stage. */
export async function openStage(plan: Plan, { folder, prepared, note, stop }: StageOptions): Promise<Stage> {
  await using opened = new AsyncDisposableStack();
  const kinds = new Set(plan.faults.map(({ fault }) => fault.kind));
  for (const kind of kinds) {
    const trouble = faultTrouble(kind);
    if (trouble) throw new Error(`${trouble} (or leave ${kind} out: --without ${kind})`);
  }
  const disk = [...kinds].some((kind) => kind.startsWith('disk-')) ? opened.use(openDisk(folder)) : undefined;
  const data = join(disk?.folder ?? folder, 'data');
  mkdirSync(data, { mode: 0o700 });
  if (prepared !== undefined) cpSync(prepared, data, { recursive: true });
  const postgres = plan.setup.database === 'postgres' ? opened.use(await startPostgres()) : undefined;
  const clock = kinds.has('clock-jumps') ? openFakeClock(folder) : undefined;
  const installation = opened.use(
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
  const behind = orders('').flatMap(({ name }) => (name.startsWith('Behind/') ? [name] : []));
  const network = opened.use(await openNetwork({ port }, behind));
  const speakers = opened.use(new DisposableStack());
  for (const room of rooms)
    for (const [i, prefix] of [[], network.speakerPrefix].entries()) {
      if (i > 0 && prefix.length === 0) continue;
      speakers.use(
        openSpeaker({
          ...{ slug: room.slug, prefix, token: await invite(url, room, `Speaker ${i}`) },
          url: i === 0 ? url : `http://${network.speakerSees}:${port}`,
          ended: (words) => note(`a speaker's program ended: ${words.trim()}`),
        }),
      );
    }
  const starvation = new Starvation();
  const probe = new Worker(PROBE);
  opened.defer(async () => void (await probe.terminate()));
  probe.on('message', (second: MachineSecond) => starvation.add(second));
  const listening = fork(LISTENERS, [JSON.stringify(orders(network.proxyUrl))], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  opened.defer(() => void listening.kill('SIGKILL'));
  let latest: readonly ListenerStatus[] = [];
  const heard: ListenersNotice[] = [];
  listening.on('message', (notice: ListenersNotice) => {
    latest = notice.listeners;
    heard.push(notice);
  });
  const isReady = async (): Promise<boolean> =>
    latest.length > 0 &&
    latest.every(({ begun, fragments }) => begun && fragments > FRAGMENTS) &&
    (await Promise.all(rooms.map(({ slug }) => carried(url, slug)))).every((what) => what === 'stage');
  for (const end = instant() + WARM_UP_MS; !(await isReady()); ) {
    stop?.throwIfAborted();
    if (instant() > end)
      throw new Error(
        `not everybody hears the stage after ${WARM_UP_MS / 1000} s:\n${installation.output()}`,
      );
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
  heard.splice(0);
  const parts = opened.move();
  return {
    ...{ data, installation, rooms, disk, postgres, clock, network, speakers, listening, starvation, heard },
    listeners: () => latest,
    async [Symbol.asyncDispose]() {
      // What was compiled serves the next run.
      const compiled = join(data, 'compiled');
      if (prepared !== undefined && existsSync(compiled))
        cpSync(compiled, join(prepared, 'compiled'), { recursive: true });
      await parts.disposeAsync();
    },
  };
}
