import { createCipheriv, createECDH, createHmac, type ECDH, randomBytes } from 'node:crypto';

/** What a browser has told of itself: where messages for it go, and what they are encrypted for. */
export interface PushTarget {
  readonly endpoint: string;
  /** Its public key on P-256, 65 bytes, base64url. */
  readonly p256dh: string;
  /** Its authentication secret, 16 bytes, base64url. */
  readonly auth: string;
}

const CURVE = 'prime256v1';
const SALT_BYTES = 16;
const POINT_BYTES = 65;
const AUTH_BYTES = 16;
/** One record holds everything; push services take 4,096 bytes of body. Spec: RFC 8291, 4. */
const RECORD_BYTES = 4_096;
/** What fits beside the header, the mark of the last record and the tag. Spec: RFC 8188, 2. */
export const MOST_PAYLOAD = RECORD_BYTES - 17 - (SALT_BYTES + 4 + 1 + POINT_BYTES);

const LAST_RECORD = Buffer.from([2]);
const ONE = Buffer.from([1]);
const KEY_INFO = Buffer.from('Content-Encoding: aes128gcm\0');
const NONCE_INFO = Buffer.from('Content-Encoding: nonce\0');

const hmac = (key: Uint8Array, ...parts: Uint8Array[]): Buffer => {
  const mac = createHmac('sha256', key);
  for (const part of parts) mac.update(part);
  return mac.digest();
};

/** True for keys with which a message can be encrypted: the right lengths, and a point that is on the curve. */
export function isPushKeys({ p256dh, auth }: Pick<PushTarget, 'p256dh' | 'auth'>): boolean {
  const point = Buffer.from(p256dh, 'base64url');
  if (point.length !== POINT_BYTES || Buffer.from(auth, 'base64url').length !== AUTH_BYTES) return false;
  const own = createECDH(CURVE);
  own.generateKeys();
  try {
    own.computeSecret(point);
    return true;
  } catch {
    return false;
  }
}

/** Chance, for tests against published examples; absent: chance. */
interface Chosen {
  readonly sender: ECDH;
  readonly salt: Buffer;
}

/**
 * Encrypts a message for one browser, with a key that is made for it alone: `Content-Encoding: aes128gcm`. A push
 * service learns its length and nothing else. Spec: RFC 8291; RFC 8188.
 * @throws RangeError for more than `MOST_PAYLOAD` bytes.
 */
export function encryptPush(payload: Uint8Array, to: PushTarget, chosen?: Chosen): Buffer {
  if (payload.length > MOST_PAYLOAD) throw new RangeError(`a message of ${payload.length} bytes`);
  const receiver = Buffer.from(to.p256dh, 'base64url');
  const sender = chosen?.sender ?? createECDH(CURVE);
  if (!chosen) sender.generateKeys();
  const salt = chosen?.salt ?? randomBytes(SALT_BYTES);
  const own = sender.getPublicKey();
  const authKey = hmac(Buffer.from(to.auth, 'base64url'), sender.computeSecret(receiver));
  const secret = hmac(authKey, Buffer.from('WebPush: info\0'), receiver, own, ONE);
  const key = hmac(salt, secret);
  const cipher = createCipheriv(
    'aes-128-gcm',
    hmac(key, KEY_INFO, ONE).subarray(0, 16),
    hmac(key, NONCE_INFO, ONE).subarray(0, 12),
  );
  const size = Buffer.alloc(4);
  size.writeUInt32BE(RECORD_BYTES);
  const sealed = [cipher.update(payload), cipher.update(LAST_RECORD), cipher.final(), cipher.getAuthTag()];
  return Buffer.concat([salt, size, Buffer.from([POINT_BYTES]), own, ...sealed]);
}
