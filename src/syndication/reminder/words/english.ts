import { timeInZone } from '../../../wire/zones/said-time.ts';

const NUMBER = new Intl.NumberFormat('en');

/** What a reminder says of a room. */
export interface RoomSaid {
  readonly title: string;
  readonly hosts: string;
  readonly reason?: string | undefined;
}

/** What pages and messages of reminders say. `{time}` and `{day}` are put in where they are read, in the reader's time. */
export const english = {
  language: 'en' as 'en' | 'fr',
  title: 'Remind me',
  noRoom: 'There is no room at this address. Rooms keep their address, so this one was probably mistyped.',
  toHome: 'See what is on and what comes',
  isOn: 'It is on now: nobody needs to be reminded any more.',
  isOver: 'It is over. What there is to hear again stands on its page.',
  isOff: 'It was called off: there is nothing to be reminded of.',
  toRoom: 'To the room',
  /** `at` is safe as HTML, as in the three below. */
  starts: (at: string) => `Starts ${at}.`,
  overdue: (at: string) => `It was to start ${at}.`,
  movedFrom: (from: string) => `It was moved: first it was announced for ${from}.`,
  isOpen: 'The doors are open. Whoever is reminded is told when it begins.',
  count: (people: number) =>
    people === 1 ? '1 person will be reminded.' : `${NUMBER.format(people)} people will be reminded.`,
  /** Times are safe as HTML. */
  window: (from: string, until: string) =>
    `Reminders go out from ${from} to ${until}, a few at a time, so that not everybody comes in one second.`,
  /** Where nobody knows the reader's time zone. */
  clock: (at: number, zone: string | undefined) => timeInZone(at, zone, 'en', 'clock'),
  when: (at: number, zone: string | undefined) => timeInZone(at, zone, 'en', 'date'),
  push: {
    title: 'On this device',
    lead: 'Your browser tells you, also when this page is closed. No account, no name.',
    button: 'Remind me on this device',
    asking: 'Your browser asks its push service…',
    on: 'This device will be reminded.',
    leave: 'Remind me no longer',
    left: 'This device is not reminded any more.',
    denied:
      'Your browser does not let this site show messages. You can change that in its settings for this site.',
    unable: 'This browser takes no messages from websites. What stands below works in every browser.',
    ios: 'On iPhones and iPads this works once the page is on the home screen: press Share, then “Add to Home Screen”, and open it from there.',
    failed: 'Your browser could not subscribe. Try again, or choose another way.',
    script: 'This way needs scripts. What stands below does not.',
  },
  mail: {
    title: 'By e-mail',
    lead: 'One mail before it starts, and one if its time changes. First you get a link that confirms your address. It is deleted one day after the room is over.',
    field: 'Your e-mail address',
    button: 'Remind me by e-mail',
    sent: 'A link is on its way to this address. You are reminded once you have opened it.',
    wrong: 'Write one address, like ana@example.org.',
    subject: (title: string) => `Confirm: remind me of ${title}`,
    confirm: (title: string, link: string) =>
      `Somebody, probably you, wants a reminder of “${title}” to be sent to this address.\n\nYes, remind me:\n${link}\n\nIf it was not you, do nothing: nothing more is sent, and your address is deleted within a day.\n`,
    foot: (link: string) => `\n--\nYou asked to be reminded of this room. Remind me no longer:\n${link}\n`,
    /** For whoever has chosen to be reminded of what those whom they follow announce. */
    followedFoot: (link: string, all: string) =>
      `\n--\nYou follow who announced this room, and chose to be reminded. No longer of this room:\n${link}\nOf no room:\n${all}\n`,
    facts: (link: string, at: number | undefined, zone: string | undefined) =>
      `${at === undefined ? '' : `Start: ${timeInZone(at, zone, 'en', 'date')}\n`}Listen: ${link}\n`,
  },
  calendar: {
    title: 'In your calendar',
    lead: 'A calendar entry reminds you ten minutes before, without anything being kept here.',
    button: 'Calendar entry',
  },
  own: {
    title: 'Your reminder',
    none: 'There is no such reminder any more: it was ended, or its room is over. Nothing of it is kept.',
    confirmLead: (title: string) => `Be reminded of “${title}” by e-mail?`,
    confirm: 'Yes, remind me',
    confirmed: 'You will be reminded by e-mail.',
    lead: (title: string) => `You are reminded of “${title}”.`,
    leave: 'Remind me no longer',
    left: 'You are not reminded any more. Nothing of this reminder is kept.',
  },
  followed: {
    title: 'Rooms of those you follow',
    lead: 'When somebody whom you follow announces a room, this server can remind you of it. You choose; without a choice nobody writes to you.',
    noMail:
      'This server sends no mail, so it cannot write to you about them. “Remind me” on the page of a room reminds this device of that room.',
    way: 'Remind me',
    off: 'Not at all',
    mail: 'By e-mail, to the address of your account',
    keep: 'Keep this',
    kept: 'Kept. It holds for rooms that are announced from now on.',
    ended: 'Kept. You are not reminded any more, nor of rooms that were announced already.',
    signIn: 'Sign in',
    needed:
      'This needs an account. To be reminded of one room, press “Remind me” on its page: that needs none.',
  },
  refused: {
    foreign: 'This form came from another site. Open the page here and press again.',
    unread: 'The form could not be read. Try again.',
    full: 'No more reminders are taken at the moment. The calendar entry always works.',
    often: (seconds: number) => `Too many in a short time. Try again in ${seconds} seconds.`,
    noMail: 'This server sends no mail.',
  },
  soon: { head: (it: RoomSaid) => it.title, says: () => 'Starts at {time}.' },
  soonLate: { says: (it: RoomSaid) => `Starts late: ${it.reason}` },
  live: { head: (it: RoomSaid) => it.title, says: () => 'It begins now.' },
  late: {
    head: (it: RoomSaid) => `Late: ${it.title}`,
    says: (it: RoomSaid) => `It begins late: ${it.reason}`,
  },
  moved: {
    head: (it: RoomSaid) => `New time: ${it.title}`,
    says: () => 'It now starts {day}. You will be reminded before.',
  },
  cancelled: {
    head: (it: RoomSaid) => `Cancelled: ${it.title}`,
    says: (it: RoomSaid) =>
      it.reason === undefined ? 'It does not take place.' : `It does not take place: ${it.reason}`,
  },
  /** For mails, which are read anywhere. */
  timeIn: (text: string, at: number, zone: string | undefined) =>
    text
      .replace('{time}', timeInZone(at, zone, 'en', 'clock'))
      .replace('{day}', timeInZone(at, zone, 'en', 'date')),
};

/** The same in every language. */
export type ReminderWords = typeof english;
