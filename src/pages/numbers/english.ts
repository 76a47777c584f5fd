import { figuresEnglish } from '../../words/figures-english.ts';
import type { NumbersWords } from './words.ts';

/** The numbers page in English. */
export const numbersEnglish: NumbersWords = {
  ...figuresEnglish,
  title: (room) => `Numbers: ${room}`,
  about: (room) => `How many listened to ${room}, how it was counted, and how to check it.`,
  back: 'To the room',
  now: (count) => `${count} listening now.`,
  peak: (count) => `At its busiest moment ${count} listened at once.`,
  between: (low, high) =>
    `Between ${low} and ${high}: the server’s count and the players’ reports differ too much for one figure.`,
  nothing: 'Nothing has been counted yet. Figures appear here with the first listener.',
  picture: 'The evening',
  pictureNeedsScripts: (slug) =>
    `The picture needs scripts. The same figures, minute by minute, are in <a href="/r/${slug}/numbers.csv">a table (CSV)</a>, in the bundle below, and in evening.json.`,
  figures: 'Each figure, and what it means',
  rules: {
    listeners_now:
      'Players that received at least half of the sound of the last 30 seconds and proved it at most 45 seconds ago (75 in a hidden tab). Hosts and speakers are not counted.',
    peak_concurrent:
      'The largest value of “listening now”, sampled every 10 seconds at the same instant on every server. Never a sum of peaks.',
    avg_concurrent: 'Time listened, divided by how long the room was live.',
    in_room_now:
      'Pages open on the room or its studio at the end of the last ten seconds, playing or not. Hosts and speakers are counted, players inside other sites are not.',
    tuned_in_live: 'Players with at least 60 seconds of proven live listening in all.',
    drop_ins: 'Players with some proven live listening, but less than 60 seconds in all.',
    unique_listeners:
      'Different listener keys with at least 60 seconds of listening. Keys change every day, so the figures of two days or two rooms cannot be added.',
    listening_seconds:
      'Proven playing time, never more than the time that passed or the sound that was delivered. Speech from the stage and hold music are told apart.',
    replay_listens:
      'Replays with at least 60 seconds delivered and proven; one per listener key in 24 hours.',
    listens_total: 'Live and replay side by side. They are two different things, so they are not added up.',
    visits: 'Times the room’s page was loaded; after 30 minutes without a sign it is a new visit.',
    join_attempts: 'Times somebody pressed Listen. Automatic retries are not among them.',
    join_retries: 'Times a player tried again by itself.',
    join_success:
      'Attempts after which sound was delivered and the first of it was played within 30 seconds.',
    join_failures: 'Attempts that were no success, by reason.',
    post_impressions:
      'At least half of the card was visible in a visible tab for one second without a break; once per card and page view. An impression is not a listener.',
    embed_impressions:
      'At least half of the player on another site was visible in a visible tab for one second without a break; once per page view.',
    embed_listens:
      'Those who listened live for a minute or more, and did so in a player on another site. They are among the listeners above.',
    post_reach:
      'Different listener keys among those who saw the card on this site. Keys change every day, so the figures of two days or two rooms cannot be added.',
    downloads:
      'Times at least a minute of the recording was taken as a file, in one piece or several; once per listener key and day. A download is not a listen.',
  },
  definition: 'What is this?',
  version: (version, since) => `Definition ${version}, in force since ${since}.`,
  band: (low, high) => `the two counts give ${low} to ${high}`,
  grossIs: (gross) => `${gross} before exclusions`,
  entry: (index) => `log entry ${index}`,
  noEntry: 'not yet in the log: it is written at the end of the minute',
  final: 'These are the final figures, counted again from the raw records after the end.',
  excluded: 'What was left out, and why',
  excludedLead: 'Every figure above is without these. The figure with them stands beside it.',
  excludedNone: 'Nothing was left out.',
  failures: 'Why joins failed',
  reason: 'Reason',
  count: 'Count',
  check: 'How to check this yourself',
  checkSteps: (slug) => [
    `Download <a href="/r/${slug}/bundle" download>the bundle</a>: one file with every entry about this room and the signatures that were published while it happened.`,
    'Drop it on <a href="/verify">the verifier</a>, here or on any other Earshot, or save that page and use it without a network. <code>earshot verify</code> does the same in a terminal.',
    'To be sure that nothing was cut off or exchanged since, compare it with a checkpoint that somebody else kept: a witness, or your own copy of <a href="/evidence/checkpoint">the newest checkpoint</a>.',
    `Read a sentence about this room, such as “1.4 million listeners”, against the figures with <a href="/claims?room=${slug}">the claim checker</a>. What others have said about its audience, with the answers, <a href="/r/${slug}/claims">is kept here</a>.`,
  ],
  checkLimit:
    'A signature shows that nothing was changed later. It does not show that what was written is true. Invented listeners are limited only by the comparison of two independent counts: the bytes that were sent, and the proofs that players returned.',
  embed: 'Quote a figure',
  embedLead: 'This image carries the figure together with its meaning and its log entry:',
  sampled: 'Only a share of the players reports, because there are so many; the error is shown.',
  inShort: 'In short',
  asks: {
    howMany: 'How many listened?',
    howSure: 'How sure is that?',
    gotIn: 'Could everybody get in?',
    leftOut: 'What was left out?',
    otherNumbers: 'I have heard a larger number. Is it right?',
    canCheck: 'Can this be checked without trusting this site?',
  },
  more: 'All reasons',
  atOnce: (peak) => `At the busiest moment ${peak} listened at once.`,
  onAverage: (count) => `On average ${count} did.`,
  inAll: (live, replay) =>
    `Over the whole time there were ${live} live listens of a minute or more${replay ? `, and ${replay} of the recording` : ''}.`,
  different: (people) => `Different listeners of the day: ${people}.`,
  minuteBelow: '<a href="#picture-section">How many at a certain minute</a> is below.',
  twoCounts: (low, high, both) =>
    `There are two independent counts: the sound that the server delivered, and the proofs that players sent back. At the busiest moment the true figure lies between ${low} and ${high}: the higher of the two counts was ${high}, and ${both} were in both. Those ${both} are the figure.`,
  noEstimate: (method) => `It is ${method}.`,
  estimate: (error) =>
    `It is an estimate: the error is ± ${error}, and one in twenty such figures misses by more.`,
  joinsUnknown: 'How many tried to listen is not known here.',
  allIn: (pressed, heard) =>
    `Listen was pressed ${pressed} times, and ${heard} times the sound came within 30 seconds. No join is known to have failed.`,
  someFailed: (pressed, heard, failed, share, why) =>
    `No. Listen was pressed ${pressed} times: ${heard} times the sound came within 30 seconds, and ${failed} times it did not (${share}). Why: ${why}.`,
  notCounted: (sessions, why) => `${sessions} sessions are in none of these figures: ${why}.`,
  withThem: (gross, net) => `With them, the busiest moment would have been ${gross} instead of ${net}.`,
  otherNumbers: (peak, listed) =>
    `Never more than ${peak} listened at once. A larger number counts something else${listed ? `; of this room there are: ${listed}. These are not listeners, and they cannot be added up` : ''}. A number that is none of the figures on this page was not counted here.`,
  named: (name, value) => `${name}: ${value}`,
  separator: '; ',
  andMore: (listed) => `${listed}, and others`,
  canCheck:
    'Yes. The figures of each minute were written into a log and signed while it happened. <a href="#check">Download one file</a>, and check it in your browser without a network, or with your own tools. That shows that nothing was changed since; it does not show that what was written was true.',
  checkNumber: 'Check a number that you have heard',
  numberExample: '1.4 million listeners',
  checkIt: 'Check',
};
