import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { chance } from '../../test/chance.ts';
import { sendMutatedHeads } from '../../test/mutated-heads.ts';

const folder = mkdtempSync(join(tmpdir(), 'earshot-heads-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('two thousand mutated heads: each is answered or closed, none causes a fault, and the door survives', async () => {
  const run = await sendMutatedHeads(2_000, chance(7), 100, folder);
  expect([run.hangs, run.wrong]).toEqual([[], []]);
  // They reach all the ways there are: served, refused, redirected, and closed.
  for (const status of ['200', '204', '308', '400', '404', '405'])
    expect([status, (run.outcomes.get(status) ?? 0) > 0]).toEqual([status, true]);
});
