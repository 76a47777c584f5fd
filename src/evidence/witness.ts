import { verify } from 'node:crypto';
import { keyChangeText } from './log-keys.ts';
import { parseCheckpoint, type TreeHead } from './note/checkpoint.ts';
import {
  cosign,
  MAX_NOTE_BYTES,
  noteOf,
  parseNote,
  parseVerifier,
  type Signer,
  signedBy,
} from './note/note.ts';
import { HASH_BYTES } from './tree/merkle.ts';
import { consistencyProof, rootOf, verifyConsistency } from './tree/proofs.ts';
import { openTileReader, TILE_WIDTH, tilePath } from './tree/tile.ts';

/** What a witness remembers about a log: the largest head that it has seen. */
export interface WitnessState {
  readonly origin: string;
  /** Verifier keys of the log, oldest first; each was announced by the one before. */
  readonly keys: readonly string[];
  readonly size: number;
  /** Base64. */
  readonly root: string;
  /** The signed note. */
  readonly note: string;
}

/** The result of one look at a log. */
export type Seen =
  /** The first look; or the log has grown, and continues what was seen before. */
  | { readonly what: 'first' | 'grown'; readonly state: WitnessState }
  | { readonly what: 'same'; readonly state: WitnessState }
  /** An older head, perhaps out of a cache. It is a part of the newest one that was seen, if that could be checked. */
  | { readonly what: 'older'; readonly size: number; readonly checked: boolean }
  /** The log shows two histories: both notes are signed by it, and one does not continue the other. */
  | { readonly what: 'fork'; readonly known: string; readonly shown: string }
  /** Nothing can be said. */
  | { readonly what: 'unreadable'; readonly why: string };

/** Dependencies of a witness. */
export interface WitnessLook {
  /** The address of the log, up to `/evidence`. */
  readonly log: string;
  fetch(url: string, init?: RequestInit): Promise<Response>;
  /** What was seen before; undefined at the first look. */
  readonly state: WitnessState | undefined;
  /** The log's verifier key, if it is known from elsewhere; otherwise the first look believes what the log says. */
  readonly trusted?: string;
}

const MAX_KEYS_BYTES = 256 * 1024;
const TIMEOUT_MS = 10_000;
/** Changes of the key that are followed. */
const MAX_CHANGES = 1_000;

/** A log that cannot be read, or that is none. */
class Unreadable extends Error {}

/** A body that is no larger than it may be. */
async function bodyOf(look: WitnessLook, path: string, most: number): Promise<Buffer> {
  let response: Response;
  try {
    response = await look.fetch(`${look.log}/${path}`, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    if (!response.ok) throw new Unreadable(`/${path} is answered ${response.status}`);
    const parts: Uint8Array[] = [];
    let length = 0;
    for await (const part of response.body ?? []) {
      length += part.length;
      if (length > most) throw new Unreadable(`/${path} is larger than it may be`);
      parts.push(part);
    }
    return Buffer.concat(parts);
  } catch (error) {
    if (error instanceof Unreadable) throw error;
    throw new Unreadable(`/${path} cannot be fetched: ${(error as Error).message}`);
  }
}

/** Fetches the newest head of a log, and checks it against what was seen before. Never rejects. */
export async function lookAt(look: WitnessLook): Promise<Seen> {
  try {
    return await see(look);
  } catch (error) {
    return { what: 'unreadable', why: (error as Error).message };
  }
}

async function see(look: WitnessLook): Promise<Seen> {
  const { state } = look;
  const raw = (await bodyOf(look, 'checkpoint', MAX_NOTE_BYTES)).toString();
  const note = parseNote(raw);
  const head = note && parseCheckpoint(note.text);
  if (!note || !head) throw new Unreadable('/checkpoint is no signed checkpoint');
  if (state && head.origin !== state.origin)
    throw new Unreadable(`this log is called ${head.origin}, and the one seen before ${state.origin}`);
  const keys = await keysFor(look, raw, head.origin);
  const seen: WitnessState = {
    origin: head.origin,
    keys,
    size: head.size,
    root: head.root.toString('base64'),
    note: raw,
  };
  if (!state) return { what: 'first', state: seen };
  const known: TreeHead = { origin: state.origin, size: state.size, root: Buffer.from(state.root, 'base64') };
  const fork: Seen = { what: 'fork', known: state.note, shown: raw };
  if (head.size === known.size) return head.root.equals(known.root) ? { what: 'same', state: seen } : fork;
  const [small, large] = head.size < known.size ? [head, known] : [known, head];
  let continues: boolean;
  try {
    continues = await isPrefix(look, small, large);
  } catch (error) {
    if (large === head) throw error;
    return { what: 'older', size: head.size, checked: false };
  }
  if (!continues) return fork;
  return large === head ? { what: 'grown', state: seen } : { what: 'older', size: head.size, checked: true };
}

/**
 * Whether the larger tree begins with the smaller one. @throws Unreadable when the tiles do not make the root of the
 * larger one: then nothing is known.
 */
async function isPrefix(look: WitnessLook, small: TreeHead, large: TreeHead): Promise<boolean> {
  const reader = openTileReader(large.size, async (tile) => {
    const partial = tilePath(tile);
    try {
      return await bodyOf(look, partial, TILE_WIDTH * HASH_BYTES);
    } catch (error) {
      // Meanwhile the tile may be full, and the partial one gone. Spec: C2SP tlog-tiles, Partial Tiles.
      if (tile.width === TILE_WIDTH) throw error;
      const whole = tilePath({ ...tile, width: TILE_WIDTH });
      return (await bodyOf(look, whole, TILE_WIDTH * HASH_BYTES)).subarray(0, tile.width * HASH_BYTES);
    }
  });
  const begins = await rootOf(reader, 0, small.size);
  const proof = await consistencyProof(reader, small.size, large.size);
  if (!verifyConsistency(small.size, large.size, proof, begins, large.root))
    throw new Unreadable('the tiles of the log do not make the root that it signed');
  return begins.equals(small.root);
}

/** The log's keys once one of them has signed the note. @throws Unreadable when none has. */
async function keysFor(look: WitnessLook, raw: string, origin: string): Promise<readonly string[]> {
  const { state, trusted } = look;
  const begun = state?.keys ?? (trusted ? [trusted] : undefined);
  if (begun && isSigned(raw, begun)) return begun;
  const told = JSON.parse((await bodyOf(look, 'keys.json', MAX_KEYS_BYTES)).toString()) as {
    keys?: unknown;
    changes?: { next?: unknown; signature?: unknown }[];
  };
  if (!begun) {
    // The first look: there is nothing to compare it with.
    const last = Array.isArray(told.keys) ? String(told.keys.at(-1)) : '';
    if (!isSigned(raw, [last]))
      throw new Unreadable('the checkpoint is not signed by the key that the log names');
    return [last];
  }
  const keys = [...begun];
  for (const { next, signature } of (told.changes ?? []).slice(0, MAX_CHANGES)) {
    const current = parseVerifier(keys.at(-1) ?? '');
    if (!current || typeof next !== 'string' || keys.includes(next)) continue;
    const text = Buffer.from(keyChangeText(origin, next));
    if (verify(null, text, current.key, Buffer.from(String(signature), 'base64'))) keys.push(next);
  }
  if (!isSigned(raw, keys))
    throw new Unreadable('the checkpoint is not signed by a key that the known one has announced');
  return keys;
}

function isSigned(raw: string, keys: readonly string[]): boolean {
  const note = parseNote(raw);
  const found = keys.map((key) => {
    const verifier = parseVerifier(key);
    return note && verifier ? signedBy(note, verifier) : 'no';
  });
  return found.includes('yes') && !found.includes('bad');
}

/**
 * Cosigns the head that was seen, and sends it to the log. Returns undefined, or the reason why the log did not accept
 * it.
 */
export async function sendCosignature(
  look: Pick<WitnessLook, 'log' | 'fetch'>,
  state: WitnessState,
  signer: Signer,
  seconds: number,
): Promise<string | undefined> {
  const text = parseNote(state.note)?.text ?? '';
  try {
    const response = await look.fetch(`${look.log}/cosign`, {
      method: 'POST',
      headers: { 'content-type': 'text/plain; charset=utf-8', 'earshot-witness-key': signer.written },
      body: noteOf(text, [cosign(text, signer, seconds)]),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    if (response.ok) return undefined;
    const { detail, title } = (await response.json().catch(() => ({}))) as {
      detail?: string;
      title?: string;
    };
    return `${response.status}: ${detail ?? title ?? 'refused'}`;
  } catch (error) {
    return (error as Error).message;
  }
}
