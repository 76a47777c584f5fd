import type { Clock } from '../../base/clock.ts';
import { reasonOf } from '../../base/errors.ts';
import { ms } from '../../base/time.ts';
import type { Store } from '../../store/index.ts';
import type { SocialDeps } from '../social-deps.ts';
import { notificationEnglish } from '../words/notification-english.ts';
import { notificationFrench } from '../words/notification-french.ts';
import type { Notifications } from './notifications.ts';

const LOOK_MS = ms(60_000);
/** One mail to an account in this long. */
const ONCE_MS = 86_400_000;
/** Accounts with news that are remembered; what comes beyond is in no mail until more comes. */
const MOST_WAITING = 10_000;

/** Mails to those who want one about what is new. */
export interface NotificationMails extends Disposable {
  /** Something was told to an account. */
  told(account: string): void;
}

/** Opens them; `later`: work that goes on by itself. */
export function openNotificationMails({
  store,
  clock,
  log,
  mail,
  publicUrl,
  notifications,
  later,
}: {
  readonly store: Store;
  readonly clock: Clock;
  readonly notifications: Pick<Notifications, 'unseen'>;
  later(work: Promise<void>): void;
} & Pick<SocialDeps, 'log' | 'mail' | 'publicUrl'>): NotificationMails {
  const { db } = store;
  const base = (publicUrl ?? '').replace(/\/+$/, '');
  const waiting = new Set<string>();

  /** True when nothing is left to do for an account. */
  async function write(account: string): Promise<boolean> {
    const row = await db
      .selectFrom('social_setting')
      .innerJoin('account', 'account.id', 'social_setting.account')
      .select(['mail', 'mailed', 'name', 'language'])
      .where('social_setting.account', '=', account)
      .where('account.erased', 'is', null)
      .executeTakeFirst();
    if (row?.mail !== 1) return true;
    const now = clock.wall();
    if (now - row.mailed < ONCE_MS) return false;
    // What was there at the last mail is no reason for another.
    if ((await notifications.unseen(account, row.mailed)) === 0) return true;
    const many = await notifications.unseen(account);
    // Written first: whatever happens in between, nobody gets two.
    await db.updateTable('social_setting').set({ mailed: now }).where('account', '=', account).execute();
    const words = row.language === 'fr' ? notificationFrench : notificationEnglish;
    const text = words.mailText(row.name, many, `${base}/notifications`, `${base}/settings`);
    await mail?.(account, { subject: words.mailSubject, text });
    return true;
  }
  let isLooking = false;
  const look = async (): Promise<void> => {
    isLooking = true;
    try {
      for (const account of [...waiting])
        try {
          if (await write(account)) waiting.delete(account);
        } catch (error) {
          // One that cannot be written keeps nobody else waiting.
          log.warn(
            { error: reasonOf(error) },
            'a mail about notifications could not be written: tomorrow again',
          );
        }
    } finally {
      isLooking = false;
    }
  };
  // What was told before the process ended is in a mail as well.
  const wanting = async (): Promise<void> => {
    const rows = await db
      .selectFrom('social_setting')
      .select('account')
      .where('mail', '=', 1)
      .orderBy('mailed')
      .limit(MOST_WAITING)
      .execute();
    for (const { account } of rows) waiting.add(account);
  };
  if (mail) later(wanting());
  // A look that takes longer than the pause is not overtaken by the next.
  const timer = mail
    ? clock.every(LOOK_MS, () => {
        if (!isLooking && waiting.size > 0) later(look());
      })
    : undefined;
  return {
    told(account) {
      if (mail && waiting.size < MOST_WAITING) waiting.add(account);
    },
    [Symbol.dispose]: () => timer?.[Symbol.dispose](),
  };
}
