import { METRICS, type MetricId } from '../../wire/metrics.ts';
import type { ClaimWords } from './claim-words.ts';

/** The texts in English. */
export const ENGLISH: ClaimWords = {
  language: 'en',
  figures: {
    listeners_now: 'listeners at that moment',
    peak_concurrent: 'the most listeners at the same time',
    avg_concurrent: 'listeners at the same time, on average',
    in_room_now: 'people with the room open, listening or not',
    tuned_in_live: 'sessions that listened live for a minute or more',
    drop_ins: 'sessions that listened for less than a minute',
    unique_listeners: 'different listeners in a day, estimated',
    listening_seconds: 'seconds of listening, all listeners together',
    replay_listens: 'replays of a minute or more',
    listens_total: 'listens, live and replay',
    visits: 'visits to the room’s page',
    join_attempts: 'attempts to join',
    join_retries: 'automatic retries of players',
    join_success: 'joins that worked',
    join_failures: 'joins that failed',
    post_impressions: 'times the post was on somebody’s screen',
    embed_impressions: 'times a card or player on another site was on somebody’s screen',
    post_reach: 'different people who had the post on their screen, estimated',
    feed_downloads: 'downloads of the recording',
  },
  // As the definitions say it, but for names that only programs use.
  rules: {
    ...(Object.fromEntries(METRICS.map(({ id, rule }) => [id, rule])) as Record<MetricId, string>),
    peak_concurrent:
      'The most sessions that were listening at any sample, taken every 10 s at the same instant on every server; never a sum of peaks.',
    avg_concurrent: 'Seconds of listening divided by how long the room was live.',
    listens_total: 'Live and replay side by side, always written as “A live + B replay”.',
    join_attempts: 'Listen was pressed. Automatic retries are counted apart.',
  },
  units: {
    events: 'events, such as something shown or pressed',
    sessions: 'players that were listening or open',
    people: 'people, as an estimate',
    listens: 'listens of a minute or more',
    seconds: 'seconds',
  },
  nouns: {
    ...{ listeners: 'listeners', 'at-once': 'at the same time', 'in-room': 'in the room', people: 'people' },
    ...{ unique: 'different listeners', average: 'listeners on average', 'tuned-in': 'who tuned in' },
    ...{ 'drop-ins': 'who dropped in', plays: 'plays', replays: 'replays', views: 'views' },
    ...{ 'room-views': 'views of the room', impressions: 'views of the post', embeds: 'views of the embed' },
    ...{ reach: 'people reached', visits: 'visits', attempts: 'attempts to join', retries: 'retries' },
    ...{ joins: 'joins', failures: 'failed joins', downloads: 'downloads', hours: 'hours of listening' },
    ...{ minutes: 'minutes of listening', seconds: 'seconds of listening', none: '' },
  },
  quoted: (text) => `“${text}”`,
  said: (bound, number, noun) =>
    `${{ rounded: '', between: '', about: 'about ', nearly: 'nearly ', 'at-least': 'at least ', 'at-most': 'at most ' }[bound]}${number} ${noun}`.trim(),
  parts: {
    tuned_in_live: 'live',
    live: 'live',
    replay_listens: 'replay',
    replay: 'replay',
    stage: 'of the stage',
    standby: 'of hold music',
  },
  headings: {
    matches: 'It matches.',
    'named-wrongly': 'The number is right, the name is not.',
    'sum-of-unlike': 'A sum of unlike things.',
    'no-match': 'No figure of the room is this number.',
  },
  matches: (name, value) => `${value}: ${name}.`,
  namedWrongly: (name, value, unit, said) =>
    `${value} is the number of ${name}. It counts ${unit}${said === '' ? '' : `, not “${said}”`}.`,
  sum: (total) =>
    `Together these make ${total}, but they count different things or the same people several times. They are no audience:`,
  noMatch: 'The closest are:',
  nearest: (name, value, times) => `${name}: ${value} (the number is ${times} times this)`,
  component: (name, value, unit, of) => `${value}: ${name} (${of}); ${unit}`,
  also: (names) => `It also fits: ${names}.`,
  passed: (when, later) => `The counter passed the number at ${when} and went on to ${later}.`,
  at: (when) => `At ${when}.`,
  entry: (index) => `It rests on entry ${index} of the evidence log.`,
  corrected: 'This figure was corrected after it was first published.',
  note: (note, read) =>
    ({
      'long-billion': `“billion” in French is a million millions: the number was read as ${read}. The English billion is a milliard.`,
      'short-billion': `“billion” in English is a thousand millions: the number was read as ${read}. In French it is a thousand times more.`,
      separator: `The comma or point can be read in two ways: the number was read as ${read}.`,
    })[note],
  read: (number) => `Read as ${number}.`,
  unread: {
    empty: 'There is no sentence. Write one such as “1.4 million listeners”.',
    'too-long': 'The sentence is too long: 400 characters at most.',
    'hidden-characters':
      'The sentence has invisible characters, which can make another number of what is seen. Type it again.',
    'mixed-scripts':
      'One word or number mixes letters or digits of several scripts, which can look like something else. Type it again.',
    'no-number': 'There is no number in the sentence. Write one such as “1.4 million listeners”.',
    'two-numbers': 'There are several numbers in the sentence. Check them one by one.',
    'unclear-number':
      'It is not clear which number is meant. Write it as in “1.4 million”, “1,402,117” or “1 402 117”.',
    'not-a-number': 'That is no number that anything can be counted to.',
    negative: 'An audience is never less than zero.',
    'too-large': 'The number is larger than anything that was ever counted here: 10^15 at most.',
    share: 'This is a share, not a number. Only numbers can be checked.',
    'unclear-time': 'It is not clear which time is meant. Write one time, as in “at 20:40”.',
    'time-unknown':
      'There are no figures of that time. Write a time at which the room was open, with its time zone if it is not UTC.',
    'no-figures': 'Nothing has been counted in this room yet.',
  },
  notAdded: {
    'unlike-units':
      'These count different things, such as views and listeners. Their sum would be a number of nothing.',
    'unlike-figures':
      'These are events of different kinds: whoever saw a post and then came is in both. Their sum would count some people several times.',
    'not-additive':
      'The largest of several moments, or the different people of several rooms, cannot be added: the moments were not the same, and the people may have been.',
    'same-figure': 'The same figure is there twice.',
  },
  page: {
    title: 'Check a number',
    lead: 'Somebody says how many listened. This page holds the sentence against what was counted, and says what the number really is.',
    sentence: 'What was said',
    example: 'such as: 1.4 million listeners at 20:40',
    room: 'Room',
    roomHint: 'its address: what follows /r/',
    time: 'Time zone of times in the sentence',
    timeHint: 'such as Europe/Paris; UTC if nothing is written',
    check: 'Check',
    card: 'A card to share',
    signed: 'The card is signed by this server: what it says can be checked later.',
    definition: 'What is counted',
    how: 'A number matches when it is rounded to the digits that were said and lies within the error of the figure.',
    toRoom: 'The room',
    away: 'The numbers of this room do not answer right now. Try again in a minute.',
    said: 'Said:',
    noRooms: 'There is no room whose numbers could be asked for yet.',
  },
  attached: {
    title: (room) => `What was said about ${room}`,
    lead: 'Statements about the audience of this room, what the figures say of each, and what others say about it. Nothing here is changed later: a correction stands beside what it corrects.',
    none: 'Nobody has said anything here yet.',
    say: 'Something was said elsewhere? Add it',
    dispute: 'Why is it wrong?',
    disputeThis: 'Dispute this',
    send: 'Send',
    waits: 'Thank you. It is shown here once the operator of this server has seen it.',
    willWait: 'The operator of this server sees it first. 400 characters at most.',
    earlier: 'Earlier wording',
    correctedTo: 'Corrected to:',
    kinds: { dispute: 'Disputed', answer: 'Answer' },
    authors: { host: 'the host', operator: 'the operator of this server', stranger: 'a visitor' },
    check: 'Check a number',
  },
};
