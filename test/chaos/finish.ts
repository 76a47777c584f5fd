/** What is checked when a schedule is over: recordings, figures, and the log. */
import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { outside } from '../../e2e/rig/server.ts';
import type { Injected } from './budgets.ts';
import { command, gapsOf, unexplained, verifyBundle } from './checks.ts';
import type { Installation } from './installation.ts';
import type { Judge } from './judge.ts';
import { instant } from './listeners/listener.ts';
import { type ChaosRoom, endRoom } from './rooms.ts';

/** What a finished run hands over. */
export interface Finished {
  readonly installation: Installation;
  readonly rooms: readonly ChaosRoom[];
  readonly listening: ChildProcess;
  readonly data: string;
  readonly folder: string;
  readonly injected: readonly Injected[];
  readonly judge: Judge;
  readonly notes: string[];
  tell(says: string): void;
}

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Checks them. */
export async function finish(run: Finished): Promise<void> {
  const { installation, rooms, listening, data, folder, injected, judge, tell } = run;
  const { url } = installation.server;
  listening.send('stop');
  for (const room of rooms) await endRoom(url, room);
  await wait(3_000);
  for (const { slug } of rooms) {
    const { gaps, fragments, torn } = await gapsOf(join(data, 'archive'), slug);
    const bad = unexplained(gaps, injected);
    tell(
      `recording of ${slug}: ${fragments} fragments, ${gaps.length} gaps, ${bad.length} of them unexplained`,
    );
    if (fragments === 0) judge.found('archive', instant(), `nothing of ${slug} was recorded`);
    for (const { rendition, from, to } of bad)
      judge.found(
        'archive',
        to,
        `the recording of ${slug} lacks ${((to - from) / 1000).toFixed(1)} s of ${rendition}`,
      );
    for (const what of torn) judge.found('archive', instant(), `the recording of ${slug}: ${what}`);
    const found = await verifyBundle(url, slug, folder, outside());
    if (!found) judge.found('log', instant(), `no door gives the bundle of ${slug}`);
    else if (!found.ok)
      judge.found(
        'log',
        instant(),
        `the bundle of ${slug} does not verify: ${JSON.stringify(found.findings)}`,
      );
    else tell(`the bundle of ${slug} verifies: ${found.entries} entries`);
  }
  const journals = await command(['journal', 'verify', '--json', '--data', data], outside());
  if (journals.code !== 0) judge.found('log', instant(), `journals do not verify: ${journals.out}`);
}
