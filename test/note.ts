/** Keys and signed notes for tests, as C2SP signed-note and tlog-cosignature define them, without code of the product. */
import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto';

/** Somebody who signs: a log (type 1) or a witness (type 4). */
export interface TestSigner {
  readonly name: string;
  /** The verifier key. */
  readonly verifier: string;
  /** One line of signature under a text. */
  line(text: string): string;
  /** The bare Ed25519 signature, base64. */
  bare(text: string): string;
}

/** The Ed25519 key with these 32 bytes. Spec: RFC 8410, 7. */
export const keyFrom = (seed: Uint8Array): KeyObject =>
  createPrivateKey({
    key: Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed]),
    format: 'der',
    type: 'pkcs8',
  });

/** A signer whose key follows from a word. `time`: seconds since 1970, for a witness. */
export function signerOf(name: string, word: string, time?: () => number): TestSigner {
  const key = keyFrom(createHash('sha256').update(word).digest());
  const typed = Buffer.concat([
    Uint8Array.of(time ? 4 : 1),
    Buffer.from(String(createPublicKey(key).export({ format: 'jwk' }).x), 'base64url'),
  ]);
  const id = createHash('sha256').update(`${name}\n`).update(typed).digest().subarray(0, 4);
  const bare = (text: string): Buffer => sign(null, Buffer.from(text), key);
  return {
    name,
    verifier: `${name}+${id.toString('hex')}+${typed.toString('base64')}`,
    bare: (text) => bare(text).toString('base64'),
    line(text) {
      if (!time) return `\u2014 ${name} ${Buffer.concat([id, bare(text)]).toString('base64')}\n`;
      const at = Buffer.alloc(8);
      at.writeBigUInt64BE(BigInt(time()));
      const signed = bare(`cosignature/v1\ntime ${time()}\n${text}`);
      return `\u2014 ${name} ${Buffer.concat([id, at, signed]).toString('base64')}\n`;
    },
  };
}

/** A note: the text, an empty line, the signatures. */
export const noteOf = (text: string, signers: readonly TestSigner[]): string =>
  `${text}\n${signers.map((signer) => signer.line(text)).join('')}`;
