import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Browser, startBrowser } from './rig/browser.ts';
import {
  type HeardAt,
  heardSteps,
  missedSteps,
  noteWhatIsHeard,
  writePilot,
  writeScale,
} from './rig/heard-steps.ts';
import { goLive, joinStage, listenTo } from './rig/people.ts';
import { type MadeRoom, type Server, startServer, until } from './rig/server.ts';

let folder: string;
let server: Server;
let room: MadeRoom;
let [host, guest, audience]: Browser[] = [];
let desk: Page;
let page: Page;
let ear: Page;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'earshot-hands-'));
  writeScale(join(folder, 'scale.wav'));
  writePilot(join(folder, 'pilot.wav'));
  server = await startServer({ EARSHOT_DOORS: '1', EARSHOT_CELLS: '1' });
  room = await server.room('Town hall');
  [host, guest, audience] = await Promise.all([
    startBrowser({ microphone: join(folder, 'scale.wav'), plainMicrophone: true }),
    startBrowser({ microphone: join(folder, 'pilot.wav'), plainMicrophone: true }),
    startBrowser(),
  ]);
  for (const browser of [guest, audience]) await noteWhatIsHeard((browser as Browser).context);
  desk = await (host as Browser).page(room.studio);
  await joinStage(desk);
  await goLive(desk);
  page = await listenTo(guest as Browser, room.url);
  ear = await listenTo(audience as Browser, room.url);
}, 120_000);
afterAll(async () => {
  for (const browser of [host, guest, audience]) await browser?.[Symbol.asyncDispose]();
  await server?.[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const raise = async (on: Page, topic: string): Promise<void> => {
  await on.getByRole('button', { name: /^(Raise a hand|Raise it again)$/ }).click();
  await on.getByLabel('Your name').fill('Zoe');
  await on.getByLabel('What do you want').fill(topic);
  await on.getByRole('button', { name: 'Raise my hand' }).click();
  await on.getByText('you are the next one').waitFor();
};
const lastly = async (on: Page): Promise<HeardAt | undefined> => (await heardSteps(on)).at(-1);

test('a listener whose hand is taken speaks on the same page, goes back the same way, and misses no word of the program', async () => {
  await wait(2_000);
  await raise(page, 'The budget');
  await desk.locator('.hand', { hasText: 'The budget' }).waitFor();
  const called = Date.now();
  await desk.getByRole('button', { name: 'On stage: Zoe' }).click();
  await page.getByText('You are on stage').waitFor();
  await until('the audience hears them', async () => (await heardSteps(ear)).some(([, , pilot]) => pilot));
  const [first = 0] = (await heardSteps(ear)).find(([, , pilot]) => pilot) ?? [];
  await until('they hear the stage', async () => (await lastly(page))?.[3] === 'stage');
  await wait(4_000);
  await desk.locator('[data-person]', { hasText: 'Zoe' }).locator('[data-menu]').click();
  await desk.locator('[data-listen]:visible').click();
  await page.getByText('moved you back to the listeners').waitFor();
  await until('they hear the program', async () => (await lastly(page))?.[3] === 'program');
  await wait(3_000);
  const heard = await heardSteps(page);
  const { missed, steps, where } = missedSteps(heard);
  console.log(
    `hand accepted → heard by the audience: ${Math.round(first - called)} ms; ${steps} steps heard`,
  );
  expect(where).toEqual([]);
  expect(missed).toBe(0);
  expect(steps).toBeGreaterThan(40);
}, 120_000);

test('called back and leaving by themselves, they hear the program again', async () => {
  await desk.getByRole('button', { name: 'Back on stage: Zoe' }).click();
  await page.getByText('You are on stage').waitFor();
  await page.getByRole('button', { name: 'Leave the stage' }).click();
  await page.getByText('Your hand is down').waitFor();
  const left = Date.now();
  await until('the program is heard', async () => {
    const [at = 0, , , from] = (await lastly(page)) ?? [];
    return at > left && from === 'program';
  });
}, 60_000);
