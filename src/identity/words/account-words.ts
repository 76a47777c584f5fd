import type { AccountRole, InvitedRole, NewsOfRoom, RoomMemberRole } from '../../wire/account.ts';
import type { FieldFault } from '../fields.ts';

/** A mail in words. */
export interface MailText {
  readonly subject: string;
  readonly text: string;
}

/** What a mail says of an invitation to a room. */
export interface RoomInvitationMail {
  readonly name: string;
  readonly inviter: string;
  readonly title: string;
  readonly role: InvitedRole;
  readonly link: string;
}

/** What a mail says of a room that was moved, is late or is cancelled. */
export interface RoomNewsMail extends Pick<NewsOfRoom, 'title' | 'kind' | 'reason' | 'start' | 'zone'> {
  readonly name: string;
  /** The room, or the page of one's account; absent: the room is gone. */
  readonly link?: string;
}

/** What the pages and mails of accounts say, in one language. */
export interface AccountWords {
  readonly language: 'en' | 'fr';
  readonly reportsLink: string;
  readonly suspended: string;
  readonly suspendedLead: (reason: string, until: number | undefined) => string;
  readonly suspendedMore: string;
  readonly suspendedData: string;
  readonly signIn: string;
  readonly signUp: string;
  readonly signOut: string;
  readonly signInLead: string;
  readonly name: string;
  readonly nameHint: string;
  readonly email: string;
  readonly password: string;
  readonly passwordHint: string;
  readonly newPassword: string;
  readonly oldPassword: string;
  readonly forgotten: string;
  readonly noAccount: string;
  readonly invitedOnly: string;
  readonly invitedAs: (role: AccountRole) => string;
  readonly invitationOver: string;
  readonly firstOperator: string;
  /** Where somebody who is signed in opens the page that makes an account. */
  readonly signedInAs: (name: string) => string;
  readonly roles: Readonly<Record<AccountRole, string>>;
  readonly sent: string;
  readonly sentLead: (email: string) => string;
  /** The same where the server sends no mail. */
  readonly noSmtpTitle: string;
  readonly noSmtp: (email: string) => string;
  readonly ready: string;
  readonly proveTitle: string;
  readonly changeLead: string;
  /** Before the password with which a new account was made. */
  readonly proveWith: string;
  readonly proveWrong: string;
  /** The way for whoever did not choose that password. */
  readonly proveOther: string;
  readonly prove: string;
  readonly proved: string;
  readonly linkOver: string;
  readonly resetTitle: string;
  readonly resetLead: string;
  readonly resetSend: string;
  readonly resetSet: string;
  readonly resetDone: string;
  readonly account: string;
  /** Over the forms for name, address and password. */
  readonly details: string;
  readonly save: string;
  readonly saved: string;
  readonly changeEmailLead: string;
  readonly changeEmailSent: string;
  readonly changePassword: string;
  readonly passwordChanged: string;
  readonly sessions: string;
  readonly sessionsLead: string;
  readonly thisBrowser: string;
  readonly unknownDevice: string;
  readonly lastUse: (when: string) => string;
  readonly notUsed: string;
  readonly end: string;
  readonly endOthers: string;
  readonly ended: string;
  readonly passkeys: string;
  readonly passkeysLead: string;
  readonly noPasskeys: string;
  readonly passkeyName: string;
  readonly passkeyAdd: string;
  readonly passkeyAdded: string;
  readonly passkeyNotAdded: string;
  readonly passkeyMost: string;
  readonly passkeySignIn: string;
  readonly passkeyWrong: string;
  readonly passkeyEnded: string;
  readonly passkeyFailed: string;
  readonly passkeyKnown: string;
  readonly signInAgain: string;
  readonly since: (when: string) => string;
  readonly remove: string;
  readonly tokens: string;
  readonly tokensLead: string;
  readonly tokenName: string;
  readonly tokenMake: string;
  readonly tokenMade: string;
  readonly tokenMost: string;
  readonly noTokens: string;
  readonly rooms: string;
  readonly noRooms: string;
  readonly startRoom: string;
  /** Invitations to rooms. */
  readonly asks: string;
  /** Who invites, as what; `inviter` is HTML. */
  askedAs(inviter: string, role: InvitedRole): string;
  readonly asGuest: string;
  readonly accept: string;
  readonly decline: string;
  readonly enterRoom: string;
  readonly askAccepted: string;
  readonly askDeclined: string;
  readonly askOver: string;
  readonly memberRoles: Readonly<Record<RoomMemberRole, string>>;
  readonly openStudio: string;
  readonly noStudio: string;
  /** Other services that people sign in with. */
  readonly services: string;
  readonly servicesLead: string;
  readonly serviceSignIn: (name: string) => string;
  readonly serviceConnect: (name: string) => string;
  readonly serviceConnected: string;
  readonly serviceGoing: (name: string) => string;
  readonly serviceAway: (name: string) => string;
  /** Why a sign-in with a service came to nothing, by what the library calls it; `{name}` is the service. */
  readonly serviceFaults: Readonly<{
    other: string;
    access_denied: string;
    account_not_linked: string;
    signup_disabled: string;
    email_not_found: string;
    state_mismatch: string;
    state_not_found: string;
    unable_to_link_account: string;
    account_already_linked_to_different_user: string;
    "email_doesn't_match": string;
  }>;
  readonly adopt: string;
  readonly adoptLink: string;
  readonly adoptHint: string;
  readonly adopted: string;
  /** Why a room could not be claimed, by code. */
  readonly adoptRefused: Readonly<{
    other: string;
    'not-host': string;
    'token-expired': string;
    'link-withdrawn': string;
    removed: string;
    banned: string;
    'room-unknown': string;
  }>;
  readonly data: string;
  readonly exportLead: string;
  readonly exportLink: string;
  readonly eraseTitle: string;
  readonly eraseLead: string;
  readonly erase: string;
  readonly erased: string;
  readonly lastOperator: string;
  readonly operateTitle: string;
  readonly operateLink: string;
  readonly serverLink: string;
  readonly accounts: string;
  readonly role: string;
  readonly unproved: string;
  readonly invitations: string;
  readonly invite: string;
  readonly inviteEmail: string;
  readonly inviteLink: string;
  readonly withdraw: string;
  readonly usable: (until: string) => string;
  readonly used: string;
  readonly mails: string;
  readonly mailsLead: string;
  readonly noMails: string;
  readonly drop: string;
  readonly operatorsOnly: string;
  readonly wrong: string;
  readonly notProved: string;
  readonly wrongPassword: string;
  readonly tooOften: (seconds: number) => string;
  readonly foreign: string;
  readonly away: string;
  /** `mark`: what the log has as well. */
  readonly broken: (mark: string) => string;
  readonly unread: string;
  readonly faults: Readonly<Record<FieldFault, string>>;
  readonly mail: {
    confirm(name: string, link: string): MailText;
    change(name: string, link: string): MailText;
    changing(name: string, email: string): MailText;
    reset(name: string, link: string): MailText;
    known(name: string, link: string): MailText;
    invitation(role: AccountRole, link: string): MailText;
    roomInvitation(about: RoomInvitationMail): MailText;
    roomNews(about: RoomNewsMail): MailText;
  };
}
