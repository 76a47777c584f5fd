import { timingSafeEqual } from 'node:crypto';
import { type Hmac, openHmac } from '../../keys/hmac.ts';
import { randomId } from '../../keys/random-id.ts';
import { DEFENCE } from './thresholds.ts';

/** 96 bits of HMAC-SHA256. Spec: RFC 2104, 5. */
const MAC_BYTES = 12;
const FORM = /^([0-9a-z]{1,9})\.([\w-]{11})\.([\w-]{16})$/;
/** In the query alone: a path may have the same letters. */
const IN_ADDRESS = /^[^?#]*\?(?:[^#]*&)?wait=([\w.-]{1,64})/;

/** What a pass is worth now. */
export type PassWorth = { readonly id: number } | 'early' | undefined;

/**
 * Passes of those who were asked to wait: signed for their network, good from the moment to which they were asked to
 * wait, for ten minutes. All doors of an installation accept each other's. A pass travels in the address of the page, so
 * it takes neither a cookie nor a script; what the page loads names that address in `Referer`.
 */
export class WaitPasses {
  readonly #hmac: Hmac;
  readonly #wall: () => number;

  /** `bytes`: the key of return tokens, which all doors share. */
  constructor(bytes: Uint8Array, wall: () => number) {
    this.#hmac = openHmac(bytes);
    this.#wall = wall;
  }

  /** A pass for whoever waits from now on. `network`: see `prefixOf`. */
  give(network: string): string {
    const from = (Math.ceil(this.#wall() / 1_000) + DEFENCE.waitSeconds).toString(36);
    const id = Buffer.from(randomId()).toString('base64url').slice(0, 11);
    return `${from}.${id}.${this.#sign(from, id, network)}`;
  }

  /** What a pass is worth: the number that stands for its holder, `early`, or nothing. */
  worth(text: string, network: string): PassWorth {
    const [, from, id, mac] = FORM.exec(text) ?? [];
    if (from === undefined || id === undefined || mac === undefined) return undefined;
    const real = this.#sign(from, id, network);
    if (!timingSafeEqual(Buffer.from(real), Buffer.from(mac))) return undefined;
    const now = this.#wall() / 1_000;
    const begins = Number.parseInt(from, 36);
    if (now >= begins + DEFENCE.passSeconds) return undefined;
    if (now < begins - 1) return 'early';
    return { id: Buffer.from(id, 'base64url').readUInt32LE(0) >>> 1 || 1 };
  }

  #sign(from: string, id: string, network: string): string {
    return this.#hmac(`earshot wait 1 ${from} ${id} ${network}`).subarray(0, MAC_BYTES).toString('base64url');
  }
}

/** The pass in an address: of a request itself, or of the page that it belongs to (`Referer`). */
export const passIn = (address: string | undefined): string | undefined =>
  address === undefined ? undefined : IN_ADDRESS.exec(address)?.[1];

/**
 * The address of a page with another pass in it. It always leads to this server: to a browser, `//name` and `/\name`
 * are other ones.
 */
export function withPass(target: string, pass: string): string {
  const [written = '', query = ''] = target.split('?', 2);
  const path = `/${written.replace(/^[/\\\s]+/, '')}`;
  const kept = query.split('&').filter((part) => part !== '' && !part.startsWith('wait='));
  return `${path}?${[...kept, `wait=${pass}`].join('&')}`;
}
