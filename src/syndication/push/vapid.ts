import { createECDH, createPrivateKey, hash, type KeyObject, sign } from 'node:crypto';

/** A token lasts so long, and is made anew when half of it is over. Push services take a day at most. */
const LASTS_S = 12 * 3_600;
/** Origins whose token is kept; beyond that the oldest is made anew. */
const MOST_KEPT = 1_000;

/** How this server says who it is to push services. Spec: RFC 8292. */
export interface Vapid {
  /** What browsers subscribe with, base64url. */
  readonly publicKey: string;
  /** The header `Authorization` for an endpoint; `now`: wall-clock ms. */
  authorization(endpoint: string, now: number): string;
}

/** The private key on P-256 that follows from 32 bytes: these themselves, or, where they are none, their hash. */
function pairOf(secret: Uint8Array) {
  const pair = createECDH('prime256v1');
  let scalar = Buffer.from(secret);
  for (;;) {
    try {
      pair.setPrivateKey(scalar);
      return pair;
    } catch {
      // Not below the order of the curve: one in 2³².
      scalar = hash('sha256', scalar, 'buffer') as Buffer<ArrayBuffer>;
    }
  }
}

const part = (what: object): string => Buffer.from(JSON.stringify(what)).toString('base64url');

/** Makes it from a key of the installation; `contact`: whom a push service may write to, `mailto:` or `https:`. */
export function openVapid(secret: Uint8Array, contact: string): Vapid {
  const pair = pairOf(secret);
  const point = pair.getPublicKey();
  const key: KeyObject = createPrivateKey({
    format: 'jwk',
    key: {
      ...{ kty: 'EC', crv: 'P-256', d: pair.getPrivateKey().toString('base64url') },
      x: point.subarray(1, 33).toString('base64url'),
      y: point.subarray(33).toString('base64url'),
    },
  });
  const publicKey = point.toString('base64url');
  const head = part({ typ: 'JWT', alg: 'ES256' });
  const kept = new Map<string, { readonly token: string; readonly until: number }>();
  return {
    publicKey,
    authorization(endpoint, now) {
      const { origin } = new URL(endpoint);
      const seconds = Math.floor(now / 1_000);
      let known = kept.get(origin);
      // Not after the clock has gone back either: a token of the future is refused.
      const left = (known?.until ?? 0) - seconds;
      if (!known || left < LASTS_S / 2 || left > LASTS_S) {
        const signed = `${head}.${part({ aud: origin, exp: seconds + LASTS_S, sub: contact })}`;
        const signature = sign('sha256', Buffer.from(signed), { key, dsaEncoding: 'ieee-p1363' });
        known = { token: `${signed}.${signature.toString('base64url')}`, until: seconds + LASTS_S };
        const [oldest] = kept.keys();
        if (kept.size >= MOST_KEPT && oldest !== undefined) kept.delete(oldest);
        kept.set(origin, known);
      }
      return `vapid t=${known.token}, k=${publicKey}`;
    },
  };
}
