/** Pages of the audience, as axe-core sees them: rooms in every state, what stands in for a page, what listeners do. */
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { busyPage, LARGE_HEAD_PAGE, OFFLINE_PAGE, siteAwayPage, waitPage } from '../src/pages/index.ts';
import type { Stop } from './rig/axe-walk.ts';
import { raiseByForm } from './rig/hands.ts';
import { goLive, joinStage } from './rig/people.ts';
import { isHeard, openAll, press, startWalkedServer, type WalkedServer } from './rig/walked-server.ts';

/** Several times what it takes on two idle processors. */
const LIMIT_MS = 400_000;
const PASSWORD = 'seven quiet otters';
/** Longer than a page is looked at. */
const WAIT_S = 900;
const QUESTION = 'When is the next one?';

const inSeconds = (seconds: number): string => new Date(Date.now() + seconds * 1000).toISOString();
const enter = async (on: Page, password: string): Promise<void> => {
  await on.getByLabel('Password of the room').fill(password);
  await press(on, 'Enter the room');
};
const hear = async (on: Page): Promise<void> => {
  await press(on, /^Listen/);
  await isHeard(on);
};

/** What a server that has no room yet shows, and what stands in for a page. */
const FIRST: readonly Stop[] = [
  { what: 'home, empty', path: '/' },
  { what: 'not found', path: '/nowhere' },
  { what: 'wait', html: waitPage('/', WAIT_S), waits: true },
  { what: 'busy', html: busyPage('hall', WAIT_S), waits: true },
  { what: 'away', html: siteAwayPage(false), waits: true },
  { what: 'away, something sent', html: siteAwayPage(true) },
  { what: 'large head', html: LARGE_HEAD_PAGE },
  { what: 'offline', html: OFFLINE_PAGE },
];

/** Makes rooms that nobody speaks in, each in another state. */
async function makeRooms({ api, made }: WalkedServer): Promise<void> {
  await made('late', { start: inSeconds(2) });
  for (const slug of ['soon', 'off']) await made(slug, { start: inSeconds(86_400) });
  for (const slug of ['open', 'stopped', 'over']) await made(slug);
  const next = await made('next');
  await made('closed', { access: 'private', password: PASSWORD });
  await api('POST', '/api/rooms/off/cancel', { reason: 'The speaker is ill' });
  await api('POST', '/api/rooms/stopped/stop', { reason: 'To look at it.' });
  await api('POST', '/api/rooms/over/end');
  await api('POST', '/api/rooms/open/continue', { by: 'next', link: next.studio });
}
const ROOMS: readonly Stop[] = [
  { what: 'home, with rooms', path: '/', closely: true },
  { what: 'home, without scripts', path: '/', plain: true },
  { what: 'room, scheduled', path: '/r/soon', closely: true },
  { what: 'room, scheduled, without scripts', path: '/r/soon', plain: true, waits: true },
  { what: 'room, late', path: '/r/late' },
  { what: 'room, open', path: '/r/next' },
  { what: 'room, continued, without scripts', path: '/r/open', plain: true },
  { what: 'room, cancelled', path: '/r/off' },
  { what: 'room, stopped', path: '/r/stopped' },
  { what: 'room, ended, nothing recorded', path: '/r/over' },
  { what: 'room, closed', path: '/r/closed', closely: true },
  { what: 'room, closed, without scripts', path: '/r/closed', plain: true },
  {
    what: 'room, closed, a wrong password',
    path: '/r/closed',
    act: async (on) => {
      await enter(on, 'another one');
      await on.locator('#closed-says:not(:empty)').waitFor();
    },
  },
  {
    what: 'room, entered with its password',
    path: '/r/closed',
    act: async (on) => {
      await enter(on, PASSWORD);
      await on.getByRole('heading', { name: 'Room closed' }).waitFor();
    },
  },
  { what: 'player elsewhere, closed', path: '/r/closed/embed' },
  { what: 'player elsewhere, scheduled', path: '/r/soon/embed' },
  { what: 'studio, without a link', path: '/r/next/studio' },
  { what: 'studio, with a wrong link', path: '/r/next/studio#token=wrong' },
];

/** What a listener sees and does while somebody speaks. */
const LIVE: readonly Stop[] = [
  { what: 'room, live', path: '/r/hall' },
  { what: 'room, live, without scripts', path: '/r/hall', plain: true },
  { what: 'player elsewhere, live', path: '/r/hall/embed' },
  {
    what: 'room, listening, all unfolded, a question half written',
    path: '/r/hall',
    closely: true,
    act: async (on) => {
      await hear(on);
      await on.locator('.questions').getByText(QUESTION).waitFor();
      await openAll(on);
      await press(on, 'Ask a question');
    },
  },
  {
    what: 'room, listening, a hand raised',
    path: '/r/hall',
    act: async (on) => {
      await hear(on);
      await raiseByForm(on, 'Kim', 'The roof');
    },
  },
];

test(
  'no page of the audience has a fault that axe can see, or scrolls sideways on a phone',
  async () => {
    await using walked = await startWalkedServer();
    const { walk, server, browser } = walked;
    const tabs = await walked.tabs(3);
    await walk.visitAll(tabs, FIRST);
    const hall = await walked.made('hall');
    const host = await browser.page(hall.studio);
    await joinStage(host);
    await goLive(host);
    await makeRooms(walked);
    const asked = await fetch(`${server.url}/r/hall/questions`, {
      ...{ method: 'POST', headers: { 'content-type': 'application/json' } },
      body: JSON.stringify({ text: QUESTION, name: 'Zoe' }),
    });
    expect(asked.status).toBeLessThan(300);
    await walk.visitAll(tabs, [...LIVE, ...ROOMS]);
    expect(walk.stops.size).toBe(FIRST.length + LIVE.length + ROOMS.length);
    expect(walk.faults).toEqual([]);
  },
  LIMIT_MS,
);
