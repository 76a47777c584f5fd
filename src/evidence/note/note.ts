import { createHash, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';

/** What a key signs: notes of its own, or checkpoints of others with a time. Spec: C2SP signed-note, Signature types. */
export type SignatureType = 0x01 | 0x04;
/** A log's own signature. */
export const ED25519 = 0x01;
/** A witness's signature. */
export const COSIGNATURE = 0x04;

/** A longer note is none. */
export const MAX_NOTE_BYTES = 64 * 1024;
/** Verifiers must take 16; a note with more than this is refused. */
const MAX_SIGNATURES = 64;
const KEY_BYTES = 32;

/** The last line of a note. */
export interface NoteSignature {
  readonly name: string;
  /** The key's id, 8 hexadecimal digits. */
  readonly id: string;
  readonly bytes: Buffer;
  /** The line itself, without its line feed. */
  readonly line: string;
}

/** A note: its text ends with a line feed. */
export interface SignedNote {
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

/** A key that checks signatures. */
export interface Verifier {
  readonly name: string;
  readonly id: string;
  readonly type: SignatureType;
  readonly key: KeyObject;
  /** As it is written: `name+id+base64`. */
  readonly written: string;
}

/** A key that signs. */
export interface Signer extends Verifier {
  readonly privateKey: KeyObject;
}

const NAME = /^[^\s+\p{Cc}]+$/u;
const SIGNATURE_LINE = /^\u2014 ([^\s+]+) ([A-Za-z0-9+/]+={0,2})$/u;

/** The bytes of base64, or undefined when it is written in another way than one. */
export function fromBase64(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : undefined;
}

/** 32 bytes. */
function rawKey(key: KeyObject): Buffer {
  if (key.asymmetricKeyType !== 'ed25519') throw new RangeError('this is not an Ed25519 key');
  return Buffer.from(String(key.export({ format: 'jwk' }).x), 'base64url');
}

/** Spec: C2SP signed-note, Signatures. */
const keyId = (name: string, type: SignatureType, raw: Uint8Array): string =>
  createHash('sha256').update(`${name}\n`).update(Uint8Array.of(type)).update(raw).digest('hex').slice(0, 8);

/** A key for signing from an Ed25519 private key. @throws RangeError on a name with spaces or `+`, or another key. */
export function signerOf(name: string, type: SignatureType, privateKey: KeyObject): Signer {
  if (!NAME.test(name)) throw new RangeError(`${JSON.stringify(name)} cannot be the name of a key`);
  const key = createPublicKey(privateKey);
  const raw = rawKey(key);
  const id = keyId(name, type, raw);
  const written = `${name}+${id}+${Buffer.concat([Uint8Array.of(type), raw]).toString('base64')}`;
  return { name, id, type, key, written, privateKey };
}

/** Reads `name+id+base64`; undefined when it is none of a type we know. Spec: C2SP signed-note, Verifier keys. */
export function parseVerifier(written: string): Verifier | undefined {
  const [name = '', id = '', ...rest] = written.split('+');
  const bytes = fromBase64(rest.join('+'));
  const type = bytes?.[0];
  if (!NAME.test(name) || !bytes || bytes.length !== 1 + KEY_BYTES) return undefined;
  if (type !== ED25519 && type !== COSIGNATURE) return undefined;
  const raw = bytes.subarray(1);
  if (keyId(name, type, raw) !== id) return undefined;
  const jwk = { kty: 'OKP', crv: 'Ed25519', x: raw.toString('base64url') };
  return { name, id, type, key: createPublicKey({ key: jwk, format: 'jwk' }), written };
}

/** A signature as the line of a note, without its line feed. */
export const signatureLine = ({ name, id }: Verifier, signature: Uint8Array): string =>
  `\u2014 ${name} ${Buffer.concat([Buffer.from(id, 'hex'), signature]).toString('base64')}`;

/** Signs a text that ends with a line feed. Returns the signature's line. */
export const signNote = (text: string, signer: Signer): string =>
  signatureLine(signer, sign(null, Buffer.from(text), signer.privateKey));

/** A note from its text and the lines of its signatures. */
export const noteOf = (text: string, lines: readonly string[]): string => `${text}\n${lines.join('\n')}\n`;

/** Reads a note; undefined when it is malformed. Nothing is verified. Spec: C2SP signed-note, Format. */
export function parseNote(raw: string): SignedNote | undefined {
  if (raw.length > MAX_NOTE_BYTES || !raw.isWellFormed()) return undefined;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a note has none but the line feed.
  if (/[\u0000-\u0009\u000b-\u001f]/.test(raw)) return undefined;
  const at = raw.lastIndexOf('\n\n');
  if (at < 0 || !raw.endsWith('\n')) return undefined;
  const lines = raw.slice(at + 2, -1).split('\n');
  if (lines.length > MAX_SIGNATURES) return undefined;
  const signatures: NoteSignature[] = [];
  for (const line of lines) {
    const [, name = '', base64 = ''] = SIGNATURE_LINE.exec(line) ?? [];
    const bytes = fromBase64(base64);
    if (!bytes || bytes.length < 5) return undefined;
    signatures.push({ name, id: bytes.toString('hex', 0, 4), bytes: bytes.subarray(4), line });
  }
  return { text: raw.slice(0, at + 1), signatures };
}

/** The signatures of a note that claim to be of this key. */
const ofKey = ({ signatures }: SignedNote, { name, id }: Verifier): NoteSignature[] =>
  signatures.filter((one) => one.name === name && one.id === id);

/**
 * Whether a note is signed by this key: `bad` when a signature that claims to be of it is not, or is there twice.
 * Spec: C2SP signed-note, Signatures.
 */
export function signedBy(note: SignedNote, verifier: Verifier): 'yes' | 'no' | 'bad' {
  const found = ofKey(note, verifier);
  const [one, ...more] = found;
  if (!one) return 'no';
  if (more.length > 0 || verifier.type !== ED25519) return 'bad';
  return verify(null, Buffer.from(note.text), verifier.key, one.bytes) ? 'yes' : 'bad';
}

const TIME_BYTES = 8;

/** What a witness signs. Spec: C2SP tlog-cosignature, Ed25519 signed message. */
const cosigned = (text: string, seconds: number): Buffer =>
  Buffer.from(`cosignature/v1\ntime ${seconds}\n${text}`);

/** A witness's signature of a checkpoint's text at a time, as a line. */
export function cosign(text: string, signer: Signer, seconds: number): string {
  const time = Buffer.alloc(TIME_BYTES);
  time.writeBigUInt64BE(BigInt(seconds));
  return signatureLine(signer, Buffer.concat([time, sign(null, cosigned(text, seconds), signer.privateKey)]));
}

/** A cosignature that holds. */
export interface Cosignature {
  readonly line: string;
  /** Seconds since 1970, by the clock of the witness. */
  readonly seconds: number;
}

/** The cosignature of this key on a note, if it is there and holds. */
export function cosignedBy(note: SignedNote, verifier: Verifier): Cosignature | undefined {
  const [one] = ofKey(note, verifier);
  if (!one || verifier.type !== COSIGNATURE || one.bytes.length <= TIME_BYTES) return undefined;
  const seconds = Number(one.bytes.readBigUInt64BE(0));
  if (!Number.isSafeInteger(seconds)) return undefined;
  const signature = one.bytes.subarray(TIME_BYTES);
  return verify(null, cosigned(note.text, seconds), verifier.key, signature)
    ? { line: one.line, seconds }
    : undefined;
}
