import type { NotificationWords } from './notification-words.ts';

const list = (names: readonly string[]): string => new Intl.ListFormat('en-GB').format(names);
const figure = (many: number): string => many.toLocaleString('en-GB');

/** English. */
export const notificationEnglish: NotificationWords = {
  title: 'Notifications',
  about: 'What others did with your posts, the rooms of those you follow, and invitations.',
  empty:
    'Nothing yet. Answers, mentions, likes and new followers stand here, and the rooms of those you follow.',
  older: 'Older notifications',
  isNew: 'New',
  end: 'There is nothing older. Notifications are kept for 90 days.',
  unseen: (many) => (many >= 100 ? '99+' : `${many}`),
  people: (names, more) =>
    more === 0 && names.length > 0
      ? list(names)
      : list([
          ...names,
          names.length === 0
            ? `${figure(more)} ${more === 1 ? 'person' : 'people'}`
            : `${figure(more)} ${more === 1 ? 'other' : 'others'}`,
        ]),
  line: (kind, who, many) =>
    ({
      mention: `${who} mentioned you`,
      reply: `${who} answered you`,
      quote: `${who} quoted you`,
      like: `${who} ${many === 1 ? 'likes' : 'like'} your post`,
      repost: `${who} reposted you`,
      follow: `${who} ${many === 1 ? 'follows' : 'follow'} you`,
    })[kind],
  invited: (inviter, title, role) =>
    `${inviter || 'A host'} invites you to ${title}${{ guest: '', speaker: ', to speak', 'co-host': ', as a co-host' }[role]}`,
  answerInvitation: 'Accept or decline on the page of your account',
  reports: (many) =>
    many === 1 ? 'One report waits for a decision' : `${figure(many)} reports wait for a decision`,
  readReports: 'Read the reports',
  morePosts: (many) =>
    many === 1
      ? 'One more post of theirs that day is not listed.'
      : `${figure(many)} more posts of theirs that day are not listed.`,
  rooms: {
    announced: 'A room was announced',
    moved: 'A room was moved to another time',
    cancelled: 'A room was called off',
    begun: 'A room has begun',
  },
  settings: 'Settings',
  settingsAbout: 'What you are told, whom you read, and in which language.',
  saved: 'Saved.',
  save: 'Save',
  tellMe: 'Tell me about',
  kinds: {
    mention: 'Mentions',
    reply: 'Answers',
    quote: 'Quotes',
    like: 'Likes',
    repost: 'Reposts',
    follow: 'New followers',
    room: 'Rooms of those you follow: announced, moved, called off, begun',
    invitation: 'Invitations to rooms',
    report: 'Reports that wait for a decision',
  },
  whose: 'Mentions, answers and quotes',
  byWhom: { all: 'By everybody', followed: 'By those you follow' },
  whoseHint:
    'What others write stands in the conversation in any case. Whom you mute or block never notifies you.',
  mail: 'Write me a mail about what is new',
  mailHint: 'At most one a day, only when something is new.',
  language: 'Language',
  languageHint:
    'Of these pages, of those of your account, and of mails to you. Rooms have the language that you choose there.',
  ofBrowser: 'As my browser says',
  muted: 'Muted',
  blocked: 'Blocked',
  nobodyMuted: 'You have muted nobody.',
  nobodyBlocked: 'You have blocked nobody.',
  keptAway: 'People you keep away',
  yours: 'You',
  profile: 'Change your page',
  account: 'Your account',
  reminders: 'Reminders',
  remindersHint: 'Choose whether you are reminded of rooms of those you follow.',
  accountHint: 'Name, address, password, passkeys; everything as a file; erase it.',
  mailSubject: 'What is new for you',
  mailText: (name, many, link, settings) =>
    `Hello ${name},\n\n${many === 1 ? 'there is one new notification' : `there are ${many >= 100 ? 'more than 99' : many} new notifications`} for you:\n${link}\n\nNo more of these mails: ${settings}\n`,
};
