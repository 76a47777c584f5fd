import type { AccountCard, RoomAsk } from '../wire/account.ts';

/** What the pages ask of the part that has the rooms. */
export interface RoomsPort {
  /** Takes a room into an account by a pasted link; undefined, or why not, in English. */
  adopt(who: AccountCard, link: string): Promise<{ readonly slug: string } | { readonly refused: string }>;
  /** The studio of a room with a link for this account; undefined when the room is not theirs. */
  studio(who: AccountCard, slug: string): Promise<string | undefined>;
  /** The rooms that an account is invited to, and those that it has accepted as a guest. */
  asked(who: AccountCard): Promise<readonly RoomAsk[]>;
  /** Accepts or declines an invitation; false when it is over. */
  answer(who: AccountCard, id: string, yes: boolean): Promise<boolean>;
  /** Where a guest who has accepted comes in; undefined for anybody else. */
  guestWay(who: AccountCard, slug: string): Promise<string | undefined>;
  /** What is kept about an account elsewhere: what it wrote, and whom it follows. */
  own?(who: AccountCard): Promise<object>;
  /** Notifications that came after their last look. */
  unseen?(who: AccountCard): Promise<number>;
  /** Takes an account that is being erased off the rooms that it hosts, and what it wrote with it. */
  forget(who: AccountCard): Promise<void>;
}
