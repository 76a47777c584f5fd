import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { EarshotError } from '../base/errors.ts';
import { unknownSteps } from '../store/index.ts';
import {
  type BackupHead,
  type BackupManifest,
  damaged,
  HEAD,
  MANIFEST,
  readHead,
  readManifest,
  SEAL,
} from './manifest.ts';
import { BLOCK, isLongName, memberOf, paddingOf, type TarMember } from './tar.ts';

/** A member while a backup is read from its beginning to its end. */
export interface ReadMember extends TarMember {
  /** Its bytes, at most a megabyte at a time; each chunk is used again for the next one. */
  chunks(): AsyncIterable<Buffer>;
  /** Where in the file it ends. */
  readonly end: number;
}

const CHUNK = 1 << 20;
/** A manifest names every file: of a million files it has about 150 MB. */
const MOST_TEXT = 512 << 20;
const LONGEST_NAME = 4_096;
const SAFE = /^(?!.*(?:^|\/)\.\.?(?:\/|$))[^/\0\\][^\0\\]*$/;

/** Opens a backup. @throws EarshotError when there is no such file. */
export async function openBackupFile(path: string): Promise<FileHandle> {
  return open(path, 'r').catch((error: NodeJS.ErrnoException) => {
    throw new EarshotError(
      'unprocessable',
      `the backup ${path} cannot be read (${error.code ?? error.message})`,
    );
  });
}

/** The members of a backup in order. @throws EarshotError when the file is damaged or ends too soon. */
export async function* membersOf(path: string, file: FileHandle): AsyncIterable<ReadMember> {
  const { size: length } = await file.stat();
  const chunk = Buffer.alloc(CHUNK);
  let long: string | undefined;
  for (let at = 0; ; ) {
    const header = Buffer.alloc(BLOCK);
    const { bytesRead } = await file.read(header, 0, BLOCK, at);
    let member: TarMember | undefined;
    try {
      member = memberOf(header.subarray(0, bytesRead));
    } catch (error) {
      throw damaged(path, (error as Error).message);
    }
    if (!member) return;
    const { size } = member;
    if (isLongName(header)) {
      if (size > LONGEST_NAME) throw damaged(path, 'a name is too long');
      const text = Buffer.alloc(size);
      await file.read(text, 0, size, at + BLOCK);
      long = text.toString('utf8').replace(/\0.*$/s, '');
      at += BLOCK + size + paddingOf(size);
      continue;
    }
    const name = long ?? member.name;
    long = undefined;
    if (!SAFE.test(name) || name.endsWith('/')) throw damaged(path, 'a name leads out of the folder');
    const start = at + BLOCK;
    at = start + size + paddingOf(size);
    if (at > length) throw damaged(path, 'it ends in the middle');
    yield {
      ...member,
      name,
      end: at,
      async *chunks() {
        for (let done = 0; done < size; ) {
          const read = await file.read(chunk, 0, Math.min(CHUNK, size - done), start + done);
          if (read.bytesRead === 0) throw damaged(path, 'it ends in the middle');
          done += read.bytesRead;
          yield chunk.subarray(0, read.bytesRead);
        }
      },
    };
  }
}

/** What a backup holds, once every byte of it was checked. */
export interface CheckedBackup {
  readonly head: BackupHead;
  readonly manifest: BackupManifest;
  readonly bytes: number;
}

async function textOf(path: string, member: ReadMember): Promise<string> {
  if (member.size > MOST_TEXT) throw damaged(path, 'its list of contents is too long');
  const parts: Buffer[] = [];
  for await (const part of member.chunks()) parts.push(Buffer.from(part));
  return Buffer.concat(parts).toString('utf8');
}

/**
 * Reads a backup whole and compares every hash in it.
 * @throws EarshotError with one sentence: not a backup, damaged, cut off, or made by a newer version.
 */
export async function checkBackup(
  path: string,
  progress?: (done: number, total: number, what: string) => void,
): Promise<CheckedBackup> {
  const file = await openBackupFile(path);
  try {
    const { size: bytes } = await file.stat();
    const seen = new Map<string, { size: number; sha256: string }>();
    let head: BackupHead | undefined;
    let [list, seal] = ['', ''];
    for await (const member of membersOf(path, file)) {
      const { name, size } = member;
      if (!head && name !== HEAD) throw damaged(path, 'it is not a backup of Earshot');
      if (name === MANIFEST) list = await textOf(path, member);
      else if (name === SEAL) seal = await textOf(path, member);
      else {
        const hash = createHash('sha256');
        for await (const part of member.chunks()) hash.update(part);
        if (seen.has(name)) throw damaged(path, `${name} is in it twice`);
        seen.set(name, { size, sha256: hash.digest('hex') });
        if (name === HEAD) head = await headOf(path, member);
      }
      progress?.(member.end, bytes, name);
    }
    if (!head) throw damaged(path, 'it is empty');
    if (list === '' || seal === '') throw damaged(path, 'its end is missing');
    if (createHash('sha256').update(list).digest('hex') !== seal)
      throw damaged(path, 'its list of contents was changed');
    const manifest = readManifest(list);
    compare(path, manifest, seen);
    const [unknown] = await unknownSteps(head.steps);
    if (unknown !== undefined)
      throw new EarshotError(
        'unprocessable',
        `${path} was made by a newer Earshot (${head.earshot}, with the step ${unknown}): nothing was changed; use that version or a newer one`,
      );
    return { head, manifest, bytes };
  } finally {
    await file.close();
  }
}

async function headOf(path: string, member: ReadMember): Promise<BackupHead> {
  const text = await textOf(path, member);
  try {
    return readHead(path, text);
  } catch (error) {
    if (error instanceof EarshotError) throw error;
    throw damaged(path, 'its first member cannot be read');
  }
}

function compare(
  path: string,
  { members, tables }: BackupManifest,
  seen: ReadonlyMap<string, { size: number; sha256: string }>,
): void {
  for (const [name, { size, sha256 }] of Object.entries(members)) {
    const found = seen.get(name);
    if (!found) throw damaged(path, `${name} is missing`);
    if (found.size !== size || found.sha256 !== sha256) throw damaged(path, `${name} was changed`);
  }
  const extra = [...seen.keys()].find((name) => !(name in members));
  if (extra !== undefined) throw damaged(path, `${extra} is not in its list`);
  for (const table of Object.keys(tables))
    if (!(`database/${table}.jsonl.zst` in members)) throw damaged(path, `the rows of ${table} are missing`);
}
