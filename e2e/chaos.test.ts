/** A short run of `npm run chaos`: the same runner and the same invariants, a minute of it (docs/chaos.md). */
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { removeRun, runChaos } from '../test/chaos/run.ts';
import { planChaos } from '../test/chaos/schedule.ts';
import { PREPARED } from './rig/server.ts';

/** Chosen because of what it does in its short time; `EARSHOT_CHAOS_SEED=7` runs another. */
const SEED = Number(process.env.EARSHOT_CHAOS_SEED ?? 2456);
const SECONDS = 45;

test('a short storm of faults breaks no invariant: nobody is silent, roles come back, recording, figures and log are right', async () => {
  const plan = planChaos(SEED, SECONDS);
  expect(plan.faults.length).toBeGreaterThan(2);
  const prepared = mkdtempSync(join(tmpdir(), 'earshot-chaos-prepared-'));
  const made = process.env[PREPARED];
  if (made !== undefined) cpSync(made, prepared, { recursive: true });
  try {
    const outcome = await runChaos(plan, { say: (line) => console.log(line), prepared });
    const { broken, folder, judgedSeconds, starvedSeconds } = outcome;
    console.log(`${judgedSeconds} s judged, ${starvedSeconds} s without a processor`);
    expect(broken, `seed ${SEED}: see ${folder}`).toEqual([]);
    removeRun(outcome);
    // Less than that would say nothing.
    expect(judgedSeconds).toBeGreaterThan(SECONDS / 4);
    expect(outcome.timeline.filter(({ says }) => says.startsWith('#'))).toHaveLength(2 * plan.faults.length);
  } finally {
    rmSync(prepared, { recursive: true, force: true });
  }
}, 400_000);
