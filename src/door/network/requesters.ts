import { type Connection, NOWHERE, type Requester } from '../socket/connection.ts';
import { type Gate, widerOf } from './connection-limit.ts';
import type { Clients } from './trusted-proxies.ts';

/** Dependencies of the requesters. */
export interface RequestersDeps {
  readonly clients: Pick<Clients, 'clientOf' | 'trusts'>;
  readonly gate: Pick<Gate, 'networkAt'>;
  /** At random, for `Requester.key`. */
  readonly seed: number;
  /** Somebody asks on a connection for the first time, or somebody else than `before`; not behind a proxy. */
  came?(requester: Requester, before: Requester | undefined): void;
}

/** Letters of a User-Agent that tell clients apart; what comes after them is the same client. */
const MOST_AGENT = 256;

/** A hash of 31 bits of a string, never 0, from a seed: larger numbers would be objects, which are slow to compare. Spec: FNV-1a, with a final mix of MurmurHash3. */
export function hashOf(text: string, seed: number, most: number = text.length): number {
  let hash = (0x811c9dc5 ^ seed) | 0;
  const length = Math.min(text.length, most);
  for (let i = 0; i < length; i += 1) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 1 || 1;
}

/** Finds who asks. */
export class Requesters {
  readonly #deps: RequestersDeps;

  constructor(deps: RequestersDeps) {
    this.#deps = deps;
  }

  /**
   * Who asks on a connection: the same object as long as the same one does. `forwardedFor` counts where a listed proxy
   * has brought the request. Without `agent`, because nothing could be read, it is whoever asked there before.
   */
  on(connection: Connection, agent: string | undefined, forwardedFor?: string): Requester {
    const known = connection.requester;
    if (known && (agent === undefined || (known.agent === agent && this.#brings(known, forwardedFor))))
      return known;
    const { clients, gate, seed } = this.#deps;
    const peer = connection.accepted.remoteAddress;
    const proxied = clients.trusts(peer);
    const said = proxied ? forwardedFor : undefined;
    const address = clients.clientOf(peer, said);
    // A proxy that does not say for whom it asks is not itself limited.
    const network = !proxied ? connection.counted : said === undefined ? NOWHERE : gate.networkAt(address);
    const key = hashOf(agent ?? '', hashOf(address, seed), MOST_AGENT);
    const { prefix } = network;
    const prefixKey = prefix === undefined ? 0 : hashOf(prefix, seed);
    const networkKey = prefix === undefined ? 0 : hashOf(widerOf(prefix), seed);
    const requester = {
      address,
      agent: agent ?? '',
      proxied,
      forwardedFor: said,
      network,
      key,
      prefixKey,
      networkKey,
    };
    connection.requester = requester;
    if (!proxied) this.#deps.came?.(requester, known);
    return requester;
  }

  #brings({ proxied, forwardedFor }: Requester, said: string | undefined): boolean {
    return !proxied || forwardedFor === said;
  }
}
