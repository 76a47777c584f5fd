import { createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import { canonical, type Json } from './canonical-json.ts';

/** An Ed25519 signature beside what it signs. */
export interface Signature {
  readonly alg: 'Ed25519';
  /** 32 bytes, base64url. */
  readonly publicKey: string;
  /** 64 bytes, base64url, over the context line and the canonical JSON of everything but `signature`. */
  readonly value: string;
}

/**
 * The result of checking a signed object. `key`: the key that made the signature; compare it with one that you trust.
 */
export type Checked<Body> =
  | { readonly good: true; readonly key: string; readonly body: Body }
  | { readonly good: false; readonly why: string };

/**
 * Signs an object. `context` precedes the signed bytes, so that the signature is valid for nothing else.
 * @throws RangeError when it is not an Ed25519 key. Spec: RFC 8032, RFC 8785.
 */
export function signatureOf(context: string, body: object, key: KeyObject): Signature {
  if (key.asymmetricKeyType !== 'ed25519') throw new RangeError('the signing key is not an Ed25519 key');
  const publicKey = String(createPublicKey(key).export({ format: 'jwk' }).x);
  return {
    ...{ alg: 'Ed25519', publicKey },
    value: sign(null, signedBytes(context, body), key).toString('base64url'),
  };
}

/**
 * Checks whether an object, given as text, is unchanged since it was signed. This says nothing about who holds the key.
 * `isKind` tells whether the parsed object is of the expected kind; `unlike` is the reason given when it is not.
 */
export function checkSignature<Body extends { readonly signature: Signature }>(
  context: string,
  text: string,
  isKind: (found: Readonly<Record<string, unknown>>) => boolean,
  unlike: string,
): Checked<Body> {
  const bad = (why: string): Checked<Body> => ({ good: false, why });
  let found: Partial<Body>;
  try {
    found = JSON.parse(text) as Partial<Body>;
  } catch {
    return bad('this is no JSON');
  }
  if (typeof found !== 'object' || found === null || !isKind(found as Readonly<Record<string, unknown>>))
    return bad(unlike);
  // Otherwise a member could be there twice: readers would see one, and the signature would cover the other.
  if (canonical(found as unknown as Json) !== text.trim())
    return bad('it is not in its canonical form: something was changed or added');
  const { signature, ...body } = found;
  if (signature?.alg !== 'Ed25519' || typeof signature.publicKey !== 'string') return bad('it is not signed');
  try {
    const bytes = [signature.publicKey, signature.value].map((part) => Buffer.from(part, 'base64url'));
    // Two spellings of the same bytes would be two signed objects.
    if (
      bytes[0]?.toString('base64url') !== signature.publicKey ||
      bytes[1]?.toString('base64url') !== signature.value
    )
      return bad('its signature is malformed');
    const jwk = { kty: 'OKP', crv: 'Ed25519', x: signature.publicKey };
    const key = createPublicKey({ key: jwk, format: 'jwk' });
    if (!verify(null, signedBytes(context, body), key, bytes[1]))
      return bad('it was changed after it was signed');
  } catch {
    return bad('its signature is malformed');
  }
  return { good: true, key: signature.publicKey, body: found as Body };
}

const signedBytes = (context: string, body: object): Buffer =>
  Buffer.from(context + canonical(body as unknown as Json));
