import type { Store } from '../store/index.ts';

/** The account with an e-mail address; undefined when there is none. */
export const accountBy = (
  { db }: Store,
  email: string,
): Promise<{ readonly id: string; readonly name: string } | undefined> =>
  db
    .selectFrom('account')
    .select(['id', 'name'])
    .where('email', '=', email.trim().toLowerCase())
    .where('erased', 'is', null)
    .executeTakeFirst();
