import type { DossierWords } from './dossier-words.ts';
import { REQUESTS_ENGLISH } from './request-words.ts';

const ANSWERS = {
  supported: 'the measurements support it',
  'in-part': 'the measurements support it in part: there was a crowd as well',
  'not-supported': 'the measurements do not support it',
  contradicted: 'the measurements contradict it',
} as const;

/** English. */
export const DOSSIER_ENGLISH: DossierWords = {
  home: 'Home',
  otherLanguage: 'Français',
  attackSaid: (text, who, time, answer) => `${who} said at ${time} UTC: “${text}”; ${ANSWERS[answer]}`,
  ownFaults: 'Faults of this server',
  noFaults: 'None was found.',
  unlisted: (count) => `Signs beyond the first 500, which are not listed: ${count}.`,
  verdict: 'What the measurements support',
  requests: REQUESTS_ENGLISH,
  speaksFor: 'For it',
  speaksAgainst: 'Against it',
  blast: 'What worked, and what did not',
  blastLead:
    'The same minutes for each part of the server, against what that part has to do. A full bar is a minute in which it did; a bar with a dark cap one in which it did not; a low bar one in which nobody asked; a frame one that was not measured.',
  groups: {
    listening: 'Listening',
    joining: 'Joining',
    speaking: 'Speaking',
    replays: 'Recordings',
    pages: 'Pages and API',
    numbers: 'Numbers and evidence',
  },
  objective: (share, silent, players) =>
    `${share} answered well${silent === undefined ? '' : `; at most ${silent} away or silent`}${players === undefined ? '' : `; ${players} of joins succeed`}`,
  partMet: (met, missed) =>
    missed === 0
      ? `held in ${met === 1 ? 'the one minute' : `all ${met} minutes`} with something to do`
      : `missed in ${missed} of ${met + missed} minutes`,
  partIdle: 'nobody asked',
  partUnknown: 'not measured',
  answered: (asked, failed, refused) =>
    `${asked} requests, ${failed} failed${refused === undefined ? '' : `; ${refused} told to wait`}`,
  states: { met: 'held', missed: 'missed', idle: 'nobody asked', unknown: 'not measured' },
  noMinutes: 'No whole minute has been measured yet.',
  demand: 'Demand against capacity',
  demandLead: 'Minute by minute, from five minutes before. The shaded part is the incident.',
  connections: 'connections, as a share of what the doors take',
  bytes: 'sound sent, as a share of what may leave this machine',
  full: 'full',
  capacityUnknown: 'How much sound may leave this machine is neither set nor learned, so it is not drawn.',
  listeners: 'counted listeners',
  attempts: 'joins',
  failures: 'failed joins',
  failedAnswers: 'failed answers',
  minute: 'Minute (UTC)',
  asTable: 'The same as a table',
  got: 'What listeners got',
  toSound: 'From pressing Listen to the first sound',
  answersOf: (group) => `An answer: ${group.toLowerCase()}`,
  half: 'half within',
  p95: '95 % within',
  p99: '99 % within',
  counted: 'counted',
  classes: 'Times are counted in classes that double, so each figure is the upper end of its class.',
  silence: (total, longest) => `Silence that nobody chose: ${total} in all, the longest ${longest}.`,
  noSilence: 'There was no silence that nobody chose.',
  cut: (count) => `Streams cut by a fault of this server: ${count}.`,
  notTimed: 'No times were measured.',
  said: 'What people said',
  saidLead:
    'Statements of people, each as theirs, beside what the log has for that minute. They are no measurements, and nothing above is taken from them.',
  nothingSaid: 'Nobody has said anything about it here.',
  who: (author, room) =>
    author === 'operator'
      ? 'the operator'
      : author === 'host'
        ? `a host${room === undefined ? '' : ` of ${room}`}`
        : author === 'stranger'
          ? 'somebody who is not known here'
          : author,
  statement: 'claim',
  note: 'note',
  earlier: 'Before it was corrected',
  objects: 'disputes it',
  answer: 'answers',
  logOf: (time) => `the log of ${time}`,
  logMinute: (listeners, attempts, failures, rung) =>
    `${listeners} counted listeners; ${attempts} joins, ${failures} of them failed; rung ${rung}`,
  logUnknown: 'nothing was measured in that minute',
  figuresSay: 'the figures of the room',
  attackAnswers: ANSWERS,
  postmortem: 'The operator’s account',
  postmortemBy: (who, time, version) =>
    `By ${who}, ${time} UTC, version ${version}. This is a statement as well.`,
  earlierVersions: 'Earlier versions',
  inRecord: 'a figure of this page',
  notInRecord: 'This figure is not on this page',
  definitions: 'What the words mean',
  definitionList: [
    ['counted listener', 'a session that got at least half of the sound of the last 30 s and proved it'],
    ['join', 'Listen was pressed; it failed when no sound was played within 30 s, as the player told'],
    ['failed answer', 'the server answered with a fault of its own (5xx), refused a stream, or cut it'],
    [
      'silence that nobody chose',
      'no sound although the stage should be heard: no packets, or a broken encoder',
    ],
    ['rung', 'how much a room has given up to be heard by all: from 2 on newcomers hear it 30 s late'],
    ['part away', 'a process ended or hung, until it served again'],
  ],
  limits: 'What this page cannot tell',
  limitList: [
    'It is written by the server that had the incident. The signed log says whether it was changed later, not whether it is true.',
    'Joins that failed are those that players could still tell; who never reached the server is in no figure.',
    'A door that was killed takes the counts of its last five seconds with it.',
    'Posts and profiles do not exist on this server yet, and are in no row.',
  ],
  bundleOf: (room) => `Bundle of ${room}, to check with earshot verify`,
  person: 'said by',
  measured: 'measured',
  desk: 'For the operator, and hosts of these rooms',
  deskLead: 'What you write is published as your statement, with your part in it, and cannot be removed.',
  more: 'Write a note or an account, or close it',
};
