declare const kind: unique symbol;

/** An account's id: a UUIDv7. It stays when the account is erased. */
export type AccountId = string & { readonly [kind]: 'AccountId' };

const ID = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** The text as an account id, or undefined when it is not one. */
export const asAccountId = (text: string): AccountId | undefined =>
  ID.test(text) ? (text as AccountId) : undefined;

/**
 * What an account may do on this server. `operator`: everything, in every room. `host`: start rooms. `member`: take
 * part under a name that is theirs.
 */
export type AccountRole = 'operator' | 'host' | 'member';

/** The roles, the strongest first. */
export const ACCOUNT_ROLES = ['operator', 'host', 'member'] as const satisfies readonly AccountRole[];

/** What other parts know about a signed-in person: no address, no secret. */
export interface AccountCard {
  readonly id: AccountId;
  readonly name: string;
  readonly role: AccountRole;
}

/** What an account is in one room: a row of the table `room_member`. */
export type RoomMemberRole = 'host' | 'co-host' | 'speaker';
