import { createHmac } from 'node:crypto';
import type { Aead } from '../../native/openssl.ts';

const APPLICATION = 23;
const ALERT = 21;
const CLOSE_NOTIFY = Uint8Array.of(1, 0);
const HEAD = 5;
const TAG = 16;
const NONCE = 12;
/** The longest that one record carries, bytes. Spec: RFC 8446, 5.1. */
const LONGEST = 16_384;
/** Records that may be sealed with one key; AES-GCM is good for 24 million of full size. Spec: RFC 8446, 5.5. */
const MOST = 2 ** 24;
/** Expands `secret` for a purpose. Spec: RFC 8446, 7.1 (`HKDF-Expand-Label` without a context); RFC 5869, 2.3. */
export function expandLabel(hash: string, secret: Uint8Array, label: string, length: number): Buffer {
  const name = Buffer.from(`tls13 ${label}`);
  const info = Buffer.concat([Buffer.of(length >> 8, length & 255, name.length), name, Buffer.of(0, 1)]);
  return createHmac(hash, secret).update(info).digest().subarray(0, length);
}

/** Returns memory of a given length in bytes. */
type Room = (length: number) => Uint8Array;

const LONGEST_KEY = 32;
// What OpenSSL is given is copied to the same place for all: reading thousands of places costs more than copying to
// one.
const key = Buffer.alloc(LONGEST_KEY);
const nonce = Buffer.alloc(NONCE);
const head = Buffer.of(APPLICATION, 3, 3, 0, 0);

/**
 * The writing half of a TLS 1.3 connection, from a key update on: key, record number, and nothing else. Spec: RFC
 * 8446, 5.2 and 5.3.
 */
export class TlsRecordSealer {
  readonly #aead: Aead;
  readonly #key: Uint8Array;
  /** The static IV, which is XORed with the number of a record. */
  readonly #iv: Uint8Array;
  #before: Buffer | undefined;
  #count = 0;

  /** `secret`: the traffic secret; the next record is its first. */
  constructor(aead: Aead, secret: Uint8Array) {
    this.#aead = aead;
    this.#key = Uint8Array.from(expandLabel(aead.hash, secret, 'key', aead.key));
    this.#iv = Uint8Array.from(expandLabel(aead.hash, secret, 'iv', NONCE));
  }

  /** Puts `record` in front of the first sealed record. */
  follow(record: Buffer): void {
    this.#before = record;
  }

  /** True when the key is used up and the connection must end. */
  get spent(): boolean {
    return this.#count >= MOST;
  }

  /**
   * Seals `bytes` into records of at most 16 kB, in memory from `room`; to be sent in the order in which they were
   * sealed.
   */
  seal(bytes: Uint8Array, room: Room): Uint8Array {
    return this.#seal(bytes, APPLICATION, room);
  }

  /** The last record: close_notify. */
  close(room: Room = (length) => new Uint8Array(length)): Uint8Array {
    return this.#seal(CLOSE_NOTIFY, ALERT, room);
  }

  #seal(bytes: Uint8Array, type: number, room: Room): Uint8Array {
    const before = this.#before;
    this.#before = undefined;
    const records = Math.max(1, Math.ceil(bytes.length / LONGEST));
    const out = room((before?.length ?? 0) + bytes.length + records * (HEAD + 1 + TAG));
    if (before) out.set(before);
    let at = before?.length ?? 0;
    key.set(this.#key);
    for (let from = 0; from < records * LONGEST; from += LONGEST) {
      const text = bytes.length > LONGEST ? bytes.subarray(from, from + LONGEST) : bytes;
      head.writeUInt16BE(text.length + 1 + TAG, 3);
      out.set(head, at);
      out.set(text, at + HEAD);
      const end = at + HEAD + text.length + 1;
      out[end - 1] = type;
      nonce.set(this.#iv);
      nonce.writeUInt32BE((nonce.readUInt32BE(NONCE - 4) ^ this.#count) >>> 0, NONCE - 4);
      this.#count += 1;
      out.set(this.#aead.encrypt(key, nonce, head, out.subarray(at + HEAD, end)), end);
      at = end + TAG;
    }
    return out;
  }
}
