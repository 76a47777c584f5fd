import { createHmac } from 'node:crypto';
import type { Aead, Rekeyed } from '../base/openssl.ts';

const APPLICATION = 23;
const ALERT = 21;
const CLOSE_NOTIFY = Uint8Array.of(1, 0);
const HEAD = 5;
const TAG = 16;
const NONCE = 12;
/** The longest that one record carries, bytes. Spec: RFC 8446, 5.1. */
const LONGEST = 16_384;
/** Records under one key; AES-GCM is good for 24 million of full size. Spec: RFC 8446, 5.5. */
const MOST = 2 ** 24;
/**
 * What is sealed lies in one piece of memory that is used over and over, so that a million records are not as many
 * allocations. More than is gathered for one call to the kernel, several times over.
 */
const ARENA = 4 * 1024 * 1024;

let arena: Buffer | undefined;
let taken = 0;
function room(length: number): Buffer {
  if (length > ARENA / 4) return Buffer.allocUnsafeSlow(length);
  arena ??= Buffer.allocUnsafeSlow(ARENA);
  if (taken + length > ARENA) taken = 0;
  taken += length;
  return arena.subarray(taken - length, taken);
}

/** `secret` expanded for a purpose. Spec: RFC 8446, 7.1 (`HKDF-Expand-Label` without a context); RFC 5869, 2.3. */
export function expandLabel(hash: string, secret: Uint8Array, label: string, length: number): Buffer {
  const name = Buffer.from(`tls13 ${label}`);
  const info = Buffer.concat([Buffer.of(length >> 8, length & 255, name.length), name, Buffer.of(0, 1)]);
  return createHmac(hash, secret).update(info).digest().subarray(0, length);
}

const nonce = Buffer.alloc(NONCE);
const head = Buffer.of(APPLICATION, 3, 3, 0, 0);

/** The writing half of a TLS 1.3 connection, from a change of its keys on: key, number, and nothing else. Spec: RFC 8446, 5.2 and 5.3. */
export class Records {
  readonly #aead: Aead;
  /** The key, and the 12 bytes that the number is mixed into. */
  readonly #keys: Uint8Array;
  #before: Buffer | undefined;
  #count = 0;

  constructor(aead: Aead, { record, secret }: Rekeyed) {
    this.#aead = aead;
    this.#before = record;
    this.#keys = new Uint8Array(aead.key + NONCE);
    this.#keys.set(expandLabel(aead.hash, secret, 'key', aead.key));
    this.#keys.set(expandLabel(aead.hash, secret, 'iv', NONCE), aead.key);
  }

  /** True when the key has been used enough: the connection must end. */
  get spent(): boolean {
    return this.#count >= MOST;
  }

  /**
   * `bytes` as records, each of at most 16 kB, to be sent in the order in which they were sealed. What is returned is
   * overwritten when another 3 MB have been sealed: what has to wait must be copied.
   */
  seal(bytes: Uint8Array): Buffer {
    return this.#seal(bytes, APPLICATION);
  }

  /** That nothing more will come: the last record. */
  close(): Buffer {
    return this.#seal(CLOSE_NOTIFY, ALERT);
  }

  #seal(bytes: Uint8Array, type: number): Buffer {
    const before = this.#before;
    this.#before = undefined;
    const records = Math.max(1, Math.ceil(bytes.length / LONGEST));
    const out = room((before?.length ?? 0) + bytes.length + records * (HEAD + 1 + TAG));
    if (before) out.set(before);
    let at = before?.length ?? 0;
    const key = this.#keys.subarray(0, this.#aead.key);
    for (let from = 0; from < records * LONGEST; from += LONGEST) {
      const text = bytes.length > LONGEST ? bytes.subarray(from, from + LONGEST) : bytes;
      head.writeUInt16BE(text.length + 1 + TAG, 3);
      out.set(head, at);
      nonce.set(this.#keys.subarray(this.#aead.key));
      nonce.writeUInt32BE((nonce.readUInt32BE(NONCE - 4) ^ this.#count) >>> 0, NONCE - 4);
      this.#count += 1;
      this.#aead.encrypt(key, nonce, head, text, type, out, at + HEAD);
      at += HEAD + text.length + 1 + TAG;
    }
    return out;
  }
}
