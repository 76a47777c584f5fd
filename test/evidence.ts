import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { silentLog } from '../src/base/log.ts';
import {
  diskFiles,
  type Evidence,
  type EvidenceDeps,
  type EvidenceFiles,
  open,
} from '../src/evidence/index.ts';
import { parseCheckpoint } from '../src/evidence/note/checkpoint.ts';
import { parseNote, parseVerifier, signedBy } from '../src/evidence/note/note.ts';
import { EMPTY_ROOT, leafHash } from '../src/evidence/tree/merkle.ts';
import { verifyConsistency, verifyInclusion } from '../src/evidence/tree/proofs.ts';
import type { BundleCheckpoint, BundleEntry, BundleHead, BundleSeal } from '../src/wire/evidence-entry.ts';
import { type ManualClock, manualClock } from './clock.ts';

/** The name of the logs of these tests. */
export const ORIGIN = 'rooms.example.org/evidence';

/** A folder for a log; removed when disposed. */
export function logFolder(): Disposable & { readonly path: string } {
  const path = mkdtempSync(join(tmpdir(), 'evidence-'));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

/** Opens a log in a folder, with a clock that the test moves. */
export async function openTestLog(
  folder: string,
  more: Partial<EvidenceDeps> & { clock?: ManualClock } = {},
): Promise<Evidence & { readonly clock: ManualClock }> {
  const clock = more.clock ?? manualClock();
  const deps = { dir: join(folder, 'evidence'), lock: join(folder, 'lock'), log: silentLog, origin: ORIGIN };
  return Object.assign(await open({ ...deps, ...more, clock }), { clock });
}

/** A note of a host: the smallest entry of a room. */
export const note = (detail: string) => ({ v: 1, kind: 'happening', at: 0, what: 'note', detail }) as const;

/** Appends notes to rooms, and lets the time pass in which a group gathers. Returns what became of them. */
export async function appendNotes(
  log: Evidence & { readonly clock: ManualClock },
  notes: readonly (readonly [room: string, detail: string])[],
) {
  const done = notes.map(([room, detail]) => log.appendOf(room, note(detail)));
  // An entry is queued before `appendOf` returns.
  log.clock.advance(200);
  return Promise.all(done);
}

/** A bundle whose every claim was checked. */
export interface CheckedBundle {
  readonly head: BundleHead & { readonly witnesses: readonly string[] };
  readonly entries: readonly (BundleEntry & { readonly said: Readonly<Record<string, unknown>> })[];
  readonly checkpoints: readonly { readonly size: number; readonly note: string }[];
}

/** Checks all of a bundle: chain, hashes, proofs, signatures. */
export function checkBundle(text: string): CheckedBundle {
  expect(text.endsWith('\n')).toBe(true);
  const [head, ...rest] = text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as BundleHead | BundleEntry | BundleCheckpoint | BundleSeal);
  const seal = rest.pop();
  if (seal?.kind !== 'seal') throw new Error('a bundle ends with its seal');
  if (head?.kind !== 'earshot-bundle') throw new Error('a bundle begins with its head');
  const keys = head.keys.map((key) => parseVerifier(key));
  const sealed = parseNote(seal.note);
  const before = text.slice(0, text.lastIndexOf('\n', text.length - 2) + 1);
  const hash = createHash('sha256').update(before).digest('base64');
  expect(sealed?.text).toBe(`earshot-bundle/v1\n${head.origin}\n${rest.length + 1}\n${hash}\n`);
  const newest = keys.at(-1);
  expect(sealed && newest && signedBy(sealed, newest)).toBe('yes');
  const firstNote = rest.findIndex(({ kind }) => kind === 'checkpoint');
  const notes = rest.slice(firstNote) as BundleCheckpoint[];
  let [size, root] = [0, EMPTY_ROOT];
  const checkpoints = notes.map(({ note: raw, consistency }) => {
    const found = parseNote(raw);
    const next = found && parseCheckpoint(found.text);
    if (!found || !next) throw new Error('no checkpoint');
    expect(next.origin).toBe(head.origin);
    expect(keys.map((key) => key && signedBy(found, key))).toContain('yes');
    expect(next.size).toBeGreaterThan(size === 0 ? 0 : size);
    const proof = consistency.map((hash) => Buffer.from(hash, 'base64'));
    expect(verifyConsistency(size, next.size, proof, root, next.root)).toBe(true);
    [size, root] = [next.size, next.root];
    return { size: next.size, note: raw };
  });
  let [seq, previous, index] = [0, '', -1];
  const entries = (rest.slice(0, firstNote) as BundleEntry[]).map((one) => {
    expect(one.index).toBeGreaterThan(index);
    index = one.index;
    const leaf = leafHash(Buffer.from(one.entry));
    const proof = one.proof.map((hash) => Buffer.from(hash, 'base64'));
    expect(verifyInclusion(leaf, one.index, size, proof, root)).toBe(true);
    const said = JSON.parse(one.entry) as Record<string, unknown>;
    if (said.room !== undefined) {
      expect(said).toMatchObject({ room: head.room, seq: seq + 1, previous });
      [seq, previous] = [seq + 1, leaf.toString('hex')];
    }
    return { ...one, said };
  });
  return { head: { ...head, witnesses: head.witnesses ?? [] }, entries, checkpoints };
}

/** The bundle of a room, checked. */
export async function bundleText(log: Evidence, room: string): Promise<string> {
  let text = '';
  for await (const line of (await log.bundle(room)) ?? []) text += line;
  return text;
}

/** The details of a room's notes, in order, from its checked bundle. */
export async function notesOf(log: Evidence, room: string): Promise<unknown[]> {
  const text = await bundleText(log, room);
  if (text === '') return [];
  return checkBundle(text)
    .entries.filter(({ said }) => said.room === room)
    .map(({ said }) => said.detail);
}

/** The machine's file system without waiting for the disk: a process that is killed loses nothing by that. */
export const hastyFiles: EvidenceFiles = {
  ...diskFiles,
  async open(path) {
    return { ...(await diskFiles.open(path)), sync: async () => {} };
  },
  replace: async (path, bytes) => writeFileSync(path, bytes),
  syncFolder: async () => {},
};

/** A file system whose disk has only so much room, and which can be stopped. */
export function fillingDisk() {
  let gate: Promise<void> | undefined;
  const disk = {
    /** Bytes that still fit. */
    room: Number.POSITIVE_INFINITY,
    /** The code of what it says when it is full. */
    code: 'ENOSPC',
    /** True: fsync fails although the bytes were taken. */
    syncFails: false,
    /** Files to which this applies. */
    only: /./,
    /** Stops fsync until it is called again. */
    stop(): () => void {
      const { promise, resolve } = Promise.withResolvers<void>();
      gate = promise;
      return () => {
        gate = undefined;
        resolve();
      };
    },
    files: undefined as unknown as EvidenceFiles,
  };
  const fail = (): never => {
    throw Object.assign(new Error(disk.code), { code: disk.code });
  };
  disk.files = {
    ...diskFiles,
    async replace(path, bytes, mode) {
      if (disk.only.test(path) && bytes.length > disk.room) fail();
      return diskFiles.replace(path, bytes, mode);
    },
    async open(path) {
      const file = await diskFiles.open(path);
      return {
        ...file,
        async write(bytes, position) {
          if (!disk.only.test(path)) return file.write(bytes, position);
          const fits = bytes.subarray(0, Math.min(disk.room, bytes.length));
          disk.room -= fits.length;
          if (fits.length > 0) await file.write(fits, position);
          if (fits.length < bytes.length) fail();
        },
        async sync() {
          await gate;
          if (disk.syncFails && disk.only.test(path)) fail();
          return file.sync();
        },
      };
    },
  };
  return disk;
}
