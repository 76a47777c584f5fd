/** What is checked when a schedule is over: recordings, figures, and the log. */
import { join } from 'node:path';
import { outside } from '../../e2e/rig/server.ts';
import type { Injected } from './budgets.ts';
import { command, gapsOf, unexplained } from './checks.ts';
import { lostRecords, wrongFigures, wrongSessions } from './counts.ts';
import type { Judge } from './judge.ts';
import { instant } from './listeners/listener.ts';
import { endRoom } from './rooms.ts';
import type { Stage } from './staging.ts';
import { verifyAll } from './watch.ts';

/** A run whose schedule is over. */
export interface Finished {
  readonly stage: Stage;
  readonly folder: string;
  readonly injected: readonly Injected[];
  /** When the schedule began. */
  readonly began: number;
  readonly judge: Judge;
  tell(says: string): void;
}

/** Recordings are closed by then. */
const CLOSED_MS = 3_000;
/** Records of the last slot, and what came late, are counted by then. */
const SETTLED_MS = 40_000;
const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Checks them. */
export async function finish(run: Finished): Promise<void> {
  const { stage, folder, injected, began, judge, tell } = run;
  const { installation, rooms, data, starvation } = stage;
  const { url } = installation.server;
  stage.speakers[Symbol.dispose]();
  stage.listening.send('stop');
  const left = instant();
  const truth = { listeners: stage.listeners(), lost: lostRecords(injected) };
  for (const room of rooms) await endRoom(url, room);
  await wait(CLOSED_MS);
  for (const { slug } of rooms) {
    const { gaps, fragments, torn } = await gapsOf(join(data, 'archive'), slug, left);
    const bad = unexplained(gaps, { injected, starvation, began, ended: left });
    tell(
      `recording of ${slug}: ${fragments} fragments, ${gaps.length} gaps, ${bad.length} of them unexplained`,
    );
    if (fragments === 0) judge.found('archive', instant(), `nothing of ${slug} was recorded`);
    for (const { rendition, from, to } of bad) {
      const lacks = `${((to - from) / 1000).toFixed(1)} s of ${rendition}`;
      judge.found('archive', to, `the recording of ${slug} lacks ${lacks}`);
    }
    for (const what of torn) judge.found('archive', instant(), `the recording of ${slug}: ${what}`);
  }
  await wait(left + SETTLED_MS - instant());
  for (const { slug } of rooms) {
    const wrong = [
      ...(await wrongSessions(data, slug, truth)),
      ...(await wrongFigures(url, data, slug, truth)),
    ];
    tell(`figures of ${slug}: ${wrong.length} are not those of the raw records`);
    for (const what of wrong) judge.found('counts', instant(), what);
  }
  const given = await verifyAll(stage, folder, judge);
  tell(`${given} of ${rooms.length} bundles were given and verified`);
  if (given < rooms.length) judge.found('log', instant(), 'a door does not give the bundle of a room');
  const journals = await command(['journal', 'verify', '--json', '--data', data], outside());
  if (journals.code !== 0) judge.found('log', instant(), `journals do not verify: ${journals.out}`);
}
