/** What a page tells of its listener: proofs of the sound, seconds played, and how joining went. */
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { epochMs, FRAGMENTS_PER_SEGMENT, fragmentAt } from '../src/base/time.ts';
import { readSecret } from '../src/keys/secret.ts';
import { segmentTags } from '../src/keys/segment-tags.ts';
import { type ProvenWindow, proofOf, sessionOf, WINDOW_SEGMENTS } from '../src/wire/listening-proof.ts';
import { openBareChromium } from './bare-chromium.ts';
import { type AudienceEar, openAudienceEar } from './rig/audience-ear.ts';
import { type Browser, startBrowser } from './rig/browser.ts';
import { listenTo } from './rig/people.ts';
import { type MadeRoom, type Server, startServer, until } from './rig/server.ts';

let server: Server;
let browser: Browser;
let room: MadeRoom;
let zero = 0;
/** Long enough for the segments of a first proof (15.36 s) after one that is not whole. */
const RECORDED_MS = 27_000;
/** Sessions given out. */
let given = 0;

/** The number of the next segment of a program. */
const nextSegment = (from: number): number =>
  Math.floor(fragmentAt(epochMs(from), epochMs(Date.now())) / FRAGMENTS_PER_SEGMENT) + 1;
/** A token whose windows begin with a segment: the next one, as doors give them. */
function session(first = nextSegment(zero)): string {
  const id = Buffer.from([first % WINDOW_SEGMENTS, 10, 0, 0, 0, 0, 0, ++given]);
  return Buffer.concat([id, Buffer.alloc(16)]).toString('base64url');
}
const openEar = (): Promise<AudienceEar> => openAudienceEar(server.url, () => session());

beforeAll(async () => {
  server = await startServer({ EARSHOT_CELLS: '1', EARSHOT_DOORS: '1' });
  room = await server.room('Counted');
  zero = (await server.cli<{ zero: number }>('room', 'show', room.slug)).zero;
  browser = await startBrowser();
}, 90_000);
afterAll(async () => {
  await browser?.[Symbol.asyncDispose]();
  await server?.[Symbol.asyncDispose]();
});

/** Whether a beacon proves what it says, by the tags that the installation's secret makes. */
const proves = ({ beacon }: AudienceEar['beacons'][number]): boolean => {
  const tags = segmentTags(readSecret(`${server.data}/secret`));
  const window: ProvenWindow = { ...beacon, session: sessionOf(beacon.session) as Uint8Array };
  return proofOf(window, (segment) => tags(room.slug, segment)) === beacon.proof;
};
/** What was told once; that the page is open is told again and again, see `in_room_now`. */
const once = (ear: AudienceEar): AudienceEar['events'] =>
  ear.events.filter(({ event: [name] }) => name !== 'page-open');
const names = (ear: AudienceEar): string[] => once(ear).map(({ event: [name] }) => name);

// Side by side, because they wait for half minutes of sound. Each has an address of its own: no page shares with another.
describe.concurrent('a page that listens', () => {
  test('a listener is proven within half a minute and each 30 s from then on, and the seconds are those that were played', async () => {
    await using ear = await openEar();
    const page = await listenTo(browser, `${ear.url}/r/${room.slug}`);
    const began = performance.now();
    await until('the first proof', async () => ear.beacons.length > 0, 30_000);
    await page.evaluate(() => {
      for (const audio of document.querySelectorAll('audio')) audio.muted = true;
    });
    await until('two more', async () => ear.beacons.length > 2, 60_000);
    await page.getByRole('button', { name: /^Pause/ }).click();
    const played = (performance.now() - began) / 1000;
    const proven = (): number => ear.beacons.reduce((sum, { beacon }) => sum + beacon.seconds, 0);
    await until('the last proof', async () => proven() > played - 7, 10_000);
    await wait(1_500);
    expect(ear.wrong).toEqual([]);
    expect(ear.beacons.map(proves)).not.toContain(false);
    expect(new Set(ear.beacons.map(({ beacon }) => String(sessionOf(beacon.session)))).size).toBe(1);
    const [first, ...rest] = ear.beacons;
    expect(first?.beacon).toMatchObject({ way: 'stream', segments: 3, audible: true, hidden: false });
    expect(rest.every(({ beacon }) => beacon.audible === false)).toBe(true);
    // The last one came with the pause; what was heard of the segment that was running is not proven.
    expect(proven()).toBeLessThan(played + 0.5);
    expect(names(ear)).toEqual(['visit', 'attempt', 'success']);
    expect(once(ear).at(-1)?.session).toBe(first?.beacon.session);

    // Loaded again, it is the same visit; and another attempt.
    await page.reload();
    await page.getByRole('button', { name: /^Listen/ }).click();
    await until(
      'it joins again',
      async () => names(ear).filter((name) => name === 'success').length > 1,
      20_000,
    );
    expect(names(ear).filter((name) => name === 'visit')).toHaveLength(1);
    expect(new Set(once(ear).map(({ event: [, key] }) => key)).size).toBe(3);
    await page.close();
  }, 150_000);

  test('of two tabs that share a connection one tells, and when it closes the other goes on with the same session', async () => {
    await using ear = await openEar();
    const tabs = [
      await listenTo(browser, `${ear.url}/r/${room.slug}`),
      await listenTo(browser, `${ear.url}/r/${room.slug}`),
    ];
    await until('proofs', async () => ear.beacons.length > 1, 60_000);
    expect(ear.streams).toHaveLength(1);
    const windows = ear.beacons.map(({ beacon }) => `${beacon.window} ${beacon.segments}`);
    expect(new Set(windows).size).toBe(windows.length);
    await tabs[0]?.close();
    const before = ear.beacons.length;
    await until('the other tab tells', async () => ear.beacons.length > before, 60_000);
    // A door gives a fresh token of the same session to whoever comes back.
    const ids = ear.beacons.map(({ beacon }) => String(sessionOf(beacon.session)));
    expect(new Set(ids).size).toBe(1);
    expect(ear.streams.at(-1)?.get('session')).toBe(ear.beacons[0]?.beacon.session);
    expect(ear.beacons.map(proves)).not.toContain(false);
    await tabs[1]?.close();
  }, 150_000);

  test('the door counts what a page proves, and nothing of it is wrong', async () => {
    const results = async (): Promise<Record<string, number>> =>
      Object.fromEntries(
        [
          ...(await server.metrics()).matchAll(
            /earshot_door_beacons_total\{(?:[^}]*,)?result="([^"]+)"[^}]*\} (\d+)/g,
          ),
        ].map(([, result = '', count]) => [result, Number(count)] as const),
      );
    const counted = async (): Promise<number> => (await results())['counted'] ?? 0;
    const page = await listenTo(browser, room.url);
    await until('two proofs count', async () => (await counted()) >= 2, 60_000);
    await page.close();
    const { counted: all, ...rest } = await results();
    expect(Object.values(rest).every((count) => count === 0)).toBe(true);
    expect(all).toBeGreaterThanOrEqual(2);
  }, 120_000);

  test('a hidden tab without sound goes on to prove', async () => {
    await using ear = await openEar();
    await using bare = await openBareChromium();
    const tab = await bare.tab(`${ear.url}/r/${room.slug}`);
    await tab.run(`new Promise((ready) => {
      const look = () => {
        const button = document.querySelector('.controls .button.main');
        if (!button) return setTimeout(look, 50);
        button.click();
        begun();
      };
      const begun = () => {
        const audio = document.querySelector('audio');
        if (audio.paused || audio.currentTime === 0) return setTimeout(begun, 50);
        audio.muted = true;
        ready();
      };
      look();
    })`);
    await bare.tab('about:blank');
    await until(
      'the tab is hidden',
      async () => (await tab.run('document.visibilityState')) === 'hidden',
      5_000,
    );
    await until('proofs', async () => ear.beacons.length > 2, 90_000);
    expect(ear.beacons.every(({ beacon }) => beacon.hidden === true && beacon.audible === false)).toBe(true);
    expect(ear.beacons.map(proves)).not.toContain(false);
    const times = ear.beacons.map(({ at }) => at);
    for (const [n, at] of times.entries()) if (n > 0) expect(at - (times[n - 1] ?? 0)).toBeLessThan(40_000);
  }, 150_000);

  test('a replay proves what is played of it, with a session of its own', async () => {
    const recorded = await server.room('Recorded');
    const { zero: began } = await server.cli<{ zero: number }>('room', 'live', recorded.slug);
    const first = nextSegment(began);
    await using ear = await openAudienceEar(server.url, () => session(first));
    await wait(RECORDED_MS);
    await server.cli('room', 'end', recorded.slug);
    const page = await browser.page(`${ear.url}/r/${recorded.slug}`);
    await page.getByRole('button', { name: 'Play replay' }).click();
    const played = performance.now();
    await page.getByLabel('Speed').selectOption('2');
    await until('a proof', async () => ear.beacons.length > 0, 60_000);
    const [{ beacon } = { beacon: undefined }] = ear.beacons;
    expect(beacon).toMatchObject({ way: 'replay', audible: true });
    const tags = segmentTags(readSecret(`${server.data}/secret`));
    const window = { ...beacon, session: sessionOf(beacon?.session ?? '') } as ProvenWindow;
    expect(beacon?.proof).toBe(proofOf(window, (segment) => tags(recorded.slug, segment)));
    // Seconds of the listener, not of the recording, which is played twice as fast.
    expect(beacon?.seconds).toBeLessThanOrEqual((performance.now() - played) / 1000);
    expect(ear.asked).toBe(1);
    expect(names(ear)).toEqual(['visit']);
    await page.close();
  }, 240_000);

  test('a browser that asks not to be tracked is counted, and nothing else is told', async () => {
    await using ear = await openEar();
    const context = await browser.context.browser()?.newContext();
    const page = await (context ?? browser.context).newPage();
    await page.addInitScript(() => Object.defineProperty(navigator, 'globalPrivacyControl', { value: true }));
    await page.goto(`${ear.url}/r/${room.slug}`);
    await page.getByRole('button', { name: /^Listen/ }).click();
    await until('a proof', async () => ear.beacons.length > 0, 40_000);
    expect(ear.beacons.map(proves)).toEqual([true]);
    expect(Object.keys(JSON.parse(ear.beacons[0]?.body ?? '{}')).toSorted()).toEqual([
      ...['proof', 'seconds', 'segments', 'session', 'way', 'window'],
    ]);
    expect(ear.events.map((told) => told.session)).not.toContain(ear.beacons[0]?.beacon.session);
    expect(await page.evaluate(() => Object.keys(sessionStorage))).toEqual([]);
    await page.close();
  }, 90_000);
});
