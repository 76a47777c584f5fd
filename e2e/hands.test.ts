/** A raised hand in real browsers: a listener, and a host with a keyboard. Sound is measured by bench/hand-to-heard.ts. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Browser, startBrowser } from './rig/browser.ts';
import { raiseByForm, raiseHand } from './rig/hands.ts';
import { goLive, joinStage, listenTo } from './rig/people.ts';
import { type MadeRoom, type Server, startServer, until } from './rig/server.ts';

let server: Server;
let room: MadeRoom;
let [host, guest]: Browser[] = [];
let desk: Page;
let page: Page;

beforeAll(async () => {
  server = await startServer({ EARSHOT_DOORS: '1', EARSHOT_CELLS: '1' });
  room = await server.room('Town hall');
  [host, guest] = await Promise.all([startBrowser(), startBrowser()]);
  for (const { context } of [host, guest]) context.setDefaultTimeout(60_000);
  desk = await (host as Browser).page(room.studio);
  await joinStage(desk);
  await goLive(desk);
  page = await listenTo(guest as Browser, room.url);
}, 180_000);
afterAll(async () => {
  for (const browser of [host, guest]) await browser?.[Symbol.asyncDispose]();
  await server?.[Symbol.asyncDispose]();
});

const card = () => page.locator('section.hand');
const says = (words: string | RegExp) => card().getByText(words).first().waitFor();
const onStage = async (): Promise<string[]> => {
  const state = (await (await fetch(`${room.url}/state.json`)).json()) as { stage: { name: string }[] };
  return state.stage.map(({ name }) => name);
};

interface Tapped {
  readonly tapped: { readonly microphones: MediaStreamTrack[] };
}
/** Whether the newest microphone of a page is sent with its sound. */
const sending = (on: Page): Promise<boolean> =>
  on.evaluate(() => {
    const track = (window as unknown as Tapped).tapped.microphones.at(-1);
    return track?.readyState === 'live' && track.enabled;
  });
const microphones = (): Promise<number> =>
  page.evaluate(() => (window as unknown as Tapped).tapped.microphones.length);
const mutedOnDesk = async (): Promise<boolean | undefined> => {
  const state = (await (await fetch(`${room.url}/state.json`)).json()) as {
    stage: { name: string; muted: boolean }[];
  };
  return state.stage.find(({ name }) => name === 'Zoe')?.muted;
};

test('by keyboard alone a listener raises a hand with a topic, a host who heard a hint calls them, they speak on the same page and go back', async () => {
  await desk.evaluate(() => {
    const start = OscillatorNode.prototype.start;
    OscillatorNode.prototype.start = function (...at) {
      Object.assign(window, { hinted: true });
      start.apply(this, at);
    };
  });
  const before = page.url();
  await card().getByRole('button', { name: 'Raise a hand' }).focus();
  await page.keyboard.press('Enter');
  await page.keyboard.type('Zoe');
  await page.keyboard.press('Tab');
  await page.keyboard.type('The budget');
  await page.keyboard.press('Enter');
  await says('you are the next one');
  const hand = desk.locator('.hand', { hasText: 'The budget' });
  await hand.waitFor();
  expect(await hand.locator('.hand-wait').textContent()).toMatch(/waits \d+:\d\d/);
  await until('a hint is heard', () => desk.evaluate(() => 'hinted' in window));
  await desk.keyboard.press('q');
  await desk.keyboard.press('a');
  await says('You are on stage');
  await until('everybody reads their name on stage', async () => (await onStage()).includes('Zoe'));
  await card().getByRole('button', { name: 'Leave the stage' }).focus();
  await page.keyboard.press('Enter');
  await says('Your hand is down');
  await until('they have left the stage', async () => !(await onStage()).includes('Zoe'));
  expect(page.url()).toBe(before);
  await page.waitForFunction(() =>
    [...document.querySelectorAll('audio')].some((a) => !a.paused && !a.muted),
  );
}, 180_000);

test('a host moves somebody back to the listeners and can call them again', async () => {
  await raiseByForm(page, 'Zoe', 'The roof');
  await desk.getByRole('button', { name: 'On stage: Zoe' }).click();
  await says('You are on stage');
  await desk.locator('[data-person]', { hasText: 'Zoe' }).locator('[data-menu]').click();
  await desk.locator('[data-listen]:visible').click();
  await says('moved you back to the listeners');
  // They did not ask for it this time: nobody's microphone opens by itself.
  await desk.getByRole('button', { name: 'Back on stage: Zoe' }).click();
  await says('your microphone is off');
  expect(await sending(page)).toBe(false);
  await card().getByRole('button', { name: 'Turn my microphone on' }).click();
  await says('everyone hears you');
  expect(await sending(page)).toBe(true);
  await card().getByRole('button', { name: 'Turn my microphone off' }).click();
  await says('your microphone is off');
  await until('the desk shows them muted', async () => (await mutedOnDesk()) === true);
  await page.reload();
  await card().getByRole('button', { name: 'Return to the stage' }).click();
  await says('your microphone is off');
  await card().getByRole('button', { name: 'Turn my microphone on' }).click();
  await says('everyone hears you');
  // The headset is unplugged: the system still has a microphone.
  await page.evaluate(() =>
    (window as unknown as Tapped).tapped.microphones.at(-1)?.dispatchEvent(new Event('ended')),
  );
  await until('another microphone is sent', async () => (await microphones()) === 2 && (await sending(page)));
  await says('everyone hears you');
  await card().getByRole('button', { name: 'Leave the stage' }).click();
  await says('Your hand is down');
}, 180_000);

test('whoever has the room open twice comes on stage on one page, and the other one says so', async () => {
  await raiseByForm(page, 'Zoe', 'The cellar');
  const twin = await listenTo(guest as Browser, room.url);
  await twin.locator('section.hand').getByText('you are the next one').waitFor();
  await desk.getByRole('button', { name: 'On stage: Zoe' }).click();
  const said = (on: Page): Promise<string> => on.locator('section.hand .hand-status').innerText();
  const both = async (): Promise<string[]> => [await said(page), await said(twin)];
  await until('one of them is on stage', async () => {
    const all = await both();
    return all.some((it) => /everyone hears you/.test(it)) && all.some((it) => /in another tab/.test(it));
  });
  expect((await onStage()).filter((name) => name === 'Zoe')).toHaveLength(1);
  const [on, off] = /everyone hears you/.test(await said(page)) ? [page, twin] : [twin, page];
  await off.locator('section.hand').getByRole('button', { name: 'Speak here instead' }).waitFor();
  await on.locator('section.hand').getByRole('button', { name: 'Leave the stage' }).click();
  await until('they have left the stage', async () => !(await onStage()).includes('Zoe'));
  await twin.close();
  await says('Your hand is down');
}, 180_000);

test('a hand is declined with a word, or lowered, and then gone from the line', async () => {
  await raiseByForm(page, 'Zoe', 'The lift');
  await desk.getByRole('button', { name: 'Decline: Zoe' }).click();
  await desk.keyboard.type('After the break');
  await desk.keyboard.press('Enter');
  await says('After the break');
  await raiseByForm(page, 'Zoe', 'The lift again');
  await desk.locator('.hand', { hasText: 'The lift again' }).waitFor();
  await card().getByRole('button', { name: 'Lower my hand' }).click();
  await says('Your hand is down');
  await desk.locator('.hand', { hasText: 'The lift again' }).waitFor({ state: 'detached' });
  for (const n of [1, 2, 3]) expect(await raiseHand(server.url, room.slug, n)).toBeDefined();
  await desk.getByRole('button', { name: 'Lower all hands…' }).click();
  await desk.keyboard.press('Enter');
  await desk.locator('.hand', { hasText: 'Topic 2' }).waitFor({ state: 'detached' });
}, 180_000);

test('a ban survives a return, and where only invited people speak nobody can raise a hand', async () => {
  await raiseByForm(page, 'Zoe', 'The garden');
  await desk.getByRole('button', { name: 'Ban: Zoe' }).click();
  await desk.keyboard.type('Shouting');
  await desk.keyboard.press('Enter');
  await says('A host has banned you');
  await page.close();
  page = await listenTo(guest as Browser, room.url);
  await card().getByRole('button', { name: 'Raise a hand' }).click();
  await card().getByLabel('Your name').fill('Somebody else');
  await card().getByRole('button', { name: 'Raise my hand' }).click();
  await says('Shouting');
  const other = await listenTo(host as Browser, room.url);
  const offer = other.locator('section.hand').getByRole('button', { name: 'Raise a hand' });
  await offer.waitFor();
  await desk.bringToFront();
  await desk.getByLabel('Only invited people').click();
  await offer.waitFor({ state: 'hidden' });
}, 180_000);
