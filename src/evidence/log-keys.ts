import { createPrivateKey, randomBytes, sign } from 'node:crypto';
import { join } from 'node:path';
import type { EvidenceFiles } from './files.ts';
import { ED25519, parseVerifier, type Signer, signerOf } from './note/note.ts';

const SEED_BYTES = 32;
/** What precedes the 32 bytes of an Ed25519 private key in PKCS #8. Spec: RFC 8410, 7. */
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');
/** Names with which a log begins: letters, digits, and what is in addresses. */
const ORIGIN = /^[A-Za-z0-9][A-Za-z0-9._:/-]{0,199}$/;

/** An Ed25519 private key from its 32 bytes. Spec: RFC 8032, 5.1.5. */
export const keyFromSeed = (seed: Uint8Array) =>
  createPrivateKey({ key: Buffer.concat([PKCS8, seed]), format: 'der', type: 'pkcs8' });

/**
 * The text that the old key signs when the key changes; it cannot be confused with a checkpoint. Spec: `key` in
 * src/wire/evidence-entry.ts.
 */
export const keyChangeText = (origin: string, next: string): string => `earshot-key/v1\n${origin}\n${next}\n`;

/** A change of key, as it is written into the log. */
export interface KeyChange {
  readonly index: number;
  readonly at: number;
  readonly next: string;
  readonly signature: string;
}

/** What `log.json` holds: the log's name, its verifier keys, oldest first, and their changes. */
interface Saved {
  readonly v: 1;
  readonly origin: string;
  readonly began: number;
  readonly keys: readonly string[];
  readonly changes: readonly KeyChange[];
}

/** The name of a log, and its keys. Private keys are in `keys/`, readable by this user only. */
export class LogKeys {
  readonly #files: EvidenceFiles;
  readonly #dir: string;
  #saved: Saved;
  #signer: Signer;
  /** The key before this one, while the first checkpoint after its change is not signed. */
  older: Signer | undefined;

  private constructor(files: EvidenceFiles, dir: string, saved: Saved, signer: Signer) {
    this.#files = files;
    this.#dir = dir;
    this.#saved = saved;
    this.#signer = signer;
  }

  /**
   * Reads the keys in a folder; makes name and key when the log begins. @throws RangeError when they are damaged or a key
   * is missing.
   */
  static async open(files: EvidenceFiles, dir: string, origin: string, now: number): Promise<LogKeys> {
    const text = await files.readWhole(join(dir, 'log.json'));
    if (text === undefined) {
      if (!ORIGIN.test(origin)) throw new RangeError(`${JSON.stringify(origin)} cannot be the name of a log`);
      const signer = signerOf(origin, ED25519, keyFromSeed(await makeSeed(files, dir, 0)));
      const saved: Saved = { v: 1, origin, began: now, keys: [signer.written], changes: [] };
      await files.replace(join(dir, 'log.json'), JSON.stringify(saved));
      return new LogKeys(files, dir, saved, signer);
    }
    const saved = JSON.parse(text.toString()) as Saved;
    const seed = await files.readWhole(seedPath(dir, saved.keys.length - 1));
    if (seed?.length !== SEED_BYTES) throw new RangeError('its private key is missing');
    const signer = signerOf(saved.origin, ED25519, keyFromSeed(seed));
    if (signer.written !== saved.keys.at(-1)) throw new RangeError('its private key is another one');
    return new LogKeys(files, dir, saved, signer);
  }

  /** The log's name. */
  get origin(): string {
    return this.#saved.origin;
  }

  /** Verifier keys, oldest first. */
  get written(): readonly string[] {
    return this.#saved.keys;
  }

  /** How each key became the next. */
  get changes(): readonly KeyChange[] {
    return this.#saved.changes;
  }

  /** Signs the checkpoints. */
  get signer(): Signer {
    return this.#signer;
  }

  /** Makes the next key, and what the log has to say of it. It signs nothing before `adopt`. */
  async prepare(now: number) {
    const signer = signerOf(
      this.origin,
      ED25519,
      keyFromSeed(await makeSeed(this.#files, this.#dir, this.#saved.keys.length)),
    );
    const at = Math.round(now);
    const signature = sign(
      null,
      Buffer.from(keyChangeText(this.origin, signer.written)),
      this.#signer.privateKey,
    );
    return { v: 1, kind: 'key', at, next: signer.written, signature: signature.toString('base64') } as const;
  }

  /** True when a next key was prepared and not adopted. */
  async hasNext(): Promise<boolean> {
    return (await this.#files.readWhole(seedPath(this.#dir, this.#saved.keys.length))) !== undefined;
  }

  /** Signs with the next key from now on; its change is in the log. @throws RangeError when its private key is missing. */
  async adopt(change: KeyChange): Promise<void> {
    const seed = await this.#files.readWhole(seedPath(this.#dir, this.#saved.keys.length));
    const signer = seed && signerOf(this.origin, ED25519, keyFromSeed(seed));
    if (signer?.written !== change.next) throw new RangeError('the private key of a change is missing');
    const { index, at, next, signature } = change;
    const changes = [...this.#saved.changes, { index, at, next, signature }];
    const saved = { ...this.#saved, keys: [...this.#saved.keys, next], changes };
    await this.#files.replace(join(this.#dir, 'log.json'), JSON.stringify(saved));
    this.#saved = saved;
    this.older = this.#signer;
    this.#signer = signer;
  }

  /** After a start: the key before this one signs as well, if no checkpoint has been signed since its change. */
  async recall(signed: number): Promise<void> {
    const number = this.#saved.keys.length - 2;
    const change = this.#saved.changes.at(-1);
    if (!change || change.index < signed) return;
    const seed = await this.#files.readWhole(seedPath(this.#dir, number));
    if (seed?.length === SEED_BYTES) this.older = signerOf(this.origin, ED25519, keyFromSeed(seed));
  }

  /** The verifiers of all keys. */
  verifiers() {
    return this.written.map(parseVerifier).filter((one) => one !== undefined);
  }
}

const seedPath = (dir: string, number: number): string => join(dir, 'keys', `${number}.key`);

async function makeSeed(files: EvidenceFiles, dir: string, number: number): Promise<Buffer> {
  await files.mkdir(join(dir, 'keys'));
  const seed = randomBytes(SEED_BYTES);
  await files.replace(seedPath(dir, number), seed, 0o600);
  return seed;
}
