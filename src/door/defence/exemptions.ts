import type { Address } from '../../http/index.ts';
import { bearer } from '../../keys/token.ts';
import type { Requester } from '../socket/connection.ts';
import { Paces } from './paces.ts';
import { DEFENCE } from './thresholds.ts';
import { passIn, type WaitPasses } from './wait-pass.ts';

/** What is asked for, as far as the defence looks at it; read only while a step has been taken against whoever asks. */
export interface AskedFor {
  /** The row of the table of addresses; undefined where there is none. */
  readonly address: Address | undefined;
  readonly room: string;
  /** The path with its query. */
  readonly target: string;
  readonly authorization?: string | undefined;
  readonly referer?: string | undefined;
}

/** Dependencies of the exemptions. */
export interface ExemptionsDeps {
  readonly passes: Pick<WaitPasses, 'worth'>;
  /** True for the signed session of a listener of that room. */
  knowsSession?(token: string, slug: string): boolean;
  /** True for the return token of a listener. */
  returns?(token: string, slug: string, network: string): boolean;
  /** True for a host's or speaker's token of that room. */
  knowsToken?(token: string, slug: string): boolean;
}

/** Recorded sound, as a player asks for it while it plays. */
const RECORDED: ReadonlySet<string> = new Set([
  ...['replay-segment', 'replay-piece', 'replay-init', 'replay-main', 'replay-list'],
]);

/** True for what a player asks for all the time: playlists, parts and segments. */
export const flows = ({ id, urgency }: Address): boolean => urgency === 'playing' || RECORDED.has(id);

/** Feeds and calendars are read by programs that know no pages, and that nobody watches. */
const FEED = /^[^?]*\.(?:xml|ics)(?:\?|$)/;

const NAMED = /[?&](session|back)=([^&]*)/g;
/** Holders of sessions and passes that are counted at one time. */
const HOLDERS = 4_096;

/** A number for a text: for counting only, so one that somebody could work out does no harm. */
function numberOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return (hash ^ (hash >>> 15)) >>> 1 || 1;
}

/**
 * Who is served all the same, whatever their address costs: health checks, feeds, hosts and speakers, listeners with a
 * signed session, and those who have waited. Each of the last three has a pace of their own, so that one signature is
 * not a way in for a flood.
 */
export class Exemptions {
  readonly #deps: ExemptionsDeps;
  readonly #sessions = new Paces(HOLDERS);
  readonly #passes = new Paces(HOLDERS);
  /** Those who can be any number: they push no holder of a signature out. */
  readonly #clients = new Paces(HOLDERS);

  constructor(deps: ExemptionsDeps) {
    this.#deps = deps;
  }

  /** True for a request that is served all the same. `listeners`: how many of the prefix are known to listen. */
  frees(requester: Requester, asked: AskedFor, listeners: number): boolean {
    const { address, authorization, target } = asked;
    if (address?.urgency === 'health') return true;
    if (address?.urgency === 'reading' && FEED.test(target)) return true;
    const token = authorization === undefined ? undefined : bearer(authorization);
    if (token !== undefined && this.#holdsToken(requester, asked, token)) return true;
    // Sessions and passes cost nothing but time: one prefix collects no more of them than it has people for.
    const most = DEFENCE.provenRate * (DEFENCE.fewPeople + listeners);
    const prefix = requester.prefixKey ^ 2;
    if (this.#listens(requester, asked)) return this.#sessions.allows(prefix, most);
    return this.#hasWaited(requester, asked) && this.#passes.allows(prefix, most);
  }

  /** True when this is not more often than `perSecond`, as a mean over 15 s, for whoever has that number. */
  paced(number: number, perSecond: number): boolean {
    return this.#clients.allows(number, perSecond);
  }

  /** `seconds` have passed. */
  turn(seconds: number): void {
    for (const paces of [this.#sessions, this.#passes, this.#clients]) paces.turn(seconds);
  }

  #holdsToken(requester: Requester, { address, room }: AskedFor, token: string): boolean {
    if (room !== '') return this.#deps.knowsToken?.(token, room) === true && this.#pacedText(token);
    // The operator's own tokens are checked by the site: at the pace of a person, they get there.
    return address?.urgency === 'control' && this.paced(requester.key, DEFENCE.provenRate);
  }

  /** Sound that is already flowing goes on: who holds a signature of ours has been served before. */
  #listens({ network }: Requester, { target, room }: AskedFor): boolean {
    if (room === '') return false;
    for (const [, name, value = ''] of target.matchAll(NAMED)) {
      const real =
        name === 'session'
          ? this.#deps.knowsSession?.(value, room)
          : this.#deps.returns?.(value, room, network.prefix ?? '');
      if (real === true && this.#pacedText(value)) return true;
    }
    return false;
  }

  #hasWaited({ network }: Requester, { target, referer }: AskedFor): boolean {
    const pass = passIn(target) ?? passIn(referer);
    const worth = pass === undefined ? undefined : this.#deps.passes.worth(pass, network.prefix ?? '');
    return typeof worth === 'object' && this.#passes.allows(worth.id, DEFENCE.provenRate);
  }

  #pacedText(text: string): boolean {
    return this.#sessions.allows(numberOf(text), DEFENCE.provenRate);
  }
}
