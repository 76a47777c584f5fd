import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
  verify,
} from 'node:crypto';
import { canonical, type Json } from '../../journal/index.ts';
import type { Outcome } from './outcome.ts';

/** Precedes the signed bytes, so that the signature is not valid anywhere else. */
const CONTEXT = 'earshot-rehearsal-certificate-v1\n';

/** The certificate of a rehearsal: its outcome, signed by whoever ran it. */
export interface Certificate extends Outcome {
  readonly signature: {
    readonly alg: 'Ed25519';
    /** 32 bytes, base64url. */
    readonly publicKey: string;
    /** 64 bytes, base64url, over the context line and the canonical JSON of everything but `signature`. */
    readonly value: string;
  };
}

/** A certificate as written to a file. */
export const certificateText = (certificate: Certificate): string =>
  `${canonical(certificate as unknown as Json)}\n`;

/** A new Ed25519 key as PEM (PKCS #8). */
export const newSigningKey = (): string =>
  String(generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }));

/** Signs an outcome with a PEM key. @throws when it is not an Ed25519 key. Spec: RFC 8032, RFC 8785. */
export function certify(outcome: Outcome, pem: string): Certificate {
  const key = createPrivateKey(pem);
  if (key.asymmetricKeyType !== 'ed25519') throw new RangeError('the signing key is not an Ed25519 key');
  const value = sign(null, signedBytes(outcome), key).toString('base64url');
  return { ...outcome, signature: { alg: 'Ed25519', publicKey: rawPublicKey(key), value } };
}

/** The answer of `checkCertificate`. `key`: whose signature it is; compare it with one you know. */
export type Checked =
  | { readonly good: true; readonly key: string; readonly certificate: Certificate }
  | { readonly good: false; readonly why: string };

/** Checks whether a certificate is unchanged since it was signed. This says nothing about who holds the key. */
export function checkCertificate(text: string): Checked {
  let found: Partial<Certificate>;
  try {
    found = JSON.parse(text) as Partial<Certificate>;
  } catch {
    return { good: false, why: 'this is no JSON' };
  }
  if (typeof found !== 'object' || found === null || found.kind !== 'earshot-rehearsal')
    return { good: false, why: 'this is not a rehearsal certificate' };
  const { signature, ...outcome } = found;
  // Otherwise a member could be there twice: readers would see one, and the signature would cover the other.
  if (canonical(found as unknown as Json) !== text.trim())
    return { good: false, why: 'it is not in its canonical form: something was changed or added' };
  if (signature?.alg !== 'Ed25519' || typeof signature.publicKey !== 'string')
    return { good: false, why: 'it is not signed' };
  try {
    const bytes = [signature.publicKey, signature.value].map((part) => Buffer.from(part, 'base64url'));
    // Two spellings of the same bytes would be two certificates.
    if (
      bytes[0]?.toString('base64url') !== signature.publicKey ||
      bytes[1]?.toString('base64url') !== signature.value
    )
      return { good: false, why: 'its signature is malformed' };
    const key = createPublicKey({
      key: { kty: 'OKP', crv: 'Ed25519', x: signature.publicKey },
      format: 'jwk',
    });
    if (!verify(null, signedBytes(outcome as Outcome), key, bytes[1]))
      return { good: false, why: 'it was changed after it was signed' };
  } catch {
    return { good: false, why: 'its signature is malformed' };
  }
  return { good: true, key: signature.publicKey, certificate: found as Certificate };
}

const signedBytes = (outcome: Outcome): Buffer =>
  Buffer.from(CONTEXT + canonical(outcome as unknown as Json));

const rawPublicKey = (key: KeyObject): string => String(createPublicKey(key).export({ format: 'jwk' }).x);
