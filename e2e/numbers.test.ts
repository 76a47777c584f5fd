/**
 * From an ear to a figure that a sceptic can check: a real listener, the counting, the evidence log, the bundle, the
 * verifier, the claim checker and the page.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Evening } from '../src/wire/evening.ts';
import type { RoomNumbers } from '../src/wire/numbers.ts';
import { type Browser, startBrowser } from './rig/browser.ts';
import { listenTo } from './rig/people.ts';
import { type MadeRoom, type Server, startServer, until } from './rig/server.ts';

/** A browser without a screen does not count, so it says what one with a screen would say. */
const AGENT =
  '--user-agent=Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/148.0.0.0 Safari/537.36';
/** An entry is written at the end of each minute, and a checkpoint within ten seconds. */
const TWO_MINUTES = 150_000;

let server: Server;
let browser: Browser;
let room: MadeRoom;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'earshot-numbers-'));
  server = await startServer({ EARSHOT_CELLS: '1', EARSHOT_DOORS: '1' });
  room = await server.room('Counted & checked');
  browser = await startBrowser({ flags: [AGENT] });
}, 90_000);
afterAll(async () => {
  await browser?.[Symbol.asyncDispose]();
  await server?.[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

const json = async <Found>(file: string): Promise<Found | undefined> => {
  const response = await fetch(`${server.url}/r/${room.slug}/${file}`);
  return response.ok ? ((await response.json()) as Found) : undefined;
};
const numbers = (): Promise<RoomNumbers | undefined> => json<RoomNumbers>('numbers.json');

test('a listener is counted by both sides, written down, and found by whoever checks', async () => {
  await listenTo(browser, `${server.url}/r/${room.slug}`);
  await until(
    'both sides count the listener',
    async () => {
      const now = await numbers();
      return now?.metrics.listeners_now?.value === 1 && now.status === 'reconciled';
    },
    TWO_MINUTES,
  );
  expect((await numbers())?.metrics.join_success?.value).toBe(1);
  await until(
    'the log has it',
    async () => {
      const peak = (await numbers())?.metrics.peak_concurrent;
      return peak?.value === 1 && peak.entry !== undefined;
    },
    TWO_MINUTES,
  );

  const bundle = join(folder, 'bundle');
  const found = { text: '' };
  await until(
    'the bundle holds a minute with a listener',
    async () => {
      const response = await fetch(`${server.url}/r/${room.slug}/bundle`);
      found.text = response.ok ? await response.text() : '';
      return /\\"peak_concurrent\\":\{[^}]*\\"net\\":1/.test(found.text);
    },
    60_000,
  );
  writeFileSync(bundle, found.text);
  const held = await server.cli<{ ok: boolean; findings: unknown[] }>('verify', bundle);
  expect(held).toMatchObject({ ok: true, findings: [] });

  const claim = await server.cli<{ verdict: string; entry?: number }>(
    'claim',
    '1 listener at the peak',
    '--bundle',
    bundle,
  );
  expect(claim.verdict).toBe('matches');
  const entry = await fetch(`${server.url}/evidence/entry/${claim.entry}`);
  expect(((await entry.json()) as { room: string }).room).toBe(room.slug);

  // One more listener than there was, and nothing else.
  writeFileSync(bundle, found.text.replace(/(\\"peak_concurrent\\":\{[^}]*\\"net\\":)1/, '$12'));
  await expect(server.cli('verify', bundle)).rejects.toThrow('ended with 1');
}, 400_000);

test('the page draws the evening and says what each figure means, in the light and in the dark', async () => {
  for (const colorScheme of ['light', 'dark'] as const) {
    const page = await browser.context.newPage();
    await page.emulateMedia({ colorScheme });
    await page.goto(`${server.url}/r/${room.slug}/numbers`);
    await until('the picture is drawn', () => page.locator('#evening canvas').first().isVisible());
    expect(await page.locator('#headline').textContent()).toContain(
      'At its busiest moment 1 listened at once.',
    );
    expect(await page.locator('[data-metric="peak_concurrent"]').textContent()).toBe('1');
    await page.locator('#peak_concurrent summary').click();
    expect(await page.locator('#peak_concurrent').textContent()).toContain('Never a sum of peaks.');
    await page.setViewportSize({ width: 360, height: 740 });
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    expect(width).toBeLessThanOrEqual(360);
    await page.close();
  }
  expect(browser.complaints.filter((text) => !text.includes('favicon'))).toEqual([]);
}, 60_000);

test('the evening, CSV, Parquet and the card of a figure say the same', async () => {
  const evening = await json<Evening>('evening.json');
  expect(Math.max(...(evening?.points ?? []).map(([, , , m]) => m))).toBe(1);
  expect(evening?.events.map(({ what }) => what)).toContain('opened');
  const csv = await (await fetch(`${server.url}/r/${room.slug}/numbers.csv`)).text();
  expect(csv).toMatch(/,peak_concurrent,,sessions,1,/);
  const parquet = Buffer.from(
    await (await fetch(`${server.url}/r/${room.slug}/numbers.parquet`)).arrayBuffer(),
  );
  expect(parquet.subarray(0, 4).toString()).toBe('PAR1');
  const card = await (await fetch(`${server.url}/r/${room.slug}/numbers/peak_concurrent.svg`)).text();
  expect(card).toContain('Counted &amp; checked');
  expect((await fetch(`${server.url}/r/${room.slug}/numbers/post_reach.svg`)).status).toBe(404);
});

test('no address of a listener is in what was counted and written down', async () => {
  const kept = ['audience', 'evidence'].flatMap((part) =>
    readdirSync(join(server.data, part), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name)),
  );
  expect(kept.length).toBeGreaterThan(3);
  const addresses = [Buffer.from('127.0.0.1'), Buffer.from([127, 0, 0, 1]), Buffer.from([1, 0, 0, 127])];
  for (const file of kept)
    for (const address of addresses)
      expect([file, readFileSync(file).includes(address)]).toEqual([file, false]);
});
