import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { chance } from '../../test/chance.ts';
import { appendNotes, bundleText, logFolder, openTestLog } from '../../test/evidence.ts';
import {
  COSIGNATURE,
  keyFromSeed,
  lookAt,
  ROTATE,
  sendCosignature,
  signerOf,
  type WitnessState,
} from '../evidence/index.ts';
import { verifier } from './index.ts';

const LOG = 'http://localhost/evidence';
const witness = signerOf('witness.example.net', COSIGNATURE, keyFromSeed(Buffer.alloc(32, 9)));
const check = (text: string | Uint8Array<ArrayBuffer>, seen?: string) =>
  verifier.verify(new Blob([text]), { seen });

test('bundles of a log that restarts, changes its key and has a witness hold at every moment', async () => {
  using folder = logFolder();
  let log = await openTestLog(folder.path);
  const { clock } = log;
  const kept: string[] = [];
  let state: WitnessState | undefined;
  for (let round = 0; round < 24; round++) {
    const many = Array.from(
      { length: (round * 7) % 11 },
      (_, i) => [i % 3 ? 'hall' : 'other', `${round} ${i}`] as const,
    );
    await appendNotes(log, [['hall', `${round}`], ...many]);
    const checkpoint = await log.checkpoint();
    kept.push(checkpoint);
    if (round % 5 === 0) {
      const fetch = (url: string, init?: RequestInit) => log.fetch(new Request(url, init));
      const seen = await lookAt({ log: LOG, fetch, state });
      if (!('state' in seen)) throw new Error(JSON.stringify(seen));
      state = seen.state;
      await sendCosignature({ log: LOG, fetch }, state, witness, Math.floor(clock.wall() / 1000));
    }
    expect((await check(await bundleText(log, 'hall'), checkpoint)).findings, `round ${round}`).toEqual([]);
    if (round % 7 === 6) {
      await log[Symbol.asyncDispose]();
      writeFileSync(join(folder.path, 'evidence', ROTATE), '');
      log = await openTestLog(folder.path, { clock });
      expect((await check(await bundleText(log, 'hall'))).findings, `after ${round}`).toEqual([]);
    }
  }
  const bundle = await bundleText(log, 'hall');
  const found = await check(bundle);
  expect(found.ok).toBe(true);
  expect(found.keys).toHaveLength(4);
  expect(Object.keys(found.witnesses ?? {})).toEqual(['witness.example.net']);
  // Whoever kept one of the checkpoints finds it in the bundle.
  for (const seen of kept) expect((await check(bundle, seen)).findings).toEqual([]);
  // And a bit that is changed anywhere is found.
  const random = chance(1);
  for (let i = 0; i < 40; i++) {
    const bytes = Uint8Array.from(Buffer.from(bundle));
    const at = Math.floor(random() * bytes.length);
    bytes[at] = (bytes[at] as number) ^ (1 << Math.floor(random() * 8));
    expect((await check(bytes)).ok, `byte ${at}`).toBe(false);
  }
  await log[Symbol.asyncDispose]();
});

test('after kill -9 in the middle of writing, the bundle of what is there holds', async () => {
  using folder = logFolder();
  const writer = join(import.meta.dirname, '../../test/write-evidence.ts');
  for (let kill = 0; kill < 4; kill++) {
    const child = spawn(process.execPath, [writer, folder.path, String(kill * 10_000)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    child.stdout.once('data', () => setTimeout(() => child.kill('SIGKILL'), 60 + kill * 45));
    await new Promise((closed) => child.once('close', closed));
    await using log = await openTestLog(folder.path);
    const checkpoint = await log.checkpoint();
    for (const room of ['room-0', 'room-1', 'room-2']) {
      const bundle = await bundleText(log, room);
      if (bundle !== '') expect((await check(bundle, checkpoint)).findings).toEqual([]);
    }
  }
});

test('posts of other accounts hold while they grow, and one that falls is found', async () => {
  using folder = logFolder();
  await using log = await openTestLog(folder.path);
  const posts = async (...list: readonly (readonly [of: string, net: number])[]): Promise<void> => {
    const done = log.appendOf('hall', {
      ...{ v: 1, kind: 'posts', at: 0 },
      posts: list.map(([of, net]) => ({
        of,
        total: { post_impressions: { net, gross: net, method: 'counted' } },
      })),
    });
    log.clock.advance(200);
    await done;
    await log.checkpoint();
  };
  await posts(['one', 5]);
  await posts(['one', 5], ['two', 9]);
  const good = await check(await bundleText(log, 'hall'));
  expect([good.findings, good.notes.filter(({ code }) => code === 'unknown-member')]).toEqual([[], []]);
  await posts(['one', 6], ['two', 8]);
  const fallen = await check(await bundleText(log, 'hall'));
  expect(fallen.findings.map(({ code }) => code)).toEqual(['fell']);
});
