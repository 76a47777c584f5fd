import type { AccountCard } from '../wire/account.ts';
import { type Accounts, cardOf } from './accounts.ts';
import { emailOf, nameOf } from './fields.ts';

/**
 * Finds the account that somebody means by an address or a name: the same questions are asked of the database whatever
 * is found. A name counts where exactly one account has it. Accounts that are suspended, or whose address is not
 * confirmed, are not found. Whoever asks answers their own caller alike in both cases.
 */
export const openLookUp =
  (accounts: Accounts) =>
  async (said: string): Promise<AccountCard | undefined> => {
    const [byEmail, named] = await Promise.all([
      accounts.byEmail(emailOf(said) ?? 'nobody@invalid.example'),
      accounts.named(nameOf(said) ?? ''),
    ]);
    const found = byEmail ?? named;
    return found?.verified && !found.suspended ? cardOf(found) : undefined;
  };
