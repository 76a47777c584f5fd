import type { ForecastTexts } from './forecast-words.ts';

const many = (count: string, one: string, more: string): string => `${count} ${count === '1' ? one : more}`;

/** In English. */
export const forecastEnglish: ForecastTexts = {
  title: 'Forecast',
  estimate: 'An estimate, not a count. Four in five such intervals should hold what comes.',
  between: (low, high, middle) =>
    `Between ${low} and ${high} listeners at once, about ${middle} most likely.`,
  wide: (low, high) =>
    `Between ${low} and ${high} listeners at once. Too little is known for a single figure.`,
  nothing: (high) =>
    `Too little is known to say: no reminders, no followers, no past rooms. Anything up to ${high} listeners at once would be no surprise.`,
  heard: (low, high) => `Listeners of a minute or more: ${low} to ${high}.`,
  worst: (low, high, second, minute) =>
    `In the busiest minute ${low} to ${high} people arrive, up to ${second} a second; it is expected ${
      minute === 0
        ? 'in the minute of the announced start'
        : minute > 0
          ? `${many(`${minute}`, 'minute', 'minutes')} after the announced start`
          : `${many(`${-minute}`, 'minute', 'minutes')} before the announced start`
    }.`,
  basis({ reminders, followers, invited, own, others }) {
    const known = [
      ...(reminders === '0' ? [] : [many(reminders, 'reminder', 'reminders')]),
      ...(followers === '0' ? [] : [many(followers, 'follower', 'followers')]),
      ...(invited === '0' ? [] : [many(invited, 'invitation', 'invitations')]),
    ];
    const signals = known.length === 0 ? 'no reminder, follower or invitation yet' : known.join(', ');
    const past = own === '0' ? 'no past room' : many(own, 'past room', 'past rooms');
    return `From ${signals}; ${past} of the same hosts, and ${others === '0' ? 'none' : others} of others on this server.`;
  },
  unknowable:
    'What nobody has told this server is not in it: a guest whom everybody wants to hear, a link that goes around.',
  rung: {
    0: (holds) => `By calculation this machine holds ${holds} at once.`,
    1: (holds) =>
      `That is near what this machine holds by calculation (${holds}): people may hear it a second or two later.`,
    2: (holds) =>
      `That may be more than this machine holds by calculation (${holds}): some will hear it half a minute later, from the caches.`,
    4: (holds) =>
      `That may be more than this machine holds by calculation (${holds}): newcomers will hear it half a minute later, and wait in line for the live sound.`,
  },
  proven: (people, day) => `The most that were here at once with nobody worse off: ${people}, on ${day}.`,
  reminding: (people, first, last) =>
    `Reminded before the start: ${people}, one after the other, from ${first} to ${last} minutes before it, so that they do not all come in one second.`,
  noNetwork: 'That is its processor alone: its operator has not set what its network carries (egressLimit).',
  unproven: 'No crowd has been here yet, so this is calculation alone.',
  advice: {
    rehearse: (people) => `Rehearse with up to ${people} listeners (earshot crowd).`,
    cache: (people) => `Put a cache in front: without one, everybody beyond ${people} waits.`,
    cap: (people) =>
      `The room’s own limit is ${people} live listeners: everybody beyond it hears it half a minute later and may wait in line. Raise it, unless that is what you want.`,
    spread: (minutes) =>
      `Reminders are spread out by themselves. A link that you send to everybody yourself, send in waves over ${minutes} minutes: at once it brings more people a second than the doors let in.`,
    limit: () =>
      'Set egressLimit to what your network carries: without it nobody knows when the network is full.',
  },
  more: 'When they come, and what this rests on',
  toDo: 'What to do now',
  nothingToDo: 'Nothing needs to be done.',
  moment: {
    ...{
      announced: 'At the announcement',
      day: 'A day before',
      hour: 'An hour before',
      start: 'At the start',
    },
  },
  shown: (when, low, high) => `${when}: ${low} to ${high} at once`,
  came: (people) => `${people} came`,
  checked: (said, hit) => `${said}: ${hit}`,
  hit: {
    inside: 'right.',
    below: 'wrong, fewer came.',
    above: 'wrong, more came.',
    unknown: 'nobody counted.',
  },
  score: (inside, checked, expected) =>
    `${inside} of ${many(checked, 'interval', 'intervals')} held what came; ${expected} ${expected === '1' ? 'was' : 'were'} to be expected.`,
  tooFew: 'That is fewer than chance explains: take these intervals for too narrow.',
  tooMany: 'That is more than chance explains: these intervals are wider than they need to be.',
  noScore: 'No forecast has been checked yet: that happens after each room.',
  pending:
    'The room is over. It is compared as soon as the final figures are there, about two minutes after the end.',
  isLive: 'The room is on: what was foretold stands below, and is compared when it is over.',
  cancelled: 'The room was cancelled: there is nothing to compare.',
  before: 'What was foretold',
  serverScore: 'All rooms of this server: ',
  picture: 'The interval, on an axis on which every power of ten is equally long',
  curve:
    'When they arrive, from half an hour before the announced start (the upright line) to two hours after it',
};
