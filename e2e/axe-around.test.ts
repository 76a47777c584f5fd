/** Pages around a room, as axe-core sees them: profiles, posts with images, what one is told, reminders, the forecast, what other sites frame. */
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { photoOf } from '../test/images/made-images.ts';
import { until } from './rig/server.ts';
import { send, startWalkedServer, type WalkedServer } from './rig/walked-server.ts';

/** Several times what it takes on two idle processors. */
const LIMIT_MS = 400_000;
const PASSWORD = 'seven quiet otters';
const IMAGE = { name: 'stage.jpg', mimeType: 'image/jpeg', buffer: photoOf(800, 500) };

/** Somebody whom the operator invites, with an address of their own. */
async function arrive({ server }: WalkedServer, ana: Page, name: string, email: string): Promise<Page> {
  await ana.goto(`${server.url}/operate/accounts`);
  await send(ana, 'Invite', { 'E-mail address': email });
  const invitation = await ana.locator('main code.secret').innerText();
  const context = await ana.context().browser()?.newContext({ locale: 'en-GB', bypassCSP: true });
  if (!context) throw new Error('this browser has one profile only');
  const page = await context.newPage();
  await page.goto(invitation);
  await send(page, 'Make an account', { 'Your name': name, Password: PASSWORD });
  let proof: string | undefined;
  await until('a link to confirm the address waits', async () => {
    await ana.goto(`${server.url}/operate/accounts`);
    const mails = (await ana.locator('pre').allTextContents()).join('\n');
    proof = /\/verify-email\?token=\S+/.exec(mails)?.[0];
    return proof !== undefined;
  });
  await page.goto(server.url + proof);
  await send(page, 'Confirm', { Password: PASSWORD });
  await page.goto(`${server.url}/compose`);
  await send(page, 'Take this address', { 'Your address: /@…': name.toLowerCase() });
  return page;
}

/** Pages with what several people did: a thread, a tombstone in it, a history, what is found, what one is told. */
async function together(walked: WalkedServer, ana: Page, post: string): Promise<void> {
  const { walk, server } = walked;
  const bea = await arrive(walked, ana, 'Bea', 'bea@rooms.example');
  await bea.goto(`${server.url}/@ana`);
  await send(bea, 'Follow');
  for (const said of ['Who speaks first?', 'مساء الخير! (20:00)']) {
    await bea.goto(server.url + post);
    await send(bea, 'Answer', { 'Your answer': said });
  }
  await bea.goto(`${server.url}${post}?show=quote`);
  await send(bea, 'Post', { 'What you say about it': 'Hear, hear #hall' });
  const quote = new URL(bea.url()).pathname;
  await bea.goto(server.url + post);
  await bea
    .getByRole('button', { name: /^Like,/ })
    .first()
    .click();
  await bea.getByRole('button', { name: /^Like no longer,/ }).waitFor();
  await walk.visit(ana, { what: 'account, something is new', path: '/account' });
  expect(await ana.locator('.ways').innerText()).toContain('Notifications (');
  await walk.visit(ana, { what: 'notifications, new ones', path: '/notifications', closely: true });

  await ana.goto(`${server.url}${post}?show=edit`);
  await send(ana, 'Save', { 'Your post': `The hall tonight, ${server.url}/r/soon #hall` });
  await walk.visit(ana, { what: 'history of a post', path: `${post}?show=history`, closely: true });
  await ana.goto(server.url + post);
  await send(ana, 'Pin to your page');
  await ana.goto(`${server.url}/@ana?show=edit`);
  const shows = {
    'About you': 'I hold the town hall.',
    Links: 'https://ana.example/',
    'Pinned room': 'soon',
  };
  await send(ana, 'Save', shows);
  await walk.visit(bea, { what: 'profile with everything', path: '/@ana', closely: true });
  for (const show of ['answers', 'rooms', 'followers', 'following'])
    await walk.visit(bea, { what: `profile, ${show}`, path: `/@ana?show=${show}` });
  await walk.visit(bea, { what: 'profile, next to nothing', path: '/@bea?show=rooms' });
  for (const [kind, words] of [
    ['posts', 'hall'],
    ['posts', 'STAGE'],
    ['people', 'ana'],
    ['rooms', 'soon'],
    ['posts', 'zzzqqq'],
  ])
    await walk.visit(bea, {
      ...{ what: `search, ${words} in ${kind}`, path: `/search?q=${words}&kind=${kind}`, closely: true },
    });
  for (const path of ['/following', '/posts']) await walk.visit(bea, { what: `${path}, with posts`, path });

  await ana.goto(`${server.url}${post}?show=delete`);
  await send(ana, 'Delete the post', { 'Why (if you like)': 'The date was wrong' });
  await walk.look('thread with a tombstone', ana, { closely: true });
  await walk.visit(bea, { what: 'quote of a tombstone', path: quote, closely: true });
}

test(
  'no page around a room has a fault that axe can see',
  async () => {
    await using walked = await startWalkedServer();
    const { walk, server, made, tabs } = walked;
    const [[ana], [zoe, yves]] = (await Promise.all([tabs(1), tabs(2)])) as [[Page], [Page, Page]];
    const [, first = ''] = /(\/sign-up\?invitation=\S+)/.exec(server.output()) ?? [];
    const known = { 'E-mail address': 'ana@rooms.example', Password: PASSWORD };
    await ana.goto(server.url + first);
    await send(ana, 'Make an account', { 'Your name': 'Ana', ...known });
    if (!ana.url().includes('/sign-in')) await ana.goto(`${server.url}/sign-in`);
    await send(ana, 'Sign in', known);
    await made('soon', { start: new Date(Date.now() + 86_400_000).toISOString() });

    await walk.visit(ana, { what: 'compose, no address yet', path: '/compose', closely: true });
    await send(ana, 'Take this address', { 'Your address: /@…': '_' });
    await walk.look('compose, an address that is refused', ana);
    await ana.goto(`${server.url}/compose`);
    await send(ana, 'Take this address', { 'Your address: /@…': 'ana' });
    await walk.look('profile, own, empty', ana, { closely: true });
    for (const path of ['/notifications', '/following', '/posts', '/search', '/reminders'])
      await walk.visit(ana, { what: `${path}, empty`, path });
    await walk.visit(ana, { what: 'settings', path: '/settings', closely: true });

    await ana.goto(`${server.url}/@ana?show=edit`);
    await walk.look('profile, changed', ana, { closely: true });
    await ana.getByLabel('Your picture').setInputFiles({ ...IMAGE, buffer: Buffer.from('no image') });
    await ana.getByRole('button', { name: 'Show this picture' }).click();
    await ana.locator('[role=status].bad').waitFor();
    await walk.look('profile, a picture that is refused', ana);
    await ana.getByLabel('Your picture').setInputFiles(IMAGE);
    await send(ana, 'Show this picture');
    await walk.look('profile, with a picture', ana);

    await ana.goto(`${server.url}/compose`);
    await ana.getByLabel('Images').setInputFiles([IMAGE, { ...IMAGE, buffer: photoOf(300, 700) }]);
    await ana.locator('.chosen input[name=image]').nth(1).waitFor({ state: 'attached' });
    await ana.getByLabel('Your post').fill(`The hall, ${server.url}/r/soon #hall`);
    await walk.look('compose, images to describe', ana, { closely: true });
    await send(ana, 'Post', { 'What is to be seen on image 1': 'The stage from above' });
    const post = new URL(ana.url()).pathname;
    const id = post.split('/').at(-1);
    await walk.look('post, own, with images', ana, { closely: true });
    await ana.locator('main details > summary').first().click();
    await walk.look('post, own, a description open', ana);
    await walk.visit(ana, { what: 'profile, own', path: '/@ana', closely: true });

    for (const path of ['/@ana', post, '/settings', '/notifications', '/reminders', '/numbers', '/compose'])
      await walk.visit(zoe, { what: `${path.replace(id ?? '', 'post')}, a stranger`, path });
    await walk.visit(zoe, { what: 'post, without scripts', path: post, plain: true });
    await walk.visit(zoe, { what: 'profile, reported', path: '/@ana?show=report', closely: true });
    const room = '/r/soon';
    await walk.visit(yves, { what: 'room, to be reminded', path: room, closely: true });
    for (const page of ['remind', 'forecast']) {
      await walk.visit(yves, { what: `${page} of a room`, path: `${room}/${page}`, closely: true });
      await walk.visit(yves, { what: `${page}, without scripts`, path: `${room}/${page}`, plain: true });
    }
    for (const path of ['/reminder/none', '/embed/r/soon', '/embed/r/soon/clip/k3v9x2m4q8', '/embed/p/none'])
      await walk.visit(yves, { what: path, path });
    await walk.visit(yves, { what: 'post in another site', path: `/embed/p/${id}`, closely: true });
    await together(walked, ana, post);
    expect(walk.faults).toEqual([]);
  },
  LIMIT_MS,
);
