/**
 * A forecast from before the link is shared until it is shown to have been right or wrong: a host with followers and two
 * past rooms, a rehearsal and three real listeners, the final figures; without scripts, on the command line, in the
 * studio, and for the operator.
 */
import { readFileSync } from 'node:fs';
import { get, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Outcome } from '../src/rehearsal/index.ts';
import { open } from '../src/store/index.ts';
import type { ForecastTold } from '../src/wire/figures/forecast.ts';
import { type Browser, startBrowser } from './rig/browser.ts';
import { type Server, startServer, until } from './rig/server.ts';

const PASSWORD = 'seven quiet otters';
const HOUR = 3_600_000;
let server: Server;
let wide: Browser;
let phone: Browser;
let scripted: Browser;
beforeAll(async () => {
  server = await startServer({ EARSHOT_CELLS: '1', EARSHOT_DOORS: '1', EARSHOT_REHEARSAL: '50,1h' });
  wide = await startBrowser({ javaScript: false });
  phone = await startBrowser({ javaScript: false, viewport: { width: 320, height: 640 } });
  scripted = await startBrowser();
}, 180_000);
afterAll(async () => {
  for (const browser of [wide, phone, scripted]) await browser?.[Symbol.asyncDispose]();
  await server?.[Symbol.asyncDispose]();
});

const text = (page: Page): Promise<string> => page.locator('main').innerText();

/** The operator's account, signed in. */
async function signUp(page: Page): Promise<void> {
  page.setDefaultTimeout(60_000);
  const [, first = ''] = /(\/sign-up\?invitation=\S+)/.exec(server.output()) ?? [];
  const send = async (fields: Record<string, string>, button: string): Promise<void> => {
    for (const [label, value] of Object.entries(fields))
      await page.getByLabel(label, { exact: true }).first().fill(value);
    await Promise.all([
      page.waitForNavigation(),
      page.getByRole('button', { name: button, exact: true }).first().click(),
    ]);
  };
  const [name, email] = ['Ana', 'ana@rooms.example'];
  await page.goto(server.url + first);
  await send({ 'Your name': name, 'E-mail address': email, Password: PASSWORD }, 'Make an account');
  if (!page.url().includes('/sign-in')) await page.goto(`${server.url}/sign-in`);
  await send({ 'E-mail address': email, Password: PASSWORD }, 'Sign in');
}

/** Ana hosts the room, twelve accounts follow her, and two rooms of hers are over: 3 and 4 people were there. */
async function history(slug: string): Promise<void> {
  await using store = await open({ url: `sqlite:${join(server.data, 'earshot.sqlite')}` });
  const { db } = store;
  const ana = (await db.selectFrom('account').select('id').executeTakeFirstOrThrow()).id;
  const room = await db.selectFrom('room').selectAll().where('slug', '=', slug).executeTakeFirstOrThrow();
  const now = Date.now();
  await db
    .insertInto('room_member')
    .values({ room: room.id, account: ana, role: 'host', created: now })
    .execute();
  for (let i = 10; i < 22; i += 1) {
    const id = `019adf00-0000-7000-8000-0000000000${i}`;
    const at = new Date(now).toISOString();
    await db
      .insertInto('account')
      .values({
        ...{ id, name: `F${i}`, email: `${i}@rooms.example`, email_verified: 1, image: null, role: 'member' },
        ...{ created: at, updated: at, erased: null },
      })
      .execute();
    await db.insertInto('social_follow').values({ follower: id, followee: ana, at: now }).execute();
  }
  for (const [i, peak] of [3, 4].entries()) {
    const id = `019adf00-0000-7000-8000-00000000003${i}`;
    const ended = now - (9 - i) * 24 * HOUR;
    await db
      .insertInto('room')
      .values({
        ...{
          ...room,
          id,
          slug: `past-${i}`,
          title: 'Past',
          status: 'ended',
          start: ended - HOUR,
          opened: ended - HOUR,
        },
        ...{ ended, cell: null, zero: null, created: ended - 2 * HOUR },
      })
      .execute();
    await db
      .insertInto('room_member')
      .values({ room: id, account: ana, role: 'host', created: now })
      .execute();
    await db
      .insertInto('forecast_outcome')
      .values({
        ...{ room: id, ended, peak, heard: peak + 1, worst: 2, carried: peak, rung: 0, entry: null },
        ...{ arrivals: '[[0,2],[3,1]]', closed: 0, handed: 0 },
      })
      .execute();
  }
}

const told = (token: string): Promise<ForecastTold> =>
  fetch(`${server.url}/api/rooms/hall/forecast`, { headers: { authorization: `Bearer ${token}` } }).then(
    (response) => response.json() as Promise<ForecastTold>,
  );

/** A radio that listens until it is closed. */
async function radio(name: string): Promise<IncomingMessage> {
  const url = `${server.url}/r/hall/radio.mp3`;
  return new Promise((resolve, reject) => {
    get(url, { headers: { 'user-agent': `VLC/3.0.${name} LibVLC/3.0.${name}` } }, (answer) => {
      answer.on('error', () => undefined).resume();
      resolve(answer);
    }).on('error', reject);
  });
}

/**
 * A rehearsal in which nobody is hurt. A machine that stands still for some ms keeps listeners waiting as well: then it is
 * repeated, and a fault of ours would be there three times. Gaps, repetitions and errors are never the machine's.
 */
async function rehearse(slug: string): Promise<void> {
  const wish = ['--listeners', '12', '--ramp', '2s', '--hold', '15s'];
  const outcomes: Outcome[] = [];
  while (outcomes.length < 3 && !outcomes.at(-1)?.clean) {
    const out = join(server.data, `rehearsed-${outcomes.length}`);
    // It ends with 1 when anybody was hurt: its report says how.
    await server.cli('crowd', `${server.url}/r/${slug}`, ...wish, '--out', out).catch(() => undefined);
    const { outcome } = JSON.parse(readFileSync(join(out, 'report.json'), 'utf8')) as { outcome: Outcome };
    expect(outcome).toMatchObject({ joined: 12, gaps: 0, repeats: 0, flips: 0, errors: {} });
    outcomes.push(outcome);
  }
  expect(outcomes.at(-1)).toMatchObject({ clean: true });
}

test('a forecast is shown before, kept, and shown to have been right or wrong', async () => {
  const start = new Date(Date.now() + 2 * HOUR).toISOString();
  const room = await server.room('The hall', '--slug', 'hall', '--start', start);
  const ana = await wide.page(server.url);
  await signUp(ana);
  await history('hall');

  // Strangers learn nothing of it.
  const stranger = await phone.page(`${server.url}/r/hall/forecast`);
  expect(await text(stranger)).toContain('for its hosts and for operators');
  expect((await fetch(`${server.url}/api/rooms/hall/forecast`)).status).toBe(401);

  const before = await told(room.token);
  expect(before.now?.signals.followers).toBe(12);
  expect(before.now?.basis.own).toBe(2);
  const { low = 0, high = 0 } = before.now?.spans.peak ?? {};
  expect(low).toBeLessThanOrEqual(3);
  expect(high).toBeGreaterThanOrEqual(4);
  await ana.goto(`${server.url}/r/hall/forecast`);
  expect(await text(ana)).toContain(`Between ${low} and ${high} listeners at once`);
  expect(await text(ana)).toContain('12 followers');
  expect(await ana.locator('svg[role=img]').count()).toBeGreaterThanOrEqual(2);
  await ana.goto(`${server.url}/operate/server`);
  expect(await text(ana)).toMatch(/Forecast[\s\S]*The hall[\s\S]*listeners at once/);
  const printed = await server.cli<ForecastTold>('room', 'forecast', 'hall', '--url', server.url);
  expect(printed.serverScore?.checked).toBe(0);

  await until(
    'the forecast at the announcement is kept',
    async () => (await told(room.token)).shown.length > 0,
  );
  await server.cli('room', 'live', 'hall', '--url', server.url);
  await until('the one at the start is kept as well', async () => (await told(room.token)).shown.length > 1);

  // Rehearsed listeners are carried, and are nobody; the three radios are listeners.
  const radios = await Promise.all(['18', '20', '21'].map(radio));
  await rehearse('hall');
  await new Promise((resolve) => setTimeout(resolve, 65_000));
  await server.cli('room', 'end', 'hall', '--url', server.url);
  for (const one of radios) one.destroy();
  expect((await told(room.token)).outcome).toBeUndefined();

  let after = await told(room.token);
  await until(
    'the final figures are compared',
    async () => {
      after = await told(room.token);
      return after.outcome !== undefined;
    },
    240_000,
  );
  expect(after.outcome?.came).toMatchObject({ peak: 3, heard: 3 });
  expect(after.shown.map(({ moment, hits }) => [moment, hits?.peak])).toEqual([
    ['announced', 'inside'],
    ['start', 'inside'],
  ]);
  expect(after.score).toMatchObject({ checked: 1, inside: 1 });
  await ana.goto(`${server.url}/r/hall/forecast`);
  expect(await text(ana)).toMatch(/At the announcement: .* at once\. 3 came: right\./);
  expect(await ana.locator('svg .came').count()).toBeGreaterThan(0);
}, 480_000);
