import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import { ms } from '../../base/time.ts';
import {
  DemandHistory,
  PrefixMemory,
  type SentSlot,
  SlotKeeping,
  slotName,
  type Verdict,
} from '../../verdict/index.ts';
import { RequestFiles, slotLines } from './request-files.ts';
import type { RequestsToJudge } from './requests-worker.ts';

const SAVE = ms(300_000);
const LOOK = ms(5_000);
/** Names of parts that are known: repeats of three minutes, 50 parts a slot, from a hundred doors. */
const MOST_NAMES = 100_000;
/** Time before and after an incident that its verdict looks at: what is usual is known from it. */
const BEFORE_MS = 3_600_000;
const AFTER_MS = 20_000;
/** Demand is looked at closely from this many times what is usual, and this many requests in ten seconds. */
const RISE = 3;
const LEAST_REQUESTS = 200;
/** Slots that say what is usual: an hour. */
const USUAL_SLOTS = 360;
/** The newest slots are no part of what is usual. */
const NEWEST_SLOTS = 3;
/** Megabytes of heap of the thread that judges. */
const HEAP_MB = 512;

/** Dependencies of what the tally keeps of requests. */
export interface TallyRequestsDeps {
  readonly clock: Clock;
  readonly log: Log;
  readonly dir: string;
  /** The installation's secret. */
  readonly secret: Uint8Array;
}

/** What the doors were asked for, kept and judged. */
export interface TallyRequests extends AsyncDisposable {
  /** Takes a part of a slot. */
  receive(body: Uint8Array): void;
  /** What the requests of a window and the hour before it support; undefined when none are known. */
  verdict(from: number, to: number): Promise<Verdict | undefined>;
  /** `told` hears what the requests of the last hour support when they have risen; undefined: they are as usual again. */
  onRise(told: (found: Verdict | undefined) => void): void;
  /** The same requests as lines, after what was usual on other days. */
  lines(from: number, to: number): AsyncGenerator<string>;
}

/** Opens it. */
export async function openTallyRequests(deps: TallyRequestsDeps): Promise<TallyRequests> {
  const { clock, log, dir } = deps;
  const files = new RequestFiles(dir, log);
  const keeping = new SlotKeeping(createHash('sha256').update('agents ').update(deps.secret).digest('hex'));
  const path = join(dir, 'prefixes.bin');
  const memory = PrefixMemory.from(await readFile(path).catch(() => undefined), clock.wall());
  const historyPath = join(dir, 'baseline.json');
  const history = DemandHistory.from(await readFile(historyPath, 'utf8').catch(() => undefined));
  const known = new Set<string>();
  const demand = new Map<number, number>();
  let judging: Promise<Verdict | undefined> | undefined;
  let risen = false;
  let tell: ((found: Verdict | undefined) => void) | undefined;

  const save = async (): Promise<void> => {
    try {
      await mkdir(dir, { recursive: true });
      for (const [name, content] of [
        [path, memory.bytes()],
        [historyPath, history.text()],
      ] as const) {
        await writeFile(`${name}.new`, content);
        await rename(`${name}.new`, name);
      }
    } catch (error) {
      log.warn(
        { error: String(error) },
        'it could not be saved which networks were seen and how much was asked for: after a restart verdicts know less of other days',
      );
    }
  };
  const verdict = async (from: number, to: number): Promise<Verdict | undefined> => {
    await files.settled();
    return inThread({ dir, from: from - BEFORE_MS, to: to + AFTER_MS, baseline: history.baseline(from) });
  };
  /** Judges when demand has risen; one at a time. */
  const look = (): void => {
    const times = [...demand.keys()].sort((a, b) => a - b);
    const now = demand.get(times.at(-2) ?? Number.NaN) ?? 0;
    const usual = times.slice(0, -NEWEST_SLOTS).map((time) => demand.get(time) ?? 0);
    const middle = usual.sort((a, b) => a - b)[usual.length >> 1] ?? 0;
    // While nothing is usual yet, much is much.
    const high = now >= LEAST_REQUESTS && now >= RISE * middle;
    if (!high && risen) {
      risen = false;
      tell?.(undefined);
    }
    if (!high || judging) return;
    const wall = clock.wall();
    judging = verdict(wall, wall);
    judging
      .then((found) => {
        risen = true;
        tell?.(found);
      })
      .catch((error: unknown) =>
        log.warn({ error: String(error) }, 'requests could not be judged: it is tried again'),
      )
      .finally(() => {
        judging = undefined;
      });
  };
  const saving = clock.every(SAVE, () => void save());
  const looking = clock.every(LOOK, look);
  return {
    receive(body) {
      const sent = JSON.parse(Buffer.from(body).toString()) as SentSlot;
      const name = slotName(sent);
      if (known.has(name)) return;
      known.add(name);
      for (const oldest of known) {
        if (known.size <= MOST_NAMES) break;
        known.delete(oldest);
      }
      const wall = clock.wall();
      files.write(
        keeping.keep(sent, (hash) => memory.isFresh(hash, wall), memory.since),
        wall,
      );
      if (!sent.totals) return;
      history.add(sent.at, sent.totals.requests, sent.rooms);
      demand.set(sent.at, (demand.get(sent.at) ?? 0) + sent.totals.requests);
      for (const oldest of demand.keys()) {
        if (demand.size <= USUAL_SLOTS) break;
        demand.delete(oldest);
      }
    },
    verdict,
    onRise(told) {
      tell = told;
    },
    async *lines(from, to) {
      yield JSON.stringify(history.baseline(from));
      yield* slotLines(dir, from - BEFORE_MS, to + AFTER_MS);
    },
    async [Symbol.asyncDispose]() {
      saving[Symbol.dispose]();
      looking[Symbol.dispose]();
      await judging?.catch(() => undefined);
      await save();
      await files[Symbol.asyncDispose]();
    },
  };
}

/** Judges in a thread of its own: an hour of an attack is some seconds of work, and counting goes on meanwhile. */
async function inThread(asked: RequestsToJudge): Promise<Verdict | undefined> {
  const worker = new Worker(new URL('./requests-worker.ts', import.meta.url), {
    workerData: asked,
    resourceLimits: { maxOldGenerationSizeMb: HEAP_MB },
  });
  try {
    return await new Promise((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', reject);
      worker.once('exit', () => reject(new Error('the thread ended')));
    });
  } finally {
    await worker.terminate();
  }
}
