import { createHash, createSign, generateKeyPairSync, randomBytes } from 'node:crypto';

/** CBOR of what an attestation holds: small integers, bytes, text and maps. Spec: RFC 8949, 3. */
function cbor(value: unknown): Buffer {
  const head = (major: number, n: number): Buffer =>
    n < 24
      ? Buffer.from([(major << 5) | n])
      : n < 256
        ? Buffer.from([(major << 5) | 24, n])
        : Buffer.from([(major << 5) | 25, n >> 8, n & 255]);
  if (typeof value === 'number') return value < 0 ? head(1, -1 - value) : head(0, value);
  if (typeof value === 'string')
    return Buffer.concat([head(3, Buffer.byteLength(value)), Buffer.from(value)]);
  if (value instanceof Uint8Array) return Buffer.concat([head(2, value.length), value]);
  const entries = [...(value as Map<unknown, unknown>)];
  return Buffer.concat([head(5, entries.length), ...entries.flat().map(cbor)]);
}

const sha256 = (data: string | Uint8Array): Buffer => createHash('sha256').update(data).digest();
const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url');

/** What the page around an authenticator says and does; each may be wrong on purpose. */
export interface Ceremony {
  readonly origin: string;
  readonly challenge: string;
  readonly rpId: string;
  /** Whether the person was verified; default: yes. */
  readonly verified?: boolean;
}

/** A security key with one ES256 key, in software. Spec: WebAuthn 3, 6. */
export function openAuthenticator() {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
  const id = randomBytes(16);
  let count = 0;
  const client = (type: string, { challenge, origin }: Ceremony): Buffer =>
    Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin: false }));
  const data = (
    { rpId, verified = true }: Ceremony,
    more: number,
    rest: Uint8Array = Buffer.alloc(0),
  ): Buffer => {
    count += 1;
    const flags = 0x01 | (verified ? 0x04 : 0) | more;
    return Buffer.concat([sha256(rpId), Buffer.from([flags, 0, 0, 0, count]), rest]);
  };
  const wrapped = (response: object) => ({
    ...{ id: text(id), rawId: text(id), type: 'public-key', clientExtensionResults: {} },
    response,
  });
  return {
    /** The answer to a question for a new passkey. */
    create(asked: Ceremony) {
      const key = cbor(
        new Map<number, unknown>([
          [1, 2],
          [3, -7],
          [-1, 1],
          [-2, Buffer.from(x, 'base64url')],
          [-3, Buffer.from(y, 'base64url')],
        ]),
      );
      const attested = Buffer.concat([Buffer.alloc(16), Buffer.from([0, id.length]), id, key]);
      const attestation = new Map<string, unknown>([
        ['fmt', 'none'],
        ['attStmt', new Map()],
        ['authData', data(asked, 0x40, attested)],
      ]);
      return wrapped({
        clientDataJSON: text(client('webauthn.create', asked)),
        attestationObject: text(cbor(attestation)),
        transports: ['internal'],
      });
    },
    /** The answer to a question who somebody is. */
    get(asked: Ceremony) {
      const [authData, clientData] = [data(asked, 0), client('webauthn.get', asked)];
      const signature = createSign('sha256')
        .update(Buffer.concat([authData, sha256(clientData)]))
        .sign(privateKey);
      return wrapped({
        ...{ clientDataJSON: text(clientData), authenticatorData: text(authData) },
        signature: text(signature),
      });
    },
  };
}
