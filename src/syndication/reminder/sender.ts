import type { Clock } from '../../base/clock.ts';
import { reasonOf } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';
import { ms } from '../../base/time.ts';
import type { DeliveryOutcome } from '../push/push-way.ts';
import type { ReminderBook, ReminderRow } from './book.ts';
import { openOriginPauses } from './origin-pauses.ts';

/** Between two looks at what is due. */
const LOOK_MS = ms(500);
/** Rows that are read at once of one origin. */
const BATCH = 200;
/** Deliveries on their way to one origin, and to all. */
const AT_ONCE = 16;
const MAILS_AT_ONCE = 2;
const MOST_AT_ONCE = 64;
const MOST_TRIES = 6;
const FIRST_PAUSE_MS = 5_000;

/** What sending needs. */
export interface SenderDeps {
  readonly book: ReminderBook;
  readonly clock: Clock;
  readonly log: Log;
  /** Delivers one; `stale`: it is of no use any more. */
  deliver(row: ReminderRow): Promise<DeliveryOutcome | { readonly became: 'stale' }>;
  /** Reminders were removed because nobody is there any more. */
  gone(rows: readonly { readonly room: string; readonly confirmed: number }[]): void;
}

/** The end of the queue that sends. */
export interface Sender extends AsyncDisposable {
  /** Sends what is due now; resolves when nothing is. */
  look(): Promise<void>;
  /** What became of deliveries since the start. */
  readonly counts: ReadonlyMap<string, number>;
}

type Mark = readonly [row: ReminderRow, outcome: Awaited<ReturnType<SenderDeps['deliver']>>];

/** Writes down what became of deliveries. */
async function writeDown(
  marks: readonly Mark[],
  { book, gone }: Pick<SenderDeps, 'book' | 'gone'>,
  now: number,
): Promise<void> {
  const rowsOf = (became: string): ReminderRow[] =>
    marks.filter(([, outcome]) => outcome.became === became).map(([row]) => row);
  await book.told(rowsOf('sent'), true);
  await book.told([...rowsOf('ended'), ...rowsOf('stale')], false);
  const over = rowsOf('over');
  if (over.length > 0) gone(await book.forgetTargets(over.map(({ target }) => target)));
  for (const row of rowsOf('again')) {
    const tries = Number(row.tries);
    if (tries + 1 >= MOST_TRIES) await book.told([row], false);
    else await book.again(row, Math.floor(now + FIRST_PAUSE_MS * 3 ** tries * (1 + Math.random() / 2)));
  }
}

/**
 * Sends what is due, origin by origin, so that one that is slow or full keeps nobody else waiting. A row is marked as
 * soon as its answer is there; whatever was on its way when the process was killed is sent again.
 */
export function openSender({ book, clock, log, deliver, gone }: SenderDeps): Sender {
  const draining = new Map<string, Promise<void>>();
  /** Looked at while they were being sent to: what is due by now may not have been at the last reading. */
  const again = new Set<string>();
  const { isPaused, noted, counts } = openOriginPauses(clock, log);
  /** Delivered, and not marked yet: the database was away. */
  const unmarked = new Map<string, Mark>();
  const free: (() => void)[] = [];
  let [running, isClosed, isAway, wanted] = [0, false, false, false];
  let marking: Promise<void> | undefined;

  const slot = async (): Promise<void> => {
    if (running >= MOST_AT_ONCE) await new Promise<void>((resolve) => free.push(resolve));
    running += 1;
  };

  async function mark(): Promise<void> {
    const marks = [...unmarked.values()];
    await writeDown(marks, { book, gone }, clock.wall());
    for (const one of marks) if (unmarked.get(one[0].id) === one) unmarked.delete(one[0].id);
  }
  /** Marks everything that has an answer by now; what comes meanwhile is marked in the next round. */
  const marked = (): Promise<void> => {
    wanted = true;
    marking ??= rounds().finally(() => {
      marking = undefined;
    });
    return marking;
  };
  async function rounds(): Promise<void> {
    try {
      while (wanted) {
        wanted = false;
        await new Promise((resolve) => setImmediate(resolve));
        await mark();
      }
      isAway = false;
    } catch (error) {
      if (!isAway) log.warn({ error: reasonOf(error) }, 'what was delivered could not be written down');
      isAway = true;
    }
  }

  async function drain(origin: string): Promise<void> {
    const width = origin === 'mail' ? MAILS_AT_ONCE : AT_ONCE;
    while (!isClosed && !isPaused(origin)) {
      again.delete(origin);
      if (unmarked.size > 0) await marked();
      const rows = (await book.due(origin, clock.wall(), BATCH)).filter(({ id }) => !unmarked.has(id));
      if (rows.length === 0) {
        if (again.has(origin)) continue;
        return;
      }
      const work = rows.values();
      const one = async (): Promise<void> => {
        for (const row of work) {
          if (isClosed || isPaused(origin)) return;
          await slot();
          const outcome = await deliver(row).catch(
            (error: unknown): DeliveryOutcome => ({ became: 'again', why: reasonOf(error) }),
          );
          running -= 1;
          free.shift()?.();
          noted(origin, outcome);
          if (outcome.became === 'wait') return;
          unmarked.set(row.id, [row, outcome]);
          void marked();
        }
      };
      await Promise.all(Array.from({ length: width }, one));
      await marked();
      // The database is away: what was delivered is not read again.
      if (unmarked.size > 0) return;
    }
  }

  const begin = async (): Promise<void> => {
    // Asked in one question: strangers choose the origins of their endpoints, so that there may be many.
    const origins = await book.dueOrigins(clock.wall()).catch((error: unknown) => {
      log.warn({ error: reasonOf(error) }, 'reminders could not be read');
      return [];
    });
    for (const origin of isClosed ? [] : origins) {
      if (isPaused(origin)) continue;
      if (draining.has(origin)) {
        again.add(origin);
        continue;
      }
      const work = drain(origin)
        .catch((error: unknown) => log.warn({ error: reasonOf(error) }, 'reminders could not be read'))
        .finally(() => draining.delete(origin));
      draining.set(origin, work);
    }
  };
  let beginning: Promise<void> | undefined;
  // A question that takes longer than the pause is not overtaken by the next.
  const timer = clock.every(LOOK_MS, () => {
    beginning ??= begin().finally(() => {
      beginning = undefined;
    });
  });
  return {
    counts,
    async look() {
      do {
        await begin();
        await Promise.all(draining.values());
        // Asked for while the last reading of an origin was ending.
      } while (!isClosed && [...again].some((origin) => !isPaused(origin)));
    },
    async [Symbol.asyncDispose]() {
      timer[Symbol.dispose]();
      isClosed = true;
      await beginning;
      await Promise.all(draining.values());
      await marking;
    },
  };
}
