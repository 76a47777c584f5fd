import type { RoomTold } from '../../wire/account.ts';
import type { Accounts } from '../accounts.ts';
import { english } from '../words/english.ts';
import { french as frenchWords } from '../words/french.ts';
import type { Mails } from './mails.ts';
import type { Letter } from './smtp.ts';

/** Accounts that are written to about one change. */
const MOST_TOLD = 400;
/** Changes of this long are one mail. */
const WAIT_MS = 120_000;
/** A room that is changed more often than that in a day is told later and later. */
const SOON_TIMES = 3;
/** Never later than this. It stays below the longest pause of mails. */
const LONGEST_WAIT_MS = 1_800_000;
const DAY_MS = 86_400_000;

/** What mails about rooms need. */
export interface RoomMailsDeps {
  readonly clock: { wall(): number };
  readonly accounts: Accounts;
  readonly mails: Mails;
  /** The origin that people use. */
  readonly base: string;
}

/** Writes news of rooms to accounts with a confirmed address, one room after the other, so that the newest are last. */
export function openRoomMails({ clock, accounts, mails, base }: RoomMailsDeps) {
  /** Mails of a room that went out together in the last day, and when the last of them are due. */
  const rounds = new Map<string, { until: number; times: number }>();
  let last: Promise<unknown> = Promise.resolve();

  function waitOf(room: string): number {
    const now = clock.wall();
    for (const [id, { until }] of rounds) if (Math.abs(now - until) > DAY_MS) rounds.delete(id);
    const { until, times } = rounds.get(room) ?? { until: 0, times: 0 };
    if (now < until) return until - now;
    const wait = Math.min(WAIT_MS * 2 ** Math.max(0, times + 1 - SOON_TIMES), LONGEST_WAIT_MS);
    rounds.set(room, { until: now + wait, times: times + 1 });
    return wait;
  }

  async function write({ news, to, onlyAwaited }: RoomTold, french: boolean): Promise<void> {
    const subject = `news of ${news.room}`;
    const awaited = onlyAwaited ? await mails.awaited(subject) : undefined;
    const letters: Omit<Letter, 'id'>[] = [];
    for (const { id, letIn } of to.slice(0, MOST_TOLD)) {
      const account = await accounts.find(id);
      if (!account?.verified || account.suspended || awaited?.has(account.email) === false) continue;
      const words = (account.language ?? (french ? 'fr' : 'en')) === 'fr' ? frenchWords : english;
      const path = letIn ? `/r/${news.slug}` : '/account';
      const link = news.slug === undefined ? {} : { link: `${base}${path}` };
      letters.push({ to: account.email, ...words.mail.roomNews({ ...news, name: account.name, ...link }) });
    }
    await mails.putToMany(subject, letters, letters.length === 0 ? 0 : waitOf(news.room));
  }

  return (read: () => Promise<RoomTold | undefined>, french: boolean): Promise<void> => {
    const one = last.then(async () => {
      const told = await read();
      if (told) await write(told, french);
    });
    last = one.catch(() => undefined);
    return one;
  };
}
