import type { Message, MessageHead } from '../wire/feed.ts';
import { readNetworkKeys } from '../wire/listening/network-keys.ts';
import { MOST_KEYS_PER_NETWORK } from './rules.ts';
import { NetworkKeys } from './tables/network-keys.ts';

/** Keys that are known at a time, all doors together: 60 MB. Beyond it networks are judged by each door alone. */
const MOST_KEYS = 2_000_000;
/** Crowded networks that doors are told of. */
const MOST_TOLD = 65_536;

/** Which networks have too many different listeners, by what all doors say. Nothing of it is written anywhere. */
export class CrowdedNetworks {
  #keys = new NetworkKeys();
  readonly #lives = new Map<string, string>();
  readonly #crowded = new Set<number>();
  /** True when doors do not know yet who is crowded. */
  #untold = false;

  /** Listener keys that are known. */
  get size(): number {
    return this.#keys.size;
  }

  /** Takes what a door says. */
  receive(head: Extract<MessageHead, { kind: 'networks' }>, body: Uint8Array): void {
    const { door, life, index, whole } = head;
    const isNew = this.#lives.get(door) !== life;
    if (isNew || whole) {
      this.#lives.set(door, life);
      this.#keys.forget(index);
    }
    for (const { network, key, came } of readNetworkKeys(body)) {
      if (!came) this.#keys.remove(network, key, index);
      else if (this.#keys.size < MOST_KEYS) this.#keys.add(network, key, index);
      this.#judge(network);
    }
    if (isNew || whole) for (const network of [...this.#crowded]) this.#judge(network);
  }

  #judge(network: number): void {
    const crowded = this.#keys.keysOf(network) > MOST_KEYS_PER_NETWORK;
    if (crowded === this.#crowded.has(network)) return;
    if (crowded) this.#crowded.add(network);
    else this.#crowded.delete(network);
    this.#untold = true;
  }

  /** What doors have to be told now; nothing when nothing has changed. */
  news(): Message[] {
    if (!this.#untold) return [];
    this.#untold = false;
    return [this.message()];
  }

  /** All crowded networks. */
  message(): Message {
    const told = Uint32Array.from([...this.#crowded].slice(0, MOST_TOLD));
    return { head: { kind: 'crowded' }, body: new Uint8Array(told.buffer) };
  }
}
