import { timeInZone } from '../../wire/zones/said-time.ts';
import type { AccountWords } from './account-words.ts';

const roles = { operator: 'operator', host: 'host', member: 'member' } as const;
const invitedAs = { guest: 'as a guest', speaker: 'to speak', 'co-host': 'as a co-host' } as const;
const news = { moved: 'New time', late: 'Late', cancelled: 'Cancelled' } as const;
const HOUR = 'The link works once, within an hour.';
const NOT_YOU = 'If this was not you, do nothing: without the link nothing happens.';

/** The words in English. */
export const english: AccountWords = {
  language: 'en',
  reportsLink: 'Reports',
  suspended: 'Your account is suspended',
  suspendedLead: (reason, until) =>
    `The operator of this server decided: ${reason}. ${until === undefined ? 'No end is set.' : `Until ${new Date(until).toISOString().slice(0, 16).replace('T', ' ')} UTC.`} You can go on listening.`,
  suspendedMore: 'What was decided, and how to object',
  suspendedData: 'What is stored about you, to download or to erase',
  signIn: 'Sign in',
  signUp: 'Make an account',
  signOut: 'Sign out',
  signInLead: 'Listening, waiting in line, reacting and asking need no account.',
  name: 'Your name',
  nameHint: 'As others see it: up to 60 characters, in one script.',
  email: 'E-mail address',
  password: 'Password',
  passwordHint: 'At least 10 characters. A few words in a row are good.',
  newPassword: 'New password',
  oldPassword: 'Your password now',
  forgotten: 'Forgotten your password?',
  noAccount: 'No account yet?',
  invitedOnly: 'Accounts on this server are made by invitation: ask its operator for a link.',
  invitedAs: (role) => `You are invited to this server as ${roles[role]}.`,
  invitationOver:
    'This invitation has been used, was withdrawn or has expired. Ask whoever sent it for a new one; if you already have an account, sign in.',
  signedInAs: (name) => `This browser is signed in as ${name}. An account that is made here is another one.`,
  firstOperator: 'This server has no operator yet. Whoever makes this account becomes its operator.',
  roles,
  sent: 'Check your mail',
  sentLead: (email) =>
    `If everything is in order, a link is on its way to ${email}. ${HOUR} Nothing there after some minutes? Look in your spam folder, or ask again.`,
  noSmtpTitle: 'Ask the operator for your link',
  noSmtp: (email) =>
    `This server cannot send mail. If everything is in order, its operator sees a link for ${email} now and can pass it on to you. ${HOUR}`,
  ready: 'Your account is ready. Sign in with your new password.',
  proveTitle: 'Confirm your address',
  changeLead: 'Enter the password of your account. From then on this is its address.',
  proveWith:
    'Enter the password that you chose for this account. Then the address is confirmed, and you are signed in.',
  proveWrong:
    'That is not the password this account was made with. If you did not make it, set a password of your own.',
  proveOther: 'I did not make this account, or do not know its password',
  prove: 'Confirm',
  proved: 'Your address is confirmed.',
  linkOver: 'This link has been used or has expired. Ask for a new one.',
  resetTitle: 'A new password',
  resetLead: 'We send a link to your address with which you choose a new password.',
  resetSend: 'Send the link',
  resetSet: 'Set the password',
  resetDone: 'Your new password is set, and every browser is signed out. Sign in with it.',
  account: 'Your account',
  details: 'Name, address and password',
  save: 'Save',
  saved: 'Saved.',
  changeEmailLead: 'The new address counts once you have confirmed it with the link that is sent to it.',
  changeEmailSent:
    'A link is on its way to the new address. Until you have confirmed it, the old one counts.',
  changePassword: 'Change the password',
  passwordChanged: 'Your password is changed, and every other browser is signed out.',
  sessions: 'Where you are signed in',
  sessionsLead:
    'End any that you do not recognise. The time of the last use is noted to the hour; no network address is.',
  thisBrowser: 'this browser',
  unknownDevice: 'A program without a name',
  lastUse: (when) => `last used ${when}`,
  notUsed: 'not used yet',
  end: 'End',
  endOthers: 'End all others',
  ended: 'Ended.',
  passkeys: 'Passkeys',
  passkeysLead:
    'Your phone, computer or security key signs you in with your fingerprint, your face or a PIN. Nothing is typed, and no other site can ask for it.',
  noPasskeys: 'None yet.',
  passkeyName: 'Where the passkey is kept, such as “my phone”',
  passkeyAdd: 'Add a passkey',
  passkeyAdded: 'The passkey is added. From now on it signs you in.',
  passkeyNotAdded: 'The passkey could not be added. Try again.',
  passkeyMost: 'An account has 20 passkeys at most: remove one first.',
  passkeySignIn: 'Sign in with a passkey',
  passkeyWrong: 'This passkey is not known here. Sign in with your address and password.',
  passkeyEnded: 'Nothing was done: the request was cancelled, or took too long.',
  passkeyFailed: 'This did not work. Try again, or use your password.',
  passkeyKnown: 'This device already has a passkey for this account.',
  signInAgain: 'Sign out and in again first: a passkey can be added within an hour of signing in.',
  since: (when) => `since ${when}`,
  remove: 'Remove',
  tokens: 'Tokens for programs',
  tokensLead:
    'A program that sends “Authorization: Bearer” and a token does what you may do in rooms. Give each its own.',
  tokenName: 'What it is for',
  tokenMake: 'Make a token',
  tokenMade: 'This is the token. It is shown this once:',
  tokenMost: 'An account has 20 tokens at most: end one first.',
  noTokens: 'None.',
  rooms: 'Your rooms',
  noRooms: 'None yet. Rooms that you start while signed in are listed here.',
  startRoom: 'Start a room',
  asks: 'Invitations to rooms',
  askedAs: (inviter, role) => `${inviter || 'A host'} invites you ${invitedAs[role]}.`,
  asGuest: 'You are a guest.',
  accept: 'Accept',
  decline: 'Decline',
  enterRoom: 'Go to the room',
  askAccepted: 'Accepted. The room is listed below, or above while you are its guest.',
  askDeclined: 'Declined.',
  askOver: 'This invitation has expired, was taken back, or has been answered.',
  memberRoles: { host: 'host', 'co-host': 'co-host', speaker: 'speaker' },
  openStudio: 'Open the studio',
  noStudio: 'This room is not in your account, or no longer is. Ask its host.',
  services: 'Other services',
  servicesLead:
    'Once connected, you can sign in here with your account there. Nothing else of it is read or kept.',
  serviceSignIn: (name) => `Sign in with ${name}`,
  serviceConnect: (name) => `Connect ${name}`,
  serviceConnected: 'Connected. From now on you can sign in with it.',
  serviceGoing: (name) => `Go on to ${name}`,
  serviceAway: (name) => `${name} does not answer now. Sign in another way, or try again in some minutes.`,
  serviceFaults: {
    other: 'This did not work, and nothing was changed. Begin again, or sign in another way.',
    access_denied: 'You did not agree at {name}, so nothing was changed.',
    account_not_linked:
      'There is an account with this address here. Sign in with its password or passkey, and connect {name} on the page of your account.',
    signup_disabled:
      'No account here is connected with this one at {name}. Accounts on this server are made by invitation; if you have one, sign in and connect {name} on its page.',
    email_not_found: '{name} has not confirmed your e-mail address. Confirm it there first, then come back.',
    state_mismatch: 'This sign-in is over, or was begun in another browser. Begin again.',
    state_not_found: 'This sign-in is over, or was begun in another browser. Begin again.',
    unable_to_link_account:
      '{name} could not be connected: it has not confirmed your address, or you have signed out meanwhile.',
    account_already_linked_to_different_user:
      'This account at {name} is connected with another account here.',
    "email_doesn't_match":
      'The address at {name} is another one than here. Change one of the two, then connect.',
  },
  adopt: 'Add the room to the account',
  adoptLink: 'A host’s link of a room',
  adoptHint:
    'For rooms that were started without an account: paste the link of its studio. The link keeps working; from here you no longer need it.',
  adopted: 'The room is in your account.',
  adoptRefused: {
    other:
      'This is not the link of a studio, or a part of it is missing. Copy it whole, with what follows #token=.',
    'not-host': 'This is a speaker’s link. Only hosts take a room into their account.',
    'token-expired': 'This link has expired. Ask the operator for a new host link.',
    'link-withdrawn': 'This link was withdrawn. Use the newest one.',
    removed: 'The host of this room has removed you from it.',
    banned: 'You are banned from the stage of this room.',
    'room-unknown': 'There is no such room here, or it was removed.',
  },
  data: 'Your data',
  exportLead: 'Everything stored about your account, as one file of JSON.',
  exportLink: 'Download your data',
  eraseTitle: 'Erase the account',
  eraseLead:
    'Name, address, password, passkeys, tokens and sign-ins are erased at once and cannot be brought back. A row without content stays, so that old records do not point at nothing. Rooms and recordings stay with the server; their pages no longer name you as host, and say that a host erased their account.',
  erase: 'Erase for good',
  erased: 'Your account is erased.',
  lastOperator: 'You are the only operator: make somebody else one first.',
  operateTitle: 'Accounts and invitations',
  operateLink: 'Accounts and invitations of this server',
  serverLink: 'The operator’s page',
  accounts: 'Accounts',
  role: 'Role',
  unproved: 'address not confirmed',
  invitations: 'Invitations',
  invite: 'Invite',
  inviteEmail: 'E-mail address (empty: whoever has the link)',
  inviteLink: 'This is the invitation. It works once, for seven days:',
  withdraw: 'Withdraw',
  usable: (until) => `until ${until}`,
  used: 'used',
  mails: 'Mail waiting to be sent',
  mailsLead:
    'What could not be sent yet. You can pass a link on by another way; it is as secret as a password.',
  noMails: 'No mail is waiting.',
  drop: 'Discard',
  operatorsOnly: 'This page is for operators of this server. Your account is not an operator’s.',
  wrong: 'This address and this password do not match.',
  notProved: 'Your address is not confirmed yet. A new link is on its way to it.',
  wrongPassword: 'That is not your password.',
  tooOften: (seconds) =>
    `Too many attempts for this address or from your network. Try again in ${seconds} s.`,
  foreign: 'This was sent from a page of another site, and nothing was done.',
  away: 'The accounts cannot be reached at the moment. Rooms go on, and links of hosts and speakers work. Try again in a minute.',
  broken: (mark) =>
    `A mistake of ours keeps this from being shown or saved. The operator of this server finds it in the log as ${mark}; tell them if it happens again.`,
  unread: 'The form was too long, or broke off. Send it again.',
  faults: {
    name: 'Use a name of 1 to 60 visible characters, each word in one script.',
    email: 'Use an address such as ana@example.org, without accents.',
    passwordShort: 'Use at least 10 characters.',
    passwordLong: 'Use at most 128 characters.',
    passwordCommon: 'This is one of the first that people try: choose another.',
  },
  mail: {
    confirm: (name, link) => ({
      subject: 'Confirm your address',
      text: `Hello ${name},\n\nconfirm that this address is yours:\n\n${link}\n\n${HOUR} ${NOT_YOU}\n`,
    }),
    change: (name, link) => ({
      subject: 'Confirm your new address',
      text: `Hello ${name},\n\nconfirm that this is the new address of your account:\n\n${link}\n\n${HOUR} ${NOT_YOU}\n`,
    }),
    changing: (name, email) => ({
      subject: 'Your address is being changed',
      text: `Hello ${name},\n\nsomebody who is signed in to your account asked to change its address to ${email}. It happens when the link there is opened with your password. If this was not you, change your password now and end all other sign-ins.\n`,
    }),
    reset: (name, link) => ({
      subject: 'A new password',
      text: `Hello ${name},\n\nchoose a new password here:\n\n${link}\n\n${HOUR} ${NOT_YOU}\n`,
    }),
    known: (name, link) => ({
      subject: 'You already have an account',
      text: `Hello ${name},\n\nsomebody wanted to use this address for an account. You already have one:\n\n${link}\n\nIf this was not you, do nothing.\n`,
    }),
    invitation: (role, link) => ({
      subject: 'You are invited',
      text: `Hello,\n\nyou are invited to a server of live audio rooms as ${roles[role]}:\n\n${link}\n\nThe link works once, within seven days.\n`,
    }),
    roomInvitation: ({ name, inviter, title, role, link }) => ({
      subject: `Invitation: ${title}`,
      text: `Hello ${name},\n\n${inviter || 'a host'} invites you ${invitedAs[role]} to the room “${title}”. Accept or decline on the page of your account, within 30 days:\n\n${link}\n`,
    }),
    roomNews({ name, title, kind, reason, start, zone, link }) {
      const said = {
        moved: `the room “${title}” has a new time.`,
        late: `the room “${title}” begins late: ${reason}`,
        cancelled: `the room “${title}” is cancelled${reason === undefined ? '.' : `: ${reason}`}`,
      };
      const when = `${kind === 'moved' ? 'It begins' : 'Announced for'}: ${timeInZone(start ?? 0, zone, 'en', 'date')}`;
      const parts = [
        `Hello ${name},`,
        said[kind],
        ...(start === undefined ? [] : [when]),
        ...(link ? [link] : []),
      ];
      return { subject: `${news[kind]}: ${title}`, text: `${parts.join('\n\n')}\n` };
    },
  },
};
