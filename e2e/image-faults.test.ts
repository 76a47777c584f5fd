/** Images while the machine fails: a disk that is full, and a server that is killed while they are sent and made. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { photoOf, pngOf } from '../test/images/made-images.ts';
import { type Browser, startBrowser } from './rig/browser.ts';
import { type Server, startServer, until } from './rig/server.ts';
import { send } from './rig/walked-server.ts';

const files = (server: Server): string[] =>
  readdirSync(join(server.data, 'images'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => name)
    .sort();

/** Somebody who may write posts, and what the browser sends to say who they are. */
async function someone(
  server: Server,
  browser: Browser,
): Promise<{ readonly ana: Page; readonly cookie: string }> {
  const [, first = ''] = /(\/sign-up\?invitation=\S+)/.exec(server.output()) ?? [];
  const ana = await browser.page(server.url + first);
  ana.setDefaultTimeout(60_000);
  const known = { 'E-mail address': 'ana@rooms.example', Password: 'seven quiet otters' };
  await send(ana, 'Make an account', { 'Your name': 'Ana', ...known });
  if (!ana.url().includes('/sign-in')) await ana.goto(`${server.url}/sign-in`);
  await send(ana, 'Sign in', known);
  await ana.goto(`${server.url}/compose`);
  await send(ana, 'Take this address', { 'Your address: /@…': 'ana' });
  const cookies = await browser.context.cookies(server.url);
  return { ana, cookie: cookies.map(({ name, value }) => `${name}=${value}`).join('; ') };
}
const upload = (server: Server, cookie: string, bytes: Buffer): Promise<Response> =>
  fetch(`${server.url}/api/images`, {
    ...{ method: 'POST', body: new Uint8Array(bytes) },
    headers: { cookie, 'content-type': 'image/jpeg', origin: server.url },
  });

test('on a full disk an image is refused in words, nothing of it is left, and it can be sent once there is room', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'earshot-images-full-'));
  // Images leave 500 MB to recordings and to the log.
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=560m', 'tmpfs', dir]);
  expect(mounted.status, 'mounting a small disk needs root').toBe(0);
  try {
    await using server = await startServer({ EARSHOT_DATA: dir, EARSHOT_CELLS: '1', EARSHOT_DOORS: '1' });
    await using browser = await startBrowser();
    const { ana, cookie } = await someone(server, browser);
    const ballast = join(dir, 'ballast');
    writeFileSync(ballast, Buffer.alloc(100_000_000));
    const refused = await upload(server, cookie, photoOf(900, 600));
    expect(refused.status).toBe(507);
    expect(await refused.json()).toMatchObject({
      code: 'images-full',
      detail: expect.stringContaining('The disk of this server is full'),
    });
    expect(files(server)).toEqual([]);
    await ana.goto(`${server.url}/compose`);
    await ana.getByLabel('Your post').fill('A full disk');
    await ana.getByLabel('Images').setInputFiles({
      ...{ name: 'hall.jpg', mimeType: 'image/jpeg', buffer: photoOf(900, 600) },
    });
    const bad = ana.locator('.chosen .bad');
    await bad.waitFor();
    expect(await bad.innerText()).toContain('Tell its operator');
    expect(await ana.getByLabel('Your post').inputValue()).toBe('A full disk');
    rmSync(ballast);
    await ana.getByRole('button', { name: 'Try again' }).click();
    await ana.locator('.chosen input[name=image]').waitFor({ state: 'attached' });
    expect(files(server).length).toBe(3);
  } finally {
    spawnSync('umount', ['-l', dir]);
    rmSync(dir, { recursive: true, force: true });
  }
}, 240_000);

test('a server that is killed while images are sent and made has whole ones or none, and takes the same file again', async () => {
  await using server = await startServer({ EARSHOT_CELLS: '1', EARSHOT_DOORS: '1' });
  await using browser = await startBrowser({ javaScript: false });
  const { cookie } = await someone(server, browser);
  const kept = await upload(server, cookie, pngOf(60, 40));
  expect(kept.status).toBe(201);
  const whole = files(server);
  // One is half sent, others are being made.
  const half = request(`${server.url}/api/images`, {
    ...{ method: 'POST', headers: { cookie, origin: server.url, 'content-length': '500000' } },
  });
  half.on('error', () => undefined);
  half.write(Buffer.alloc(250_000));
  const large = photoOf(4_000, 3_000);
  const making = upload(server, cookie, large).catch(() => undefined);
  await new Promise((resolve) => setTimeout(resolve, 700));
  const killed = server.child('site', 0);
  process.kill(killed ?? 0, 'SIGKILL');
  await making;
  half.destroy();
  await until('another one runs', async () => {
    const now = server.child('site', 0);
    return now !== undefined && now !== killed && (await fetch(`${server.url}/posts`)).ok;
  });
  // What was written and is no whole image is swept when the site starts.
  await until('nothing is half written', async () => !files(server).some((name) => name.endsWith('.tmp')));
  expect(files(server)).toEqual(expect.arrayContaining(whole));
  const again = await upload(server, cookie, large);
  expect(again.status).toBe(201);
  const { id } = (await again.json()) as { id: string };
  expect(files(server).filter((name) => name.startsWith(id))).toHaveLength(3);
  for (const name of files(server)) expect((await fetch(`${server.url}/_image/${name}`)).status).toBe(200);
}, 240_000);
