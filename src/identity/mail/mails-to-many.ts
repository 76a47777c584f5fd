import { createHash, randomUUIDv7 } from 'node:crypto';
import type { Log } from '../../base/log.ts';
import type { Store } from '../../store/index.ts';
import type { Letter } from './smtp.ts';

/** Of the mails that wait, as many may be of this kind: room is left for links that somebody waits for. */
const MOST_OF_MANY = 500;
/** Mails to many that become due together, half of what one look sends. */
const AT_ONCE = 10;
/** Rows in one statement. */
const ROWS = 50;

/** What mails to many need. */
interface MailsToManyDeps {
  readonly db: Store['db'];
  readonly clock: { wall(): number };
  readonly log: Log;
  /** How many mails wait. */
  count(): Promise<number>;
  /** Between two looks at what is due, ms. */
  readonly pause: number;
}

/** Mails that say the same to many, and can wait. */
export interface MailsToMany {
  /**
   * Puts mails about one subject to many, `wait` ms later and a few at a time. What waits about it from before is
   * dropped, and who was to get it gets the new one at that time. What does not fit is refused, and logged.
   */
  putToMany(subject: string, letters: readonly Omit<Letter, 'id'>[], wait: number): Promise<void>;
  /** The addresses that a mail about this subject waits for. */
  awaited(subject: string): Promise<ReadonlySet<string>>;
}

/** The end of the ids of mails about one subject. */
const endOf = (subject: string): string =>
  `.${createHash('sha256').update(subject).digest('hex').slice(0, 16)}`;

/** Opens them on the table of mails. */
export function openMailsToMany({ db, clock, log, count, pause }: MailsToManyDeps): MailsToMany {
  const waitingFor = (subject: string) =>
    db
      .selectFrom('mail')
      .select(['id', 'recipient', 'next', 'tries', 'error'])
      .where('id', 'like', `%${endOf(subject)}`)
      .execute();
  return {
    awaited: async (subject) => new Set((await waitingFor(subject)).map(({ recipient }) => recipient)),
    async putToMany(subject, letters, wait) {
      const now = clock.wall();
      const before = await waitingFor(subject);
      const known = new Map(before.map((mail) => [mail.recipient, mail]));
      const free = Math.max(0, MOST_OF_MANY - (await count()) + before.length);
      // Whoever was promised one comes first.
      const wanted = letters.toSorted((a, b) => Number(known.has(b.to)) - Number(known.has(a.to)));
      if (wanted.length > free)
        log.warn({ mails: wanted.length - free }, 'mails to many were refused: 500 mails wait already');
      let fresh = 0;
      const rows = wanted.slice(0, free).map(({ to, subject: heading, text }) => {
        const { next, tries, error } = known.get(to) ?? {
          ...{ next: now + wait + Math.floor(fresh++ / AT_ONCE) * pause, tries: 0, error: null },
        };
        // Another id: should the one before be on its way now, this one is sent as well.
        const id = `${randomUUIDv7()}${endOf(subject)}`;
        return {
          ...{
            id,
            recipient: to,
            subject: heading,
            body: text,
            created: now,
            next,
            sent: null,
            tries,
            error,
          },
        };
      });
      await db.transaction().execute(async (trx) => {
        for (let i = 0; i < before.length; i += ROWS) {
          const ids = before.slice(i, i + ROWS).map(({ id }) => id);
          await trx.deleteFrom('mail').where('id', 'in', ids).execute();
        }
        for (let i = 0; i < rows.length; i += ROWS)
          await trx
            .insertInto('mail')
            .values(rows.slice(i, i + ROWS))
            .execute();
      });
    },
  };
}
