import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { appendNotes, openTestLog } from '../../../test/evidence.ts';
import { silentLog } from '../../base/log.ts';
import { verifier } from '../../verifier/index.ts';
import { RawLog } from '../records/raw-log.ts';
import { PostCounting } from './post-counting.ts';

test('figures of posts are in the log that everybody reads, and bundles of rooms hold as before', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'earshot-posts-'));
  try {
    await using evidence = await openTestLog(dir);
    const { clock } = evidence;
    await using raw = new RawLog({
      ...{
        clock,
        log: silentLog,
        dir: join(dir, 'raw'),
        keep: 86_400_000,
        quota: 1e9,
        closed() {},
        gap() {},
      },
    });
    await raw.start();
    const counting = new PostCounting({
      ...{ clock, log: silentLog, dir, rawDir: join(dir, 'raw'), raw, evidence },
    });
    await counting.restore();
    await appendNotes(evidence, [['hall', 'before']]);
    const counts = [['b2', 1, 0, 0, 0] as const, ['a1', 2, 5, 1, 0] as const];
    counting.receive({ kind: 'post-counts', door: 'door-0', life: 'x', number: 1, counts });
    let isFolded = false;
    const folded = counting.closeMinute(9).then(() => {
      isFolded = true;
    });
    while (!isFolded) {
      clock.advance(200);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    await folded;
    await appendNotes(evidence, [['hall', 'after']]);
    await evidence.checkpoint();
    const { posts } = (await (await counting.answer(new URLSearchParams({ of: 'a1' }))).json()) as {
      posts: Record<string, { entry: number }>;
    };
    const entry = await evidence.fetch(new Request(`http://x/evidence/entry/${posts.a1?.entry}`));
    expect(await entry.json()).toMatchObject({
      ...{ kind: 'post-figures', v: 1 },
      posts: [
        ['a1', 2, 5, 1, 0],
        ['b2', 1, 0, 0, 0],
      ],
    });
    let bundle = '';
    for await (const line of (await evidence.bundle('hall')) ?? []) bundle += line;
    expect(bundle).not.toContain('post-figures');
    expect(await verifier.verify(new Blob([bundle]))).toMatchObject({ ok: true });
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
});
