/** What of a room stands elsewhere, and what is done about it, as axe-core sees it: frames, tombstones, reminders by mail, the forecast, a report. */
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { smtpServer } from '../test/smtp.ts';
import { goLive, joinStage } from './rig/people.ts';
import { freePort, until } from './rig/server.ts';
import { isHeard, press, send, startWalkedServer, type WalkedServer } from './rig/walked-server.ts';

/** Several times what it takes on two idle processors. */
const LIMIT_MS = 400_000;
const PASSWORD = 'seven quiet otters';
/** What a clip is made of. */
const SPOKEN_MS = 8_000;
const KNOWN = { 'E-mail address': 'ana@rooms.example', Password: PASSWORD };

/** A post with the card of the room; and one that was deleted, with a reason. */
async function posts(ana: Page, url: string, room: string): Promise<{ post: string; gone: string }> {
  const write = async (text: string): Promise<string> => {
    await ana.goto(`${url}/compose`);
    await send(ana, 'Post', { 'Your post': text });
    return new URL(ana.url()).pathname;
  };
  await ana.goto(`${url}/compose`);
  await send(ana, 'Take this address', { 'Your address: /@…': 'ana' });
  const post = await write(`Hear it: ${url}${room}`);
  const gone = await write('It is on Tuesday');
  await ana.goto(`${url}${gone}?show=delete`);
  await send(ana, 'Delete the post', { 'Why (if you like)': 'The date was wrong' });
  return { post, gone };
}

/** Reminded by mail: an address that is none, the link of the mail, yes, and no longer. */
async function reminders(
  { walk, server }: WalkedServer,
  zoe: Page,
  mail: Awaited<ReturnType<typeof smtpServer>>,
): Promise<void> {
  await walk.visit(zoe, { what: 'remind, by mail as well', path: '/r/soon/remind', closely: true });
  await send(zoe, 'Remind me by e-mail', { 'Your e-mail address': 'zoe@nowhere' });
  await walk.look('remind, a wrong address', zoe, { closely: true });
  await send(zoe, 'Remind me by e-mail', { 'Your e-mail address': 'zoe@else.example' });
  await walk.look('remind, a link is on its way', zoe);
  const link = (): string | undefined =>
    mail.received.map(({ text }) => /\/reminder\/[\w-]{22}/.exec(text)?.[0]).find(Boolean);
  await until('the mail', () => link() !== undefined);
  await zoe.goto(server.url + link());
  await walk.look('reminder, to be confirmed', zoe, { closely: true });
  await send(zoe, 'Yes, remind me');
  await walk.look('reminder, confirmed', zoe, { closely: true });
  await send(zoe, 'Remind me no longer');
  await walk.look('reminder, ended', zoe);
  for (const path of ['/r/hall/remind', '/r/off/remind', '/r/nowhere/remind', '/reminders'])
    await walk.visit(zoe, { what: path, path });
}

test(
  'nothing of a room that stands elsewhere has a fault that axe can see',
  async () => {
    const mail = await smtpServer();
    await using stack = new AsyncDisposableStack();
    stack.defer(() => mail.close());
    const port = String(await freePort());
    const walked = stack.use(
      await startWalkedServer({
        ...{ EARSHOT_PORT: port, EARSHOT_PUBLIC_URL: `http://127.0.0.1:${port}` },
        EARSHOT_SMTP_URL: `smtp://127.0.0.1:${mail.port}`,
      }),
    );
    const { walk, server, browser, api, made, tabs } = walked;
    const [[ana], [zoe, yves]] = (await Promise.all([tabs(1), tabs(2)])) as [[Page], [Page, Page]];
    const start = new Date(Date.now() + 86_400_000).toISOString();
    for (const slug of ['soon', 'off']) await made(slug, { start });
    await api('POST', '/api/rooms/off/cancel', { reason: 'The speaker is ill' });
    const hall = await made('hall');
    const host = await browser.page(hall.studio);
    await joinStage(host);
    await goLive(host);
    const spoken = new Promise((resolve) => setTimeout(resolve, SPOKEN_MS));

    const [, first = ''] = /(\/sign-up\?invitation=\S+)/.exec(server.output()) ?? [];
    await ana.goto(server.url + first);
    await send(ana, 'Make an account', { 'Your name': 'Ana', ...KNOWN });
    if (!ana.url().includes('/sign-in')) await ana.goto(`${server.url}/sign-in`);
    await send(ana, 'Sign in', KNOWN);
    await walk.visit(ana, { what: 'reminders, with mail', path: '/reminders', closely: true });
    await walk.visit(ana, { what: 'forecast, who may read it', path: '/r/soon/forecast', closely: true });
    await walk.visit(ana, { what: 'forecast of a room that is on', path: '/r/hall/forecast' });
    const { post, gone } = await posts(ana, server.url, '/r/soon');
    await walk.visit(zoe, { what: 'post, deleted', path: gone, closely: true });
    await walk.visit(zoe, { what: 'profile, to be reported', path: '/@ana?show=report' });
    await send(zoe, 'Send the report', { Why: 'spam', 'In your own words': 'It is an advertisement' });
    await walk.look('profile, reported', zoe);
    await walk.visit(ana, { what: 'desk, a profile reported', path: '/operate/reports', closely: true });
    await reminders(walked, zoe, mail);

    await spoken;
    const headers = { authorization: `Bearer ${hall.token}`, 'content-type': 'application/json' };
    const body = JSON.stringify({ title: 'A moment', last: 4 });
    const clip = await fetch(`${server.url}/api/rooms/hall/clips`, { method: 'POST', headers, body });
    expect(clip.status).toBeLessThan(300);
    const { path } = (await clip.json()) as { path: string };
    await until('the clip', async () => (await fetch(`${server.url}${path}.m4a`)).ok);
    const framed = (at: string): string => `/embed/p/${at.split('/').at(-1)}`;
    const closely = { closely: true };
    await walk.visit(yves, { what: 'embed, a clip', path: `/embed${path}`, ...closely });
    await walk.visit(yves, { what: 'embed, a post', path: framed(post), ...closely });
    await walk.visit(yves, { what: 'embed, a deleted post', path: framed(gone), ...closely });
    await walk.visit(yves, { what: 'embed, a room that comes', path: '/embed/r/soon', ...closely });
    await walk.visit(yves, { what: 'embed, called off', path: '/embed/r/off' });
    await yves.getByText('The host says: “The speaker is ill”').waitFor();
    await walk.visit(yves, {
      ...{ what: 'embed, listening', path: '/embed/r/hall', ...closely },
      act: async (on) => {
        await press(on, /^Listen/);
        await isHeard(on);
      },
    });
    expect(walk.faults).toEqual([]);
  },
  LIMIT_MS,
);
