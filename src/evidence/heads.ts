import { join } from 'node:path';
import type { Clock } from '../base/clock.ts';
import type { EvidenceFiles } from './files.ts';
import type { LogKeys } from './log-keys.ts';
import { checkpointText, parseCheckpoint } from './note/checkpoint.ts';
import { COSIGNATURE, cosignedBy, noteOf, parseNote, parseVerifier, signNote } from './note/note.ts';
import { OrderedLines } from './ordered-lines.ts';
import type { Expected } from './store.ts';
import { openWitnesses, type Witnesses } from './witnesses.ts';

/** A signed head as it was saved. */
interface SavedCheckpoint {
  readonly size: number;
  /** Wall clock. */
  readonly at: number;
  /** The signed note, without cosignatures. */
  readonly note: string;
}

/** A cosignature as it was saved: in the order in which they came. */
interface SavedCosignature {
  /** Size of the newest checkpoint then. */
  readonly latest: number;
  /** Size of the checkpoint that it signs. */
  readonly of: number;
  readonly line: string;
}

/** One of the newest checkpoints. */
interface Held extends SavedCheckpoint {
  /** Lines by the witness's name and key id. */
  readonly cosignatures: Map<string, string>;
}

/** Number of newest checkpoints that may still be cosigned. */
export const COSIGNABLE = 6;
/** Cosignatures of one checkpoint: those of sixteen strangers, and of those that are listed. */
const MAX_COSIGNATURES = 48;
/** A witness's clock may differ by this, seconds. */
const CLOCK_SLACK_S = 86_400;
/** Checkpoints that are passed before the next one is looked up instead. */
const NEAR = 64;

/** The result of a cosignature. */
export type Cosigned = 'kept' | 'key' | 'note' | 'unknown' | 'signature' | 'time' | 'full';

/** Dependencies of the checkpoints. */
export interface HeadDeps {
  readonly clock: Clock;
  readonly files: EvidenceFiles;
  readonly dir: string;
  readonly keys: LogKeys;
  /** Verifier keys of witnesses that always have a place. */
  readonly listed: readonly string[];
}

const whose = (line: string): string => line.slice(0, line.lastIndexOf(' '));
const full = ({ note, cosignatures }: Held): string => {
  const { text, signatures } = parseNote(note) ?? { text: '', signatures: [] };
  return noteOf(text, [...signatures.map(({ line }) => line), ...cosignatures.values()]);
};

/** All checkpoints that were ever signed, with their cosignatures. */
export class Heads {
  readonly #deps: HeadDeps;
  readonly #saved: OrderedLines<SavedCheckpoint>;
  readonly #cosigned: OrderedLines<SavedCosignature>;
  readonly witnesses: Witnesses;
  /** Newest last. */
  #held: Held[] = [];
  #served = '';

  private constructor(
    deps: HeadDeps,
    saved: OrderedLines<SavedCheckpoint>,
    cosigned: OrderedLines<SavedCosignature>,
    witnesses: Witnesses,
  ) {
    this.#deps = deps;
    this.#saved = saved;
    this.#cosigned = cosigned;
    this.witnesses = witnesses;
  }

  /** Opens the files of checkpoints and cosignatures. */
  static async open(deps: HeadDeps): Promise<Heads> {
    const { files, dir, clock, listed } = deps;
    const path = (name: string): string => join(dir, `${name}.jsonl`);
    const saved = await OrderedLines.open<SavedCheckpoint>(files, path('checkpoints'), ({ size }) => size);
    const cosigned = await OrderedLines.open<SavedCosignature>(
      files,
      path('cosignatures'),
      ({ latest }) => latest,
    );
    const witnesses = await openWitnesses({ files, clock, path: join(dir, 'witnesses.json'), listed });
    const heads = new Heads(deps, saved, cosigned, witnesses);
    heads.#held = (await saved.newest(COSIGNABLE)).map((one) => ({ ...one, cosignatures: new Map() }));
    for (const { of, line } of await cosigned.newest(COSIGNABLE * MAX_COSIGNATURES))
      heads.#held.find(({ size }) => size === of)?.cosignatures.set(whose(line), line);
    heads.#serve();
    return heads;
  }

  /** The head that was signed last. */
  get last(): Expected | undefined {
    const note = this.#held.at(-1)?.note;
    return note === undefined ? undefined : parseCheckpoint(parseNote(note)?.text ?? '');
  }

  /** The newest checkpoint with its cosignatures, as it is served; '' before the first. */
  get served(): string {
    return this.#served;
  }

  /** Signs the head of a tree that has grown, and saves it before anybody sees it. */
  async sign(size: number, root: Buffer): Promise<void> {
    const { keys, clock } = this.#deps;
    if (size <= (this.last?.size ?? -1)) return;
    const text = checkpointText({ origin: keys.origin, size, root });
    const signers = [keys.signer, ...(keys.older ? [keys.older] : [])];
    const note = noteOf(
      text,
      signers.map((signer) => signNote(text, signer)),
    );
    const saved = { size, at: Math.round(clock.wall()), note };
    await this.#saved.add(saved, true);
    keys.older = undefined;
    this.#held = [...this.#held, { ...saved, cosignatures: new Map<string, string>() }].slice(-COSIGNABLE);
    this.#serve();
  }

  /** Takes a note with the cosignature of a witness, whose verifier key comes with it. */
  async cosign(raw: string, key: string): Promise<Cosigned> {
    const verifier = parseVerifier(key);
    if (verifier?.type !== COSIGNATURE || key.length > 512) return 'key';
    const note = parseNote(raw);
    const head = note && parseCheckpoint(note.text);
    if (!note || !head) return 'note';
    const held = this.#held.find((one) => one.size === head.size && parseNote(one.note)?.text === note.text);
    if (!held) return 'unknown';
    const found = cosignedBy(note, verifier);
    if (!found) return 'signature';
    if (Math.abs(found.seconds - this.#deps.clock.wall() / 1000) > CLOCK_SLACK_S) return 'time';
    // The first one stays: witnesses may ask again when an answer was lost.
    if (held.cosignatures.has(whose(found.line))) return 'kept';
    if (held.cosignatures.size >= MAX_COSIGNATURES || !(await this.witnesses.take(key))) return 'full';
    held.cosignatures.set(whose(found.line), found.line);
    this.#serve();
    await this.#cosigned.add(
      { latest: this.#held.at(-1)?.size ?? 0, of: held.size, line: found.line },
      false,
    );
    return 'kept';
  }

  /**
   * For indices of entries, in order: the first checkpoint that covers each of them, with its cosignatures, once; then
   * the checkpoint of `size`.
   */
  async *covering(indices: AsyncIterable<number>, size: number) {
    let lines: AsyncGenerator<SavedCheckpoint, void, undefined> | undefined;
    let at = -1;
    for await (const index of indices) {
      if (at > index) continue;
      let found: SavedCheckpoint | undefined;
      for (let passed = 0; lines && passed < NEAR && !(found && found.size > index); passed++)
        found = (await lines.next()).value ?? undefined;
      if (!found || found.size <= index) {
        lines = this.#saved.from(index + 1);
        found = (await lines.next()).value ?? undefined;
      }
      if (!found || found.size > size) break;
      at = found.size;
      yield { size: at, note: await this.#full(found) };
    }
    if (at >= size) return;
    const last = (await this.#saved.from(size).next()).value;
    if (last) yield { size: last.size, note: await this.#full(last) };
  }

  /** Saves what is left, and closes the files. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.witnesses[Symbol.asyncDispose]();
    await this.#saved[Symbol.asyncDispose]();
    await this.#cosigned[Symbol.asyncDispose]();
  }

  #serve(): void {
    const newest = this.#held.at(-1);
    this.#served = newest ? full(newest) : '';
  }

  /** A saved checkpoint with its cosignatures. */
  async #full(saved: SavedCheckpoint): Promise<string> {
    const held = this.#held.find(({ size }) => size === saved.size);
    if (held) return full(held);
    const cosignatures = new Map<string, string>();
    const after = new Set<number>();
    // It could be cosigned until five more were signed.
    for await (const { latest, of, line } of this.#cosigned.from(saved.size)) {
      after.add(latest);
      if (after.size > COSIGNABLE) break;
      if (of === saved.size) cosignatures.set(whose(line), line);
    }
    return full({ ...saved, cosignatures });
  }
}
