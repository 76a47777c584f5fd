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
  /** Of its pages and mails; absent: that of the browser, or of who causes a mail. */
  readonly language?: 'en' | 'fr';
}

/** What an account is in one room: a row of the table `room_member`. */
export type RoomMemberRole = 'host' | 'co-host' | 'speaker';

/** What somebody is invited to a room as. */
export type InvitedRole = 'guest' | 'speaker' | 'co-host';
/** All of them. */
export const INVITED_ROLES = ['guest', 'speaker', 'co-host'] as const satisfies readonly InvitedRole[];

/** What is new about an announced room, as it is now. */
export interface NewsOfRoom {
  /** The id of its row. */
  readonly room: string;
  readonly title: string;
  readonly kind: 'moved' | 'late' | 'cancelled';
  /** In the host's own words. */
  readonly reason?: string;
  /** Wall-clock ms. */
  readonly start?: number;
  /** Of its hosts, by its IANA name; absent: UTC. */
  readonly zone?: string;
  /** Absent: its page is gone. */
  readonly slug?: string;
}

/** News of a room, and who gets them. */
export interface RoomTold {
  readonly news: NewsOfRoom;
  /** `letIn`: may know the address of the room. */
  readonly to: readonly { readonly id: AccountId; readonly letIn: boolean }[];
  /** True where something was taken back: nobody is written to who would not be anyway. */
  readonly onlyAwaited?: boolean;
}

/** One invitation to a room, as the account sees it that is asked. */
export interface RoomAsk {
  readonly id: string;
  readonly slug: string;
  readonly title: string;
  readonly role: InvitedRole;
  /** The name of the host who asks. */
  readonly inviter: string;
  /** Wall-clock ms. */
  readonly start?: number;
  readonly expires: number;
  /** True for a guest who has accepted. */
  readonly accepted: boolean;
}
