import type { NetworkKeyChange } from '../../wire/listening/network-keys.ts';
import { networkOf } from '../network/client-address.ts';
import type { Listening } from '../request/listening.ts';
import type { Salts } from './listener-key.ts';
import type { NetworkList } from './network-list.ts';
import { type SessionRows, STATE } from './session-table.ts';

/** Networks known at a time; beyond it a new one is not counted, and so never too dense. */
const MOST_NETWORKS = 131_072;
/** Most listener keys that one network may have. */
export const MOST_KEYS = 20;

/** Counts how many listener keys each network (/24, /64) has at this door now, and knows which networks are crowded. */
export class NetworkCounts {
  readonly #rows = new Map<string, number>();
  readonly #names: string[] = [];
  readonly #free: number[] = [];
  #keys = new Uint32Array(256);
  #hashes = new Uint32Array(256);
  /** Networks with too many keys at all doors together, by their hashes. */
  #crowded: ReadonlySet<number> = new Set();

  /**
   * One more key of a network; its row, or −1 when there is no room. Give it back by `remove`. `hash` is asked for a
   * network that is new here.
   */
  add(network: string, hash: (network: string) => number): number {
    let row = this.#rows.get(network);
    if (row === undefined) {
      if (this.#rows.size >= MOST_NETWORKS) return -1;
      row = this.#free.pop() ?? this.#names.length;
      this.#names[row] = network;
      this.#rows.set(network, row);
      if (row >= this.#keys.length) {
        this.#keys = doubled(this.#keys);
        this.#hashes = doubled(this.#hashes);
      }
      this.#keys[row] = 0;
      this.#hashes[row] = hash(network);
    }
    this.#keys[row] = (this.#keys[row] ?? 0) + 1;
    return row;
  }

  /** A key of a network is gone. */
  remove(row: number): void {
    const left = (this.#keys[row] ?? 0) - 1;
    this.#keys[row] = Math.max(0, left);
    if (left > 0) return;
    this.#rows.delete(this.#names[row] ?? '');
    this.#free.push(row);
  }

  /** The hash of a network. */
  hashOf(row: number): number {
    return this.#hashes[row] ?? 0;
  }

  /** The tally knows all doors: these networks are crowded, by their hashes. */
  told(crowded: ReadonlySet<number>): void {
    this.#crowded = crowded;
  }

  /** True when a network has more keys than people usually are, at this door or at all of them together. */
  dense(row: number): boolean {
    if (row < 0) return false;
    return (
      (this.#keys[row] ?? 0) > MOST_KEYS || (this.#crowded.size > 0 && this.#crowded.has(this.hashOf(row)))
    );
  }
}

function doubled(from: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  const to = new Uint32Array(from.length * 2);
  to.set(from);
  return to;
}

/** Dependencies of judging networks. */
export interface ListenerNetworksDeps {
  readonly table: SessionRows;
  readonly salts: Salts;
  /** Networks that may be dense. */
  readonly shared: NetworkList;
  /** Wall-clock ms, for the salt of the day. */
  wall(): number;
}

/** Where a listener is: the row of the network, −1 for none, and 32 bits by which it is known among those there. */
export interface ListenerPlace {
  readonly network: number;
  readonly person: number;
}

/** Which listener keys of this door are in which networks. The tally is told by hashes, and judges all doors together. */
export class ListenerNetworks {
  readonly #deps: ListenerNetworksDeps;
  readonly #counts = new NetworkCounts();
  #news: NetworkKeyChange[] = [];

  constructor(deps: ListenerNetworksDeps) {
    this.#deps = deps;
  }

  /** The place of a listener whose first row is `first`; −1: it has none yet, and is counted in its network from now on. */
  placeOf(who: Listening, first: number): ListenerPlace {
    const { table, shared } = this.#deps;
    if (first >= 0) return { network: table.network[first] ?? -1, person: table.person[first] ?? 0 };
    const { address, agent } = who;
    if (!address || shared.has(address)) return { network: -1, person: 0 };
    const network = this.#counts.add(networkOf(address), this.#hash);
    if (network < 0) return { network, person: 0 };
    const person = this.#hash(`${address.family} ${address.value} ${agent ?? ''}`);
    this.#news.push({ network: this.#counts.hashOf(network), key: person, came: true });
    return { network, person };
  }

  /** The last session of a listener is gone. */
  left({ network, person }: ListenerPlace): void {
    if (network < 0) return;
    this.#news.push({ network: this.#counts.hashOf(network), key: person, came: false });
    this.#counts.remove(network);
  }

  /** True when too many listeners are in a network, here or at all doors together. */
  isDense(network: number): boolean {
    return this.#counts.dense(network);
  }

  /** Sets the networks that are crowded by what all doors say, by their hashes. */
  crowded(hashes: ReadonlySet<number>): void {
    this.#counts.told(hashes);
  }

  /** Listener keys that came to networks or left them since the last call; with `all`, every one that is here. */
  changes(all = false): readonly NetworkKeyChange[] {
    const changes = this.#news;
    this.#news = [];
    if (!all) return changes;
    const { table } = this.#deps;
    const here: NetworkKeyChange[] = [];
    for (let row = 0; row < table.high; row += 1) {
      const network = table.network[row] ?? -1;
      if (((table.state[row] ?? 0) & STATE.used) === 0 || network < 0) continue;
      if (table.firstOf(table.keyLow[row] ?? 0, table.keyHigh[row] ?? 0) !== row) continue;
      here.push({ network: this.#counts.hashOf(network), key: table.person[row] ?? 0, came: true });
    }
    return here;
  }

  /** 32 bits of an HMAC by the salt of the day: reported to the tally, and stored nowhere. */
  readonly #hash = (text: string): number =>
    this.#deps.salts.at(this.#deps.wall())(`network ${text}`).readUInt32LE(0);
}
