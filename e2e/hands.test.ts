import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Browser, startBrowser } from './rig/browser.ts';
import {
  heardSteps,
  missedSteps,
  noteWhatIsHeard,
  writeScale,
  writeSpeechWithPilot,
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
  writeSpeechWithPilot(join(folder, 'speech.wav'));
  server = await startServer();
  room = await server.room('Town hall');
  [host, guest, audience] = await Promise.all([
    startBrowser({ microphone: join(folder, 'scale.wav'), plainMicrophone: true }),
    startBrowser({ microphone: join(folder, 'speech.wav'), plainMicrophone: true }),
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

test('a listener whose hand is taken speaks on the same page, misses nothing and never hears themselves', async () => {
  await wait(4_000);
  await raise(page, 'The budget');
  await desk.locator('.hand', { hasText: 'The budget' }).waitFor();
  const called = Date.now();
  await desk.getByRole('button', { name: 'On stage: Zoe' }).click();
  await page.getByText('You are on stage').waitFor();
  await until('the audience hears them', async () => (await heardSteps(ear)).some(([, , pilot]) => pilot));
  const first = (await heardSteps(ear)).find(([, , pilot]) => pilot);
  await wait(15_000);
  const up = await heardSteps(page);
  expect(up.some(([, , , from]) => from === 'stage')).toBe(true);
  expect(up.at(-1)?.[3]).toBe('stage');
  await desk.locator('[data-person]', { hasText: 'Zoe' }).locator('[data-menu]').click();
  await desk.locator('[data-listen]:visible').click();
  await page.getByText('moved you back to the listeners').waitFor();
  await wait(6_000);
  const heard = await heardSteps(page);
  expect(heard.at(-1)?.[3]).toBe('program');
  const { missed, steps } = missedSteps(heard);
  console.log(
    `hand accepted → heard by the audience: ${Math.round((first?.[0] ?? 0) - called)} ms; ${steps} steps heard, ${missed} missed`,
  );
  console.log('own voice heard', heard.filter(([, , pilot]) => pilot).length);
  expect(missed).toBe(0);
  expect(heard.filter(([, , pilot]) => pilot)).toEqual([]);
  // And up again, from the list of those who were there.
  await desk.getByRole('button', { name: 'Back on stage: Zoe' }).click();
  await page.getByText('You are on stage').waitFor();
  await page.getByRole('button', { name: 'Leave the stage' }).click();
  await page.getByText('Your hand is down').waitFor();
  await until('the program is heard', async () => (await heardSteps(page)).at(-1)?.[3] === 'program');
}, 120_000);
