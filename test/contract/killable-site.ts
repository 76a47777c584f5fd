/** The site, and the questions of its rooms, in a process of their own that a test may kill at any moment. */
import { fork } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { flushCompileCache } from 'node:module';
import { setPriority } from 'node:os';
import { fileURLToPath } from 'node:url';
import { systemClock } from '../../src/base/clock.ts';
import { silentLog } from '../../src/base/log.ts';
import { ms } from '../../src/base/time.ts';
import { load } from '../../src/config/index.ts';
import { open as openInteraction } from '../../src/interaction/index.ts';
import { serveInner } from '../../src/role/inner-http.ts';
import { paths } from '../../src/role/paths.ts';
import { openSite } from '../../src/role/site.ts';

/** The operator's key of the site. */
export const OPERATOR_KEY = 'operator-key-of-some-length';
/** The rooms that take questions; cells keep them in files. */
export const QUESTION_ROOMS = Array.from({ length: 8 }, (_, i) => `questions-${i}`);
/** The socket on which questions are answered. */
export const questionSocket = (data: string): string => `${paths(data).run}/questions.sock`;

/** A site that runs. */
export interface KillableSite {
  /** Ends it as a power cut would, for the process. */
  kill(): Promise<void>;
}

/** Starts the site on a data folder and a database. */
export async function startKillableSite(data: string, database: string): Promise<KillableSite> {
  const child = fork(fileURLToPath(import.meta.url), [data, database], {
    stdio: 'inherit',
    // What is compiled once need not be compiled after each kill.
    env: { ...process.env, NODE_COMPILE_CACHE: `${data}/compiled` },
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  await new Promise<void>((resolve, reject) => {
    child.once('message', () => resolve());
    child.once('exit', (code) => reject(new Error(`the site ended with ${code}`)));
  });
  return {
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

async function runSite(data: string, database: string): Promise<void> {
  mkdirSync(paths(data).run, { recursive: true });
  // Paces are not what is tried here: their clock runs fast.
  const { now } = systemClock;
  Object.assign(systemClock, { now: () => ms(now() * 1_000) });
  const flags = [
    ...['--data', data, '--database', database, '--welcome', 'no', '--operator-key', OPERATOR_KEY],
    // Rooms that nobody comes to end by themselves, and here the clock runs fast.
    ...['--idle-end', '30d'],
  ];
  await openSite(load({ flags, cores: 2 }), silentLog);
  // It gives way to sound, of which there is none here.
  setPriority(0);
  const interaction = openInteraction({
    ...{ clock: systemClock, log: silentLog, dir: paths(data).questions },
    tokens: { check: async () => 'token-missing' },
  });
  for (const slug of QUESTION_ROOMS)
    interaction.openRoom(slug, {
      ...{ wall: systemClock.wall, mark: () => undefined, changed: () => undefined },
      ...{ publish: () => undefined, barred: () => undefined, isHost: () => false, banned: () => undefined },
    });
  await serveInner(questionSocket(data), interaction.fetch);
  flushCompileCache();
  process.send?.('open');
}

const [, entry, data, database] = process.argv;
if (entry === fileURLToPath(import.meta.url) && data && database) await runSite(data, database);
