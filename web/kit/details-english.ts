import type { OutlineTrim } from '../../src/wire/replay/outline.ts';
import type { RecordingGap } from '../../src/wire/room.ts';
import { english } from './english.ts';
import { spoken } from './figures.ts';

const { count: n, span } = english;

/** The texts of the listeners' pages that are not needed for the first sound, in English; fetched after it. */
export const detailsEnglish = {
  gap: (gap: RecordingGap, time: string) =>
    `The recording has a gap of ${span(gap.seconds)} at ${time}: ${
      {
        'disk-full': 'our disk was full',
        'disk-error': 'our disk failed',
        'studio-restart': 'our studio restarted',
        'studio-busy': 'our studio had too much to do',
      }[gap.reason]
    }.`,
  remind: 'Add to calendar',
  remindMe: 'Remind me',
  reminded: (people: number) =>
    people === 1 ? '1 person will be reminded.' : `${people.toLocaleString('en')} people will be reminded.`,
  remindHint: 'Saves a calendar entry that reminds you.',
  tellMe: 'Tell me on this page when it opens',
  telling: 'You will be told here while this page stays open.',
  startedNow: (title: string) => `“${title}” has opened its doors.`,
  rewind: 'Back 15 s',
  forward: 'Forward 15 s',
  backToLive: 'Back to live',
  fromStart: 'From the beginning',
  seek: 'Place in the recording',
  speed: 'Speed',
  waveform: 'Place in the recording, as a picture of its loudness',
  replayParts: 'Chapters, clips and speakers',
  chapters: 'Chapters',
  allChapters: (all: number) => `All ${all} chapters`,
  chapterLink: 'Read more',
  clips: 'Clips',
  previousSpeaker: 'Previous speaker',
  nextSpeaker: 'Next speaker',
  nowSpeaking: (name: string) => `Speaking: \u2068${name}\u2069`,
  trimmed: ({ made, seconds, note }: OutlineTrim, at: string) =>
    `Trimmed by the host on ${new Date(made).toLocaleDateString('en', { dateStyle: 'long' })}: ${span(Math.round(seconds))} removed at ${at}: \u2068${note}\u2069`,
  originalKept: 'The untouched recording is kept',
  originalHash:
    'The host and the operator have it. Its SHA-256 stands in the evidence log since it was trimmed:',
  share: 'Share',
  shareFrom: (clock: string) => `Share from ${clock}`,
  goOnFrom: (clock: string) => `Continue from ${clock}`,
  spoken: (seconds: number) =>
    spoken(seconds, ['hour', 'hours'], ['minute', 'minutes'], ['second', 'seconds']),
  placeOf: (at: string, whole: string) => `${at} of ${whole}`,
  steadier: 'Steadier',
  steadierHint:
    'Keeps 8 seconds in reserve, for a connection that keeps pausing. Switch it off to return to the live edge.',
  lasted: (length: string) => `The recording is ${length} long.`,
  gapsCount: (gaps: number) =>
    gaps === 0 ? 'Nothing is missing in it.' : gaps === 1 ? 'It has one gap.' : `It has ${gaps} gaps.`,
  copied: 'Link copied',
  embed: 'Copy code for another site',
  qr: 'QR code',
  codeCopied: 'Code copied',
  claims: 'Check a number somebody said',
  verify: 'Check figures yourself',
  incidents: 'What went wrong here',
  account: 'Your account',
  posts: 'Posts',
  postsHere: 'Newest posts here',
  postsFollowed: 'Posts of those you follow',
  hostErased: 'A host of this room has erased their account, and their name here with it.',
  feed: 'RSS feed',
  numbers: 'How many listen, and how that is counted',
  said: 'What was said about its audience',
  localOnly: (host: string) =>
    `This address works on this computer only. Others open it with the machine’s own name or address in place of “${host}”; with publicUrl set (EARSHOT_PUBLIC_URL), links have it by themselves. To speak from another computer, people need https.`,
  download: 'Download the recording',
  stage: 'On stage',
  speaking: 'speaking',
  muted: 'muted',
  gone: 'connection lost, place kept',
  emptyStage: 'No one is speaking yet',
  emptyOver: 'The stage is empty',
  roles: { host: 'host', 'co-host': 'co-host', speaker: 'speaker' },
  scale: (people: string) => `One dot is ${people} connections`,
  scaleOne: 'One dot is one connection',
  you: 'you',
  streams: (count: number, rung?: number, later = 0) =>
    later > 0
      ? `${n(count, rung)} live, ${n(later, rung)} catching up`
      : count === 1
        ? '1 connection listening now'
        : `${n(count, rung)} connections listening now`,
  listening: (count: number) => `${n(count)} listening now`,
  listeningBetween: (low: number, high: number) => `${n(low)} to ${n(high)} listening now`,
  listeningCounted: '(counted, not estimated)',
  listeningRange: '(two counts that differ: the truth is between them)',
  listeningServer: '(counted by the server alone)',
  listeningPlayers: '(reported by players, not yet confirmed by the server)',
  whatIsThis: 'what is this?',
  connections: (count: number, rung?: number, later = 0) =>
    `${count === 1 ? '1 connection' : `${n(count, rung)} connections`}${later > 0 ? `, ${n(later, rung)} catching up` : ''}`,
  streamsHint: 'Counted by the server, rounded when busy. Connections, not people.',
  theatre: (streams: number, names: string, rung?: number) =>
    `The theatre: ${streams === 1 ? 'one connection is' : `${n(streams, rung)} connections are`} listening. ${
      names ? `Speaking: ${names}.` : 'No one is speaking.'
    }`,
  clocks: 'Four clocks',
  clockScheduled: 'Scheduled',
  clockOpened: 'Doors opened',
  clockFirstAudio: 'First sound',
  clockFirstSpeech: 'First words',
  notYet: 'not yet',
  none: 'no time set',
  homeTitle: 'Rooms that everyone can hear',
  homeLead:
    'A few people talk; everyone who comes hears them. More people means a little more delay, never an error and never silence.',
  onNow: 'On now',
  coming: 'Coming up',
  earlier: 'Earlier conversations',
  empty: 'No one is speaking yet.',
  emptyWelcome: 'Only the welcome talk is on.',
  emptyMore:
    'Start a room and share its link: anyone who opens it hears you about a second later. Nothing to install, no account.',
  welcomeRoom: 'Hear the welcome talk',
  startRoom: 'Start a room',
  roomTitle: 'What is it about?',
  roomTitleExample: 'Thursday evening, open questions',
  yourName: 'Your name',
  when: 'When',
  optional: '(optional)',
  whenHint: 'Leave empty to open the doors now.',
  zone: 'Time zone',
  who: 'Who may come',
  whoPublic: 'Everybody',
  whoUnlisted: 'Whoever has the address',
  whoPrivate: 'Only whoever is let in',
  roomPassword: 'Password (optional)',
  roomPasswordHint:
    '6 to 200 characters. Without one, you let people in by a link or by their account, in the studio.',
  roomPasswordWrong: 'Use 6 to 200 characters, or leave it empty.',
  draft: 'Save as a draft',
  draftHint: 'Only its hosts see the room until they announce it in the studio.',
  saveDraft: 'Save the draft',
  openStudio: 'Open the studio',
  schedule: 'Schedule it',
  starting: 'Preparing your room',
  scheduled: 'The host link is the key to the stage: keep it. This device remembers it under “Your rooms”.',
  anotherRoom: 'Start another room',
  copyHostLink: 'Copy host link',
  copyRoomLink: 'Copy public link',
  yourRooms: 'Your rooms',
  yourRoomsHint: 'Remembered on this device only.',
  forget: 'Remove from this list',
  whenPast: 'Choose a time in the future.',
  whenFar: 'Choose a time within a year.',
  whenUnclear: 'Give a day and a time, or leave it empty.',
  titleWrong: 'Use 1 to 140 characters, at least one of them visible.',
  nameWrong:
    'Use 1 to 60 characters, at least one of them visible, and letters of one alphabet in each word.',
  ruleBroken: (rule: string) =>
    `What you wrote breaks the rule “\u2068${rule}\u2069” of this server. Write it differently.`,
  roomRefused: 'The server did not start this room. Try again in a minute.',
  tooManyRooms: 'Many rooms were started just now. Try again in half a minute.',
  startLocal:
    'Rooms are started on the machine that runs this server, at http://localhost, or with the operator’s link.',
  startOperator: 'Rooms are started with the operator’s link.',
  operatorLink: 'The operator’s link',
  operatorEnter: 'Continue',
  operatorTaken: 'You can start rooms on this server in this tab: its operator’s link was accepted.',
  operatorBroken:
    'The operator’s link that was opened is incomplete or no longer valid. The command earshot operator link prints it.',
  operatorWrong:
    'This is not the link of this server’s operator. The command earshot operator link prints it.',
  siteAway:
    'The list of rooms is not answering at the moment. Rooms on air are not affected; try again in a few seconds.',
  titleMissing: 'Give the room a title, so that people know what they will hear.',
  keys: 'Keys',
  keysOn: 'Keyboard shortcuts',
  keyPlay: 'listen or pause',
  keyMute: 'mute',
  keyLive: 'back to live',
  keySeek: '15 seconds back or forward',
  keyVolume: 'volume',
  keySpeaker: 'previous or next speaker',
  hostSays: (words: string) => `The host says: “${words}”`,
  moved: (from: string) => `Moved from ${from}.`,
  continues: 'This continues',
  continuedBy: 'The conversation goes on in',
  hostGone: (at: string, name?: string) =>
    name === undefined
      ? `The host’s connection ended at ${at}; the room stays open.`
      : `The host’s connection ended at ${at}. \u2068${name}\u2069 hosts meanwhile.`,
};
