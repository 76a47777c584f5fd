/**
 * From "On stage" on a host's page to the first sound of a listener in the ears of the audience, and what they miss of
 * the program on the way up and back.
 *
 *   npm run bench -- hand-to-heard [--runs 20] [--stay 5]
 *
 * Two Chromiums: one with the host and the audience, one with the listener who raises a hand. The host's microphone
 * plays a scale of tones of 250 ms: a tone that the listener did not hear was missed. The listener's microphone plays
 * a tone of its own, which is looked for in what the audience's loudspeaker is given. All read one wall clock.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { Page } from 'playwright-core';
import { startBrowser } from '../e2e/rig/browser.ts';
import { raiseByForm } from '../e2e/rig/hands.ts';
import { heardSteps, noteWhatIsHeard } from '../e2e/rig/heard-steps.ts';
import { goLive, joinStage, listenTo } from '../e2e/rig/people.ts';
import { firstHeard, type HeardAt, missedSteps, STEP_MS, writePilot, writeScale } from '../e2e/rig/scale.ts';
import { type MadeRoom, startServer, until } from '../e2e/rig/server.ts';
import { type HandMark, handMarks, noteHandMarks } from './peers/hand-marks.ts';

const { values } = parseArgs({
  options: { runs: { type: 'string', default: '20' }, stay: { type: 'string', default: '5' } },
});
const RUNS = Number(values.runs);
/** The longest that a run waits for a sound. */
const LIMIT_MS = 60_000;
/** A person hears the stage for so long. The scale leaves no silence out: 25 s are needed to catch up with a second. */
const STAY_MS = Number(values.stay) * 1_000;

/** One listener on stage and back; times in ms after the press, or after "move to listeners". */
interface Run {
  readonly heard: number;
  readonly back: number;
  readonly missed: readonly [up: number, down: number];
  /** The same for the audience, who goes nowhere: what the machine itself loses. */
  readonly control: readonly [up: number, down: number];
  readonly marks: Readonly<Record<string, number>>;
}

const folder = mkdtempSync(join(tmpdir(), 'earshot-hand-to-heard-'));
writeScale(join(folder, 'scale.wav'));
writePilot(join(folder, 'pilot.wav'));
await using server = await startServer({ EARSHOT_DOORS: '1', EARSHOT_CELLS: '1' });
// On a busy machine the first look of a door at the site may come too early.
let made: MadeRoom | undefined;
const create = async (): Promise<boolean> => {
  made = await server.room('Town hall').catch(() => undefined);
  return made !== undefined;
};
await until('a room', create, 180_000);
const room = made as unknown as MadeRoom;
await using hosting = await startBrowser({ microphone: join(folder, 'scale.wav'), plainMicrophone: true });
await using guest = await startBrowser({ microphone: join(folder, 'pilot.wav'), plainMicrophone: true });
for (const { context } of [hosting, guest]) context.setDefaultTimeout(120_000);
const desk = await hosting.page(room.studio);
await joinStage(desk);
await goLive(desk);
await noteWhatIsHeard(hosting.context);
await noteWhatIsHeard(guest.context);
await noteHandMarks(guest.context);
const page = await listenTo(guest, room.url);
const ear = await listenTo(hosting, room.url);

const quantile = (of: readonly number[], q: number): number =>
  of.toSorted((a, b) => a - b)[Math.min(of.length - 1, Math.floor(q * of.length))] ?? Number.NaN;
/** Waits until something is heard on a page after a moment; when that began. */
async function heardAfter(
  on: Page,
  at: number,
  what: string,
  is: (look: HeardAt) => boolean,
): Promise<number> {
  let first: number | undefined;
  const look = async (): Promise<boolean> => {
    first = firstHeard(await heardSteps(on, at), is);
    return first !== undefined;
  };
  await until(what, look, LIMIT_MS);
  return first ?? Number.NaN;
}
const press = (on: Page, selector: string): Promise<number> =>
  on.locator(selector).evaluate((it) => {
    const at = Date.now();
    (it as HTMLElement).click();
    return at;
  });

async function run(n: number): Promise<Run> {
  await raiseByForm(page, 'Zoe', `Question ${n}`);
  await desk.locator('.hand', { hasText: `Question ${n}` }).waitFor();
  await pause(3_000);
  const called = await press(desk, '.hand button[aria-label="On stage: Zoe"]');
  const first = await heardAfter(ear, called, 'the audience hears them', ([, , pilot]) => pilot);
  await heardAfter(page, called, 'they hear the stage', ([, , , from]) => from === 'stage');
  await pause(STAY_MS);
  await desk.locator('[data-person]', { hasText: 'Zoe' }).locator('[data-menu]').click();
  const moved = await press(desk, '[data-listen]:visible >> nth=0');
  const program = await heardAfter(
    page,
    moved,
    'they hear the program',
    ([, , , from]) => from === 'program',
  );
  await pause(3_000);
  /** Seconds that a page missed on the way up and on the way back. */
  const missed = async (on: Page): Promise<[number, number]> => {
    const all = await heardSteps(on, called - 2_000);
    const ways = [all.filter(([at]) => at < moved), all.filter(([at]) => at > moved - 1_000)].map(
      missedSteps,
    );
    for (const { where } of ways) if (where.length > 0) console.log(`   left out: ${where.join(', ')}`);
    const [up = 0, down = 0] = ways.map((way) => (way.missed * STEP_MS) / 1_000);
    return [up, down];
  };
  const marks = await handMarks(page);
  await page.getByRole('button', { name: 'Lower my hand' }).click();
  return {
    heard: first - called,
    back: program - moved,
    missed: await missed(page),
    control: await missed(ear),
    marks: firstOf(marks, called),
  };
}

/** When each thing first happened after a press, ms. */
function firstOf(marks: readonly HandMark[], called: number): Record<string, number> {
  const first: Record<string, number> = {};
  for (const [at, what] of marks) if (at > called) first[what] ??= at - called;
  return first;
}

const runs: Run[] = [];
for (let n = 1; n <= RUNS; n++) {
  const one = await run(n);
  runs.push(one);
  const { heard, back, missed, control, marks } = one;
  console.log(
    `${n}: heard after ${Math.round(heard)} ms, back after ${Math.round(back)} ms, missed ${missed.join(' and ')} s (the audience ${control.join(' and ')} s); ` +
      Object.entries(marks)
        .map(([what, at]) => `${what} ${Math.round(at)}`)
        .join(', '),
  );
}
rmSync(folder, { recursive: true, force: true });
const row = (name: string, of: readonly number[], unit = 'ms', digits = 0): string =>
  `| ${name} | ${quantile(of, 0.5).toFixed(digits)} ${unit} | ${Math.max(...of).toFixed(digits)} ${unit} |`;
const names = [...new Set(runs.flatMap(({ marks }) => Object.keys(marks)))];
console.log(`
${RUNS} runs, two Chromiums and the server on one machine; load ${loadavg()[0]?.toFixed(1)}

| from "On stage" on the host's page to | median | most |
|---|---|---|
${names.map((name) => row(name, runs.map(({ marks }) => marks[name] ?? Number.NaN).filter(Number.isFinite))).join('\n')}
${row(
  '**heard by the audience**',
  runs.map(({ heard }) => heard),
)}
${row(
  'program missed on the way up',
  runs.map(({ missed }) => missed[0]),
  's',
  2,
)}
${row(
  'from "move to listeners" to the program',
  runs.map(({ back }) => back),
)}
${row(
  'program missed on the way back',
  runs.map(({ missed }) => missed[1]),
  's',
  2,
)}
`);
