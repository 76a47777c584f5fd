import { createHash, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';

/**
 * The kind of key: one that signs a log's own notes, or a witness's that signs checkpoints with a time. Spec: C2SP
 * signed-note, Signature types.
 */
export type SignatureType = 0x01 | 0x04;
/** The type of a log's own signature. */
export const ED25519 = 0x01;
/** The type of a witness's signature. */
export const COSIGNATURE = 0x04;

/** Longest note in bytes; a longer one is rejected. */
export const MAX_NOTE_BYTES = 64 * 1024;
/** Verifiers must take 16; a note with more than this is refused. */
const MAX_SIGNATURES = 64;
const KEY_BYTES = 32;

/** One signature line of a note. */
export interface NoteSignature {
  readonly name: string;
  /** The key's id, 8 hexadecimal digits. */
  readonly id: string;
  readonly bytes: Buffer;
  /** The line itself, without its line feed. */
  readonly line: string;
}

/** A note: a text that ends with a line feed, and its signatures. */
export interface SignedNote {
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

/** A public key that checks signatures of notes. */
export interface Verifier {
  readonly name: string;
  readonly id: string;
  readonly type: SignatureType;
  readonly key: KeyObject;
  /** As it is written: `name+id+base64`. */
  readonly written: string;
}

/** A private key that signs notes. */
export interface Signer extends Verifier {
  readonly privateKey: KeyObject;
}

const NAME = /^[^\s+\p{Cc}]+$/u;
const SIGNATURE_LINE = /^\u2014 ([^\s+]+) ([A-Za-z0-9+/]+={0,2})$/u;

/** Decodes base64; undefined unless it is written in its one canonical form. */
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

/**
 * Makes a signer from an Ed25519 private key. @throws RangeError when the name contains spaces or `+`, or when the key
 * is of another type.
 */
export function signerOf(name: string, type: SignatureType, privateKey: KeyObject): Signer {
  if (!NAME.test(name)) throw new RangeError(`${JSON.stringify(name)} cannot be the name of a key`);
  const key = createPublicKey(privateKey);
  const raw = rawKey(key);
  const id = keyId(name, type, raw);
  const written = `${name}+${id}+${Buffer.concat([Uint8Array.of(type), raw]).toString('base64')}`;
  return { name, id, type, key, written, privateKey };
}

/**
 * Parses `name+id+base64`; undefined when it is malformed or of an unknown type. Spec: C2SP signed-note, Verifier keys.
 */
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

/** Formats a signature as a line of a note, without the line feed. */
export const signatureLine = ({ name, id }: Verifier, signature: Uint8Array): string =>
  `\u2014 ${name} ${Buffer.concat([Buffer.from(id, 'hex'), signature]).toString('base64')}`;

/** Signs a text that ends with a line feed, and returns the signature line. */
export const signNote = (text: string, signer: Signer): string =>
  signatureLine(signer, sign(null, Buffer.from(text), signer.privateKey));

/** Joins a text and its signature lines into a note. */
export const noteOf = (text: string, lines: readonly string[]): string => `${text}\n${lines.join('\n')}\n`;

/** Parses a note; undefined when it is malformed. Signatures are not verified. Spec: C2SP signed-note, Format. */
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
 * Whether a note is signed by this key: `bad` when a signature that names the key is wrong, or appears twice. Spec:
 * C2SP signed-note, Signatures.
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

/** Signs the text of a checkpoint as a witness, with the time, and returns the signature line. */
export function cosign(text: string, signer: Signer, seconds: number): string {
  const time = Buffer.alloc(TIME_BYTES);
  time.writeBigUInt64BE(BigInt(seconds));
  return signatureLine(signer, Buffer.concat([time, sign(null, cosigned(text, seconds), signer.privateKey)]));
}

/** A valid cosignature. */
export interface Cosignature {
  readonly line: string;
  /** Seconds since 1970, by the clock of the witness. */
  readonly seconds: number;
}

/** This key's cosignature of a note, if there is one and it is valid. */
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
