import { DESK_ENGLISH } from './desk-words.ts';
import { DOSSIER_ENGLISH } from './dossier-english.ts';
import type { IncidentWords } from './incident-words.ts';
import { length, lower } from './span-text.ts';

const share = (value: number): string => `${(Math.round(value * 1_000) / 10).toLocaleString('en-GB')} %`;
const count = (value: number): string => value.toLocaleString('en-GB');

const listed = (parts: readonly string[]): string =>
  parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;

/** English. */
export const ENGLISH: IncidentWords = {
  language: 'en',
  title: 'Incidents',
  about: 'What went wrong on this server, as it was measured while it happened.',
  lead: 'This server writes down by itself when something goes wrong: when it starts, what was measured, and what that supports. Nobody has to announce it, and nobody can take it back.',
  none: 'Nothing has gone wrong since this server began to write it down.',
  running: 'going on now',
  signs: {
    rung: 'More delay or less sound quality',
    'dead-air': 'Silence that nobody chose',
    'studio-away': 'No studio: standby is heard',
    'late-start': 'Late: nobody has spoken yet',
    'failed-joins': 'Joins that failed',
    process: 'A part of the server ended unexpectedly',
    'hostile-requests': 'Requests that behave like an attack',
    person: 'Opened by a person',
  },
  labels: {
    NO_OVERLOAD: 'no overload',
    CROWD: 'a crowd: more people came than before',
    ATTACK: 'an attack',
    MIXED: 'a crowd and an attack',
    INTERNAL_FAULT: 'a fault of this server itself',
    UNDETERMINED: 'not decidable from what was measured',
  },
  span: (from, to, span) =>
    to ? `From ${from} to ${to} UTC (${span})` : `Since ${from} UTC (${span} so far)`,
  length,
  happened: (span, rooms, kinds) =>
    `${span}${rooms > 0 ? ` ${rooms === 1 ? 'one room was' : `${count(rooms)} rooms were`} affected` : ' this server was affected'}: ${listed(kinds.map(lower))}.`,
  heard: (audience) => {
    if (!audience) return 'How many listened meanwhile is not known.';
    const { most, least, attempts, failures, before } = audience;
    const usual = before === undefined ? '' : ` (${count(before)} before)`;
    const joins =
      attempts === 0
        ? 'nobody pressed Listen'
        : `${count(failures)} of ${count(attempts)} joins ${failures === 1 ? 'is' : 'are'} known to have failed`;
    const people =
      least === most
        ? `${count(most)} ${most === 1 ? 'person' : 'people'}`
        : `Between ${count(least)} and ${count(most)} people`;
    return `${people} listened${usual}, and ${joins}.`;
  },
  faults: (list) =>
    list.length === 0
      ? 'No part of this server failed by itself.'
      : `Our own faults: ${listed(list.map(lower))}.`,
  found: (label, said) => `What the measurements support: ${label}${said === undefined ? '' : `; ${said}`}.`,
  range: (a, low, high) => `${share(a)} (${share(low)} to ${share(high)})`,
  unknown: (complete, hostile) =>
    `${
      hostile === undefined
        ? 'What the doors were asked for is not known, so an attack can be neither shown nor excluded'
        : `Of what the doors were asked for, ${hostile.requests} of the requests and ${hostile.cost} of the cost behave like an attack; connections that never became a request are not seen here`
    }${complete ? '' : '; and for a part of the time nothing was measured, because the part that does it was away itself'}.`,
  count,
  decimal: (value) => value.toFixed(2),
  dossier: DOSSIER_ENGLISH,
  desk: DESK_ENGLISH,
  timeline: 'What was measured',
  wholeServer: 'whole server',
  lasts: 'still going on',
  check: 'How to check this',
  checkLead:
    'Silences, rungs and clocks of a room are entries of the signed log, and so are its numbers. They were published while it happened.',
  numbersOf: (room) => `Numbers and bundle of ${room}`,
  asJson: 'The same for programs',
  feed: 'Feed',
  all: 'All incidents',
};
