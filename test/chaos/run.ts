/** One run of chaos: an Earshot, its audience, a schedule of faults, and the invariants that are watched meanwhile. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Injected } from './budgets.ts';
import { finish } from './finish.ts';
import { inject, metBy, type Victims } from './inject.ts';
import { type Broken, Judge, type Worst } from './judge.ts';
import { instant } from './listeners/listener.ts';
import { describeFault, type Plan } from './schedule.ts';
import { openStage, type Stage } from './staging.ts';
import { watch } from './watch.ts';

/** The outcome of a run. Times in seconds from the beginning of the schedule. */
export interface Outcome {
  readonly plan: Plan;
  readonly folder: string;
  readonly broken: readonly Broken[];
  /** What would have been red in seconds that are not judged. */
  readonly unjudged: readonly string[];
  readonly judgedSeconds: number;
  readonly starvedSeconds: number;
  readonly worst: Worst;
  readonly timeline: readonly { readonly at: number; readonly says: string }[];
  readonly notes: Readonly<Record<string, number>>;
}

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const seconds = (ms: number): number => Math.round(ms / 100) / 10;

/** Injects the faults of a plan at their times, until `isOver`. Resolves when the last of them is over. */
async function follow(
  plan: Plan,
  victims: Victims,
  injected: Injected[],
  began: number,
  { tell, note, isOver }: { tell(says: string): void; note(says: string): void; isOver(): boolean },
): Promise<void> {
  const running = new Set<Promise<void>>();
  for (const { at, fault } of plan.faults) {
    while (!isOver() && instant() < began + at * 1000) await wait(20);
    if (isOver()) break;
    const met = metBy(fault, victims);
    const one: Injected = { number: injected.length, fault, from: instant(), met };
    injected.push(one);
    tell(`#${one.number} ${describeFault(fault)}${met.size > 0 ? ` (${[...met].join(', ')})` : ''}`);
    const done = inject(fault, victims)
      .catch((error: unknown) => note(`${fault.kind} could not be done: ${String(error)}`))
      .finally(() => {
        one.to = instant();
        tell(`#${one.number} is over`);
        running.delete(done);
      });
    running.add(done);
  }
  await Promise.all(running);
}

const victimsOf = (stage: Stage): Victims => ({
  ...{ installation: stage.installation, disk: stage.disk, postgres: stage.postgres, network: stage.network },
  slug: stage.rooms[0]?.slug ?? '',
  moveClock: (ahead) => stage.clock?.set(ahead),
  listeners: stage.listeners,
});

/** What is beside the plan of a run. */
export interface RunOptions {
  /** Prints a line of the timeline. */
  readonly say: (line: string) => void;
  /**
   * A folder with what an installation makes once, in some seconds of processor time; what is missing there is kept for
   * the next run.
   */
  readonly prepared?: string;
  /** Ends the run early, in order: disks are unmounted, processes stopped. */
  readonly stop?: AbortSignal;
}

/** Runs a plan. Ends early at the first broken invariant. */
export async function runChaos(plan: Plan, { say, prepared, stop }: RunOptions): Promise<Outcome> {
  const folder = mkdtempSync(join(tmpdir(), `earshot-chaos-${plan.seed}-`));
  writeFileSync(join(folder, 'schedule.json'), `${JSON.stringify(plan, undefined, 2)}\n`);
  const notes: Record<string, number> = {};
  const note = (says: string): void => {
    notes[says] = (notes[says] ?? 0) + 1;
  };
  const timeline: { at: number; says: string }[] = [];
  await using stage = await openStage(plan, { folder, prepared, note, stop });
  const { starvation } = stage;
  const injected: Injected[] = [];
  const judge = new Judge(starvation, injected);
  const began = instant();
  const before = starvation.sums;
  const tell = (says: string): void => {
    const at = seconds(instant() - began);
    timeline.push({ at, says });
    say(`${at.toFixed(1).padStart(6)} s  ${says}`);
  };
  tell(`everybody hears: ${stage.listeners().length} listeners in ${stage.rooms.length} rooms`);
  let over = false;
  const schedule = follow(plan, victimsOf(stage), injected, began, { tell, note, isOver: () => over });
  await watch(stage, judge, folder, () => stop?.aborted === true || instant() > began + plan.seconds * 1000);
  over = true;
  await schedule;
  const { judged, starved } = starvation.sums;
  if (judge.broken.length === 0 && !stop?.aborted) {
    tell('the schedule is over: the files are checked');
    await finish({ stage, folder, injected, began, judge, tell });
  }
  writeFileSync(join(folder, 'earshot.log'), stage.installation.output());
  const outcome: Outcome = {
    ...{ plan, folder, timeline, notes, worst: judge.worst, unjudged: judge.unjudged },
    broken: judge.broken.map((one) => ({ ...one, at: seconds(one.at - began) })),
    judgedSeconds: seconds(judged - before.judged),
    starvedSeconds: seconds(starved - before.starved),
  };
  writeFileSync(join(folder, 'outcome.json'), `${JSON.stringify(outcome, undefined, 2)}\n`);
  return outcome;
}

/** Removes what a green run leaves. */
export const removeRun = ({ folder }: Outcome): void => rmSync(folder, { recursive: true, force: true });
