import { randomUUIDv7 } from 'node:crypto';
import type { Clock } from '../../base/clock.ts';
import { reasonOf } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';
import { ms } from '../../base/time.ts';
import type { Store } from '../../store/index.ts';
import { type MailsToMany, openMailsToMany } from './mails-to-many.ts';
import type { Letter } from './smtp.ts';

const LOOK_MS = ms(2_000);
const FIRST_PAUSE_MS = 15_000;
const LONGEST_PAUSE_MS = 3_600_000;
/** Then a mail is given up: the links in it are over. */
const KEEP_MS = 2 * 86_400_000;
/** Mails that wait; beyond that a new one is refused, and logged. */
const MOST_WAITING = 1_000;

/** A mail that waits, for the operator. */
export interface WaitingMail extends Letter {
  readonly created: number;
  readonly tries: number;
  /** Why it could not be sent the last time; null: it was not tried. */
  readonly error: string | null;
}

/** What mails need. */
export interface MailsDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  /** Sends one; absent: mails wait until the operator passes their links on. */
  send?(letter: Letter): Promise<void>;
}

/** Mails: written down first, then sent; one that was sent is forgotten. */
export interface Mails extends MailsToMany, AsyncDisposable {
  put(letter: Omit<Letter, 'id'>): Promise<void>;
  waiting(limit: number): Promise<WaitingMail[]>;
  /** The operator has passed it on, or does not want it. */
  drop(id: string): Promise<void>;
  /** Forgets what waits for an address. */
  forget(to: string): Promise<void>;
  /** Sends what is due now. */
  look(): Promise<void>;
}

/** Opens the mails, and sends those that wait from before. */
export function openMails({ store, clock, log, send }: MailsDeps): Mails {
  const { db } = store;
  let busy: Promise<void> | undefined;
  let isAway = false;
  /** Sent, but still written down: the database was away. They are not sent again. */
  const done = new Set<string>();

  async function sendDue(): Promise<void> {
    const now = clock.wall();
    await db
      .deleteFrom('mail')
      .where('created', '<', now - KEEP_MS)
      .execute();
    if (!send) return;
    const due = await db
      .selectFrom('mail')
      .selectAll()
      // After a step of the clock backwards nothing waits for longer than the longest pause.
      .where((eb) => eb.or([eb('next', '<=', now), eb('next', '>', now + LONGEST_PAUSE_MS)]))
      .orderBy('created')
      .limit(20)
      .execute();
    for (const mail of due) {
      try {
        if (!done.has(mail.id))
          await send({ id: mail.id, to: mail.recipient, subject: mail.subject, text: mail.body });
        if (isAway) log.info({}, 'mails are sent again');
        isAway = false;
        done.add(mail.id);
      } catch (error) {
        if (!isAway)
          log.warn({ error: reasonOf(error) }, 'a mail could not be sent: it waits, see /operate/accounts');
        isAway = true;
        const pause = Math.min(FIRST_PAUSE_MS * 2 ** mail.tries, LONGEST_PAUSE_MS);
        await db
          .updateTable('mail')
          .set({ tries: mail.tries + 1, next: clock.wall() + pause, error: String(error).slice(0, 300) })
          .where('id', '=', mail.id)
          .execute();
        continue;
      }
      await db.deleteFrom('mail').where('id', '=', mail.id).execute();
      done.delete(mail.id);
    }
  }
  const look = (): Promise<void> => {
    busy ??= sendDue()
      .catch((error: unknown) => log.warn({ error: reasonOf(error) }, 'mails that wait could not be read'))
      .finally(() => {
        busy = undefined;
      });
    return busy;
  };
  const count = async (): Promise<number> => {
    const all = db.selectFrom('mail').select((eb) => eb.fn.countAll<number>().as('count'));
    return Number((await all.executeTakeFirstOrThrow()).count);
  };
  const timer = clock.every(LOOK_MS, () => void look());
  return {
    look,
    async put({ to, subject, text }) {
      if ((await count()) >= MOST_WAITING) return log.warn({}, 'a mail was refused: 1,000 wait already');
      const now = clock.wall();
      await db
        .insertInto('mail')
        .values({
          ...{ id: randomUUIDv7(), recipient: to, subject, body: text, created: now, next: now },
          ...{ sent: null, tries: 0, error: null },
        })
        .execute();
      void look();
    },
    ...openMailsToMany({ db, clock, log, count, pause: LOOK_MS }),
    waiting: async (limit) =>
      (await db.selectFrom('mail').selectAll().orderBy('created', 'desc').limit(limit).execute()).map(
        ({ id, recipient, subject, body, created, tries, error }) => ({
          ...{ id, to: recipient, subject, text: body, created, tries, error },
        }),
      ),
    async drop(id) {
      await db.deleteFrom('mail').where('id', '=', id).execute();
    },
    async forget(to) {
      await db.deleteFrom('mail').where('recipient', '=', to).execute();
    },
    async [Symbol.asyncDispose]() {
      timer[Symbol.dispose]();
      await busy;
    },
  };
}
