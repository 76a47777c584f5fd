import { expect, test } from 'vitest';
import {
  appendNotes,
  bundleText,
  checkBundle,
  logFolder,
  notesOf,
  ORIGIN,
  openTestLog,
} from '../../test/evidence.ts';
import { decodeEntries } from './entry-files.ts';
import type { Evidence } from './index.ts';
import { keyFromSeed } from './log-keys.ts';
import { checkpointText, parseCheckpoint } from './note/checkpoint.ts';
import {
  COSIGNATURE,
  cosign,
  cosignedBy,
  ED25519,
  noteOf,
  parseNote,
  parseVerifier,
  signerOf,
  signNote,
} from './note/note.ts';
import { leafHash } from './tree/merkle.ts';
import { rootOf } from './tree/proofs.ts';
import { openTileReader, tilePath } from './tree/tile.ts';

const get = (log: Evidence, path: string): Promise<Response> =>
  log.fetch(new Request(`http://localhost${path}`));
const codeOf = async (response: Response): Promise<string> =>
  ((await response.json()) as { code: string }).code;

const witness = (n: number) =>
  signerOf(`witness-${n}.example.net`, COSIGNATURE, keyFromSeed(Buffer.alloc(32, n + 10)));

/** Posts a checkpoint with the cosignature of a witness. */
async function post(
  log: Evidence,
  raw: string,
  signer: ReturnType<typeof witness>,
  seconds: number,
): Promise<Response> {
  const { text = '' } = parseNote(raw) ?? {};
  return log.fetch(
    new Request('http://localhost/evidence/cosign', {
      method: 'POST',
      headers: { 'earshot-witness-key': signer.written },
      body: noteOf(text, [cosign(text, signer, seconds)]),
    }),
  );
}

test('hashes and entries are served as C2SP tiles: a stranger computes the signed root from them', async () => {
  using folder = logFolder();
  await using log = await openTestLog(folder.path);
  await appendNotes(
    log,
    Array.from({ length: 600 }, (_, n) => ['hall', String(n)] as const),
  );
  await log.checkpoint();
  const answer = await get(log, '/evidence/checkpoint');
  expect(answer.headers.get('content-type')).toBe('text/plain; charset=utf-8');
  const head = parseCheckpoint(parseNote(await answer.text())?.text ?? '');
  if (!head) throw new Error('no checkpoint');
  const reader = openTileReader(head.size, async (tile) => {
    const response = await get(log, `/evidence/${tilePath(tile)}`);
    expect(response.headers.get('content-type')).toBe('application/octet-stream');
    expect(response.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    return Buffer.from(await response.arrayBuffer());
  });
  expect(await rootOf(reader, 0, 600)).toEqual(head.root);
  for (const [index, width] of [
    [0, 256],
    [1, 256],
    [2, 88],
  ] as const) {
    const bytes = Buffer.from(
      await (await get(log, `/evidence/${tilePath({ level: 'entries', index, width })}`)).arrayBuffer(),
    );
    const { entries, end } = decodeEntries(bytes);
    expect([entries.length, end]).toEqual([width, bytes.length]);
    for (const [n, entry] of entries.entries())
      expect(leafHash(entry)).toEqual(await reader.node(0, index * 256 + n));
  }
});

test('nothing is served that is not signed yet, and nothing that is no tile', async () => {
  using folder = logFolder();
  await using log = await openTestLog(folder.path);
  await appendNotes(log, [['hall', 'a']]);
  await log.checkpoint();
  await appendNotes(log, [['hall', 'b']]);
  expect((await get(log, '/evidence/tile/0/000.p/1')).status).toBe(200);
  for (const path of [
    '0/000.p/2',
    '0/000',
    'entries/000.p/2',
    '1/000.p/1',
    '0/001',
    '0/0',
    'x',
    '0/000.p/1/..',
  ])
    expect([path, (await get(log, `/evidence/tile/${path}`)).status]).toEqual([path, 404]);
  // A partial tile stays when the tile has grown.
  await log.checkpoint();
  expect((await (await get(log, '/evidence/tile/0/000.p/1')).arrayBuffer()).byteLength).toBe(32);
  expect((await get(log, '/evidence/nothing')).status).toBe(404);
  for (const path of [
    '/evidence/checkpoint',
    '/evidence/keys.json',
    '/evidence/tile/0/000.p/1',
    '/r/hall/bundle',
  ])
    expect((await log.fetch(new Request(`http://localhost${path}`, { method: 'DELETE' }))).status).toBe(405);
});

test('a bundle is served as a file, and a room without evidence is told from one with', async () => {
  using folder = logFolder();
  await using log = await openTestLog(folder.path, {
    title: (room) => (room === 'hall' ? 'Town hall' : undefined),
  });
  await appendNotes(log, [
    ['hall', 'x'.repeat(60_000)],
    ...Array.from({ length: 9 }, () => ['hall', 'y'.repeat(60_000)] as const),
  ]);
  expect(await codeOf(await get(log, '/r/hall/bundle'))).toBe('not-found');
  await log.checkpoint();
  const response = await get(log, '/r/hall/bundle');
  expect(response.headers.get('content-type')).toBe('application/x-ndjson; charset=utf-8');
  expect(response.headers.get('content-disposition')).toContain('hall.earshot-bundle');
  const { head, entries } = checkBundle(await response.text());
  expect([head.title, entries.length]).toEqual(['Town hall', 10]);
  expect(await codeOf(await get(log, '/r/other/bundle'))).toBe('not-found');
});

test('bundles that nobody takes make place for others', async () => {
  using folder = logFolder();
  await using log = await openTestLog(folder.path);
  await appendNotes(
    log,
    Array.from({ length: 6 }, () => ['hall', 'y'.repeat(60_000)] as const),
  );
  await log.checkpoint();
  const idle = [];
  for (let n = 0; n < 8; n++) {
    const reader = (await get(log, '/r/hall/bundle')).body?.getReader();
    await reader?.read();
    idle.push(reader);
  }
  const refused = await get(log, '/r/hall/bundle');
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '5']);
  await idle[0]?.cancel();
  checkBundle(await (await get(log, '/r/hall/bundle')).text());
  expect((await get(log, '/r/hall/bundle')).status).toBe(200);
  log.clock.advance(31_000);
  checkBundle(await (await get(log, '/r/hall/bundle')).text());
  await expect(idle[1]?.read()).rejects.toThrow('not taken');
});

test('a witness cosigns: its signature is served with the checkpoint, kept, and in the bundle', async () => {
  using folder = logFolder();
  const [one, two] = [witness(1), witness(2)];
  let raw = '';
  {
    await using log = await openTestLog(folder.path);
    await appendNotes(log, [['hall', 'a']]);
    raw = await log.checkpoint();
    const now = Math.floor(log.clock.wall() / 1000);
    for (const who of [one, two, one]) expect((await post(log, raw, who, now)).status).toBe(204);
    await appendNotes(log, [['hall', 'b']]);
    const newer = await log.checkpoint();
    expect(newer.split('\u2014')).toHaveLength(2);
    expect((await post(log, newer, two, now)).status).toBe(204);
  }
  await using log = await openTestLog(folder.path);
  const served = parseNote(await (await get(log, '/evidence/checkpoint')).text());
  expect(served && cosignedBy(served, two)).toBeDefined();
  expect(served && cosignedBy(served, one)).toBeUndefined();
  // Many more heads, so that the older ones are on the disk alone.
  for (let n = 0; n < 10; n++) {
    await appendNotes(log, [['other', String(n)]]);
    await log.checkpoint();
  }
  const { head, checkpoints } = checkBundle(await bundleText(log, 'hall'));
  expect(head.witnesses).toEqual([one.written, two.written]);
  const signed = checkpoints.map(({ note: text }) =>
    head.witnesses.map((key) => {
      const [found, verifier] = [parseNote(text), parseVerifier(key)];
      return Boolean(found && verifier && cosignedBy(found, verifier));
    }),
  );
  expect(signed).toEqual([
    [true, true],
    [false, true],
    [false, false],
  ]);
  const keys = (await (await get(log, '/evidence/keys.json')).json()) as {
    origin: string;
    witnesses: { key: string }[];
  };
  expect([keys.origin, keys.witnesses.map(({ key }) => key)]).toEqual([ORIGIN, [one.written, two.written]]);
});

test('a cosignature of anything but one of our newest checkpoints is refused', async () => {
  using folder = logFolder();
  await using log = await openTestLog(folder.path);
  await appendNotes(log, [['hall', 'a']]);
  const old = await log.checkpoint();
  const now = Math.floor(log.clock.wall() / 1000);
  const [head, me] = [parseCheckpoint(parseNote(old)?.text ?? ''), witness(1)];
  if (!head) throw new Error('no checkpoint');
  const forked = noteOf(checkpointText({ ...head, root: Buffer.alloc(32) }), [signNote('x\n', me)]);
  expect(await codeOf(await post(log, forked, me, now))).toBe('unprocessable');
  const foreign = noteOf(checkpointText({ ...head, origin: 'example.org' }), [signNote('x\n', me)]);
  expect(await codeOf(await post(log, foreign, me, now))).toBe('unprocessable');
  expect(await codeOf(await post(log, old, me, now - 100_000))).toBe('unprocessable');
  const send = (key: string, body: string): Promise<Response> =>
    log.fetch(
      new Request('http://localhost/evidence/cosign', {
        method: 'POST',
        headers: { 'earshot-witness-key': key },
        body,
      }),
    );
  expect(await codeOf(await send('', old))).toBe('bad-request');
  expect(await codeOf(await send(me.written, 'nonsense'))).toBe('bad-request');
  expect(await codeOf(await send(me.written, old))).toBe('unprocessable');
  expect(await codeOf(await send(me.written, `${old}${'x'.repeat(17_000)}`))).toBe('too-large');
  const asLog = signerOf(me.name, ED25519, me.privateKey);
  expect(await codeOf(await send(asLog.written, old))).toBe('bad-request');
  // Of another witness.
  const { text } = parseNote(old) ?? { text: '' };
  expect(await codeOf(await send(me.written, noteOf(text, [cosign(text, witness(2), now)])))).toBe(
    'unprocessable',
  );
  for (let n = 0; n < 6; n++) {
    await appendNotes(log, [['hall', String(n)]]);
    await log.checkpoint();
  }
  expect(await codeOf(await post(log, old, me, now))).toBe('unprocessable');
  expect(await (await get(log, '/evidence/checkpoint')).text()).not.toContain(me.name);
});

test('sixteen strangers are witnesses, and who is listed; silence makes place', async () => {
  using folder = logFolder();
  const listed = witness(100);
  await using log = await openTestLog(folder.path, { witnesses: [listed.written] });
  let raw = await log.checkpoint();
  const now = (): number => Math.floor(log.clock.wall() / 1000);
  for (let n = 0; n < 16; n++) expect((await post(log, raw, witness(n), now())).status).toBe(204);
  expect((await post(log, raw, listed, now())).status).toBe(204);
  await appendNotes(log, [['hall', 'a']]);
  raw = await log.checkpoint();
  expect(await codeOf(await post(log, raw, witness(16), now()))).toBe('witnesses-full');
  expect((await post(log, raw, listed, now())).status).toBe(204);
  expect((await post(log, raw, witness(3), now())).status).toBe(204);
  log.clock.advance(86_400_000);
  expect((await post(log, raw, witness(16), now())).status).toBe(204);
  const known = (await (await get(log, '/evidence/keys.json')).json()) as { witnesses: { key: string }[] };
  expect(known.witnesses).toHaveLength(17);
});

test('cosignatures are checked at a bounded rate', async () => {
  using folder = logFolder();
  await using log = await openTestLog(folder.path);
  const raw = await log.checkpoint();
  const codes: number[] = [];
  for (let n = 0; n < 70; n++) codes.push((await post(log, raw, witness(1), 5)).status);
  expect(codes.slice(0, 64).every((code) => code === 422)).toBe(true);
  expect(codes.slice(64).every((code) => code === 429)).toBe(true);
  log.clock.advance(1_000);
  expect((await post(log, raw, witness(1), Math.floor(log.clock.wall() / 1000))).status).toBe(204);
});

test('entries about a private room are withheld, alone and in tiles; their hashes and its bundle are as ever', async () => {
  using folder = logFolder();
  await using log = await openTestLog(folder.path, { withheld: (room) => room === 'cellar' });
  await appendNotes(log, [
    ['hall', 'said aloud'],
    ['cellar', 'said in private'],
    ['hall', 'said again'],
  ]);
  await log.checkpoint();
  const head = parseCheckpoint(parseNote(await (await get(log, '/evidence/checkpoint')).text())?.text ?? '');
  const { size = 0, root } = head ?? {};
  const bytesOf = async (path: string): Promise<Buffer> =>
    Buffer.from(await (await get(log, `/evidence/${path}`)).arrayBuffer());
  const tile = { index: 0, width: size };
  const { entries } = decodeEntries(await bytesOf(tilePath({ ...tile, level: 'entries' })));
  expect(entries).toHaveLength(size);
  const empty = entries.flatMap((entry, index) => (entry.length === 0 ? [index] : []));
  expect(empty).toHaveLength(1);
  expect(await codeOf(await get(log, `/evidence/entry/${empty[0]}`))).toBe('not-found');
  for (const path of [...entries.keys()]
    .map((index) => `entry/${index}`)
    .concat(tilePath({ ...tile, level: 'entries' })))
    expect((await bytesOf(path)).toString(), path).not.toMatch(/cellar|in private/);
  const reader = openTileReader(size, async (wanted) => bytesOf(tilePath(wanted)));
  expect(await rootOf(reader, 0, size)).toEqual(root);
  expect(await notesOf(log, 'cellar')).toEqual(['said in private']);
});
