import { verify } from 'node:crypto';
import { cpSync, existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { appendNotes, bundleText, checkBundle, logFolder, ORIGIN, openTestLog } from '../../test/evidence.ts';
import { ROTATE } from './index.ts';
import { parseNote, parseVerifier, signedBy } from './note/note.ts';

/** Which of the keys signed each checkpoint of a bundle. */
const signersOf = (text: string): unknown[] => {
  const { head, checkpoints } = checkBundle(text);
  return checkpoints.map(({ note }) =>
    head.keys.map((key) => {
      const [found, verifier] = [parseNote(note), parseVerifier(key)];
      return found && verifier && signedBy(found, verifier);
    }),
  );
};

test('a new key is announced in the log, signed by the old one; the first head is signed by both', async () => {
  using folder = logFolder();
  await using log = await openTestLog(folder.path);
  await appendNotes(log, [['hall', 'a']]);
  await log.checkpoint();
  const request = join(folder.path, 'evidence', ROTATE);
  writeFileSync(request, '');
  log.clock.advance(10_000);
  await expect.poll(() => existsSync(request)).toBe(false);
  await log.checkpoint();
  await appendNotes(log, [['hall', 'b']]);
  await log.checkpoint();
  await appendNotes(log, [['hall', 'c']]);
  await log.checkpoint();
  const text = await bundleText(log, 'hall');
  const { head, entries } = checkBundle(text);
  expect(entries.map(({ said }) => said.detail ?? said.kind)).toEqual(['a', 'key', 'b', 'c']);
  expect(signersOf(text)).toEqual([
    ['yes', 'no'],
    ['no', 'yes'],
    ['no', 'yes'],
  ]);
  const change = entries[1]?.said as { at: number; next: string; signature: string } | undefined;
  const [old] = head.keys.map((key) => parseVerifier(key));
  if (!old || !change) throw new Error('no change');
  expect(change.next).toBe(head.keys[1]);
  const said = Buffer.from(`earshot-key/v1\n${ORIGIN}\n${change.next}\n`);
  expect(verify(null, said, old.key, Buffer.from(change.signature, 'base64'))).toBe(true);
  // The head that covers the change, which no entry of the room needs.
  const saved = readFileSync(join(folder.path, 'evidence/checkpoints.jsonl'), 'utf8').split('\n');
  const both = parseNote((JSON.parse(saved[2] ?? '{}') as { note: string }).note);
  expect(both && head.keys.map((key) => signedBy(both, parseVerifier(key) ?? old))).toEqual(['yes', 'yes']);
});

test('a kill between the announcement and its use changes the key at the next start', async () => {
  using folder = logFolder();
  {
    await using log = await openTestLog(folder.path);
    await appendNotes(log, [['hall', 'a']]);
    await log.checkpoint();
    cpSync(join(folder.path, 'evidence'), join(folder.path, 'before'), { recursive: true });
    writeFileSync(join(folder.path, 'evidence', ROTATE), '');
    await log.checkpoint();
  }
  const path = (name: string): string => join(folder.path, 'evidence', name);
  // As if neither the list of keys nor a head had been written any more.
  for (const name of ['log.json', 'checkpoints.jsonl']) cpSync(join(folder.path, 'before', name), path(name));
  await using log = await openTestLog(folder.path);
  await log.checkpoint();
  await appendNotes(log, [['hall', 'b']]);
  await log.checkpoint();
  const text = await bundleText(log, 'hall');
  expect(checkBundle(text).head.keys).toHaveLength(2);
  expect(signersOf(text)).toEqual([
    ['yes', 'no'],
    ['no', 'yes'],
  ]);
});

test('private keys are for this user alone; without one the log stays closed, and its name never changes', async () => {
  using folder = logFolder();
  {
    await using log = await openTestLog(folder.path);
    await appendNotes(log, [['hall', 'a']]);
  }
  const key = join(folder.path, 'evidence/keys/0.key');
  expect(statSync(key).mode & 0o777).toBe(0o600);
  {
    await using log = await openTestLog(folder.path, { origin: 'other.example.org/evidence' });
    expect((await log.checkpoint()).split('\n')[0]).toBe(ORIGIN);
  }
  rmSync(key);
  await using log = await openTestLog(folder.path);
  expect(log.check()).toMatchObject({ ok: false });
  expect(existsSync(key)).toBe(false);
});
