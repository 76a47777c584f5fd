/** Pages around a room, as axe-core sees them: profiles, posts with images, what one is told, reminders, the forecast, what other sites frame. */
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { photoOf } from '../test/images/made-images.ts';
import { send, startWalkedServer } from './rig/walked-server.ts';

/** Several times what it takes on two idle processors. */
const LIMIT_MS = 400_000;
const PASSWORD = 'seven quiet otters';
const IMAGE = { name: 'stage.jpg', mimeType: 'image/jpeg', buffer: photoOf(800, 500) };

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
    expect(walk.faults).toEqual([]);
  },
  LIMIT_MS,
);
