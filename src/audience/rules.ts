/** Who does not count, and since when: the one table of the rules, each with its version. */
import { EXCLUSIONS, type Exclusion } from '../wire/metrics.ts';

/** A rule that decides which sessions count. */
export interface ExclusionRule {
  readonly code: Exclusion;
  readonly version: number;
  /** The day from which this version counts, ISO. */
  readonly since: string;
  /** Where it is decided: at the door, which sees the request, or by the tally, which sees all doors. */
  readonly decided: 'door' | 'tally';
  /** One plain sentence. */
  readonly rule: string;
}

const SINCE = '2026-12-01';
const rule = (code: Exclusion, decided: 'door' | 'tally', text: string): ExclusionRule => ({
  ...{ code, version: 1, since: SINCE, decided, rule: text },
});

/** Most sessions that one listener key may have at the same instant; more than that is not a person. */
export const MOST_SESSIONS_PER_KEY = 3;
/**
 * Number of keys in one network (IPv4 /24, IPv6 /64) above which they are marked, unless the operator lists the network
 * as shared by many people.
 */
export const MOST_KEYS_PER_NETWORK = 20;
/**
 * Seconds of sound that a player may receive without sending a proof, although it said that it would; after that it is
 * not counted as a listener.
 */
export const UNPROVEN_S = 90;
/** Seconds that a player may claim in a minute in which no door sent it anything. */
export const WITHOUT_BYTES_S = 30;

/** All exclusion rules except those for requests that never become a session. */
export const EXCLUSION_RULES: readonly ExclusionRule[] = [
  rule('no-agent', 'door', 'The program does not say what it is.'),
  rule('bot', 'door', 'It says that it is a robot, a monitor or a search engine.'),
  rule('bot-library', 'door', 'It says that it is a library for programs: curl, wget, a script.'),
  rule('headless', 'door', 'A browser that says that nobody sees it.'),
  rule('data-centre', 'door', 'Its network is on the operator’s list of data centres.'),
  rule('preview', 'door', 'It makes a preview of a link, or fetches ahead of a visit.'),
  rule(
    'dense-ip',
    'door',
    `More than ${MOST_KEYS_PER_NETWORK} listener keys without an account in one network (IPv4 /24, IPv6 /64) that is not on the operator’s list of crowded ones.`,
  ),
  rule(
    'many-sessions',
    'tally',
    `More than ${MOST_SESSIONS_PER_KEY} sessions of one listener key at the same instant: none of them counts from then on.`,
  ),
  rule(
    'proof-without-bytes',
    'tally',
    `A player that gets its sound straight from a server, and claims ${WITHOUT_BYTES_S} s or more of a minute in which no server gave it any.`,
  ),
  rule(
    'bytes-without-proof',
    'tally',
    `A player that can prove what it has, and has not once after ${UNPROVEN_S} s of sound. It counts again with its first proof.`,
  ),
  rule('identical-times', 'door', 'Sessions that came and left in the same milliseconds as others.'),
  rule(
    'bad-token',
    'door',
    'Its token was not signed by this server, or is not of this room, or is too old.',
  ),
  rule('replayed-token', 'door', 'A token that is used from several places at once.'),
  rule('staff', 'door', 'Hosts and speakers of the room.'),
  rule('rehearsal', 'door', 'Made by a rehearsal of this server.'),
];

/** The number that stands for an exclusion in records. */
export const exclusionCode = (exclusion: Exclusion): number => EXCLUSIONS.indexOf(exclusion);
