import { expect, test } from 'vitest';
import { fakeOrigin, openTestDoor } from '../../../test/door.ts';
import type { Assets } from '../answer/assets.ts';
import { openPages } from '../index.ts';

const assets: Assets = new Map([
  [
    '/_/service-worker.js',
    { bytes: Buffer.from('// ours'), type: 'text/javascript', etag: '"1"', immutable: false },
  ],
]);
const opened = async (installable: boolean) => {
  const door = await openTestDoor(fakeOrigin(), { assets, pages: openPages({ manifest: {}, installable }) });
  const url = `http://127.0.0.1:${door.port}`;
  const ask = (path: string, language = 'en'): Promise<Response> =>
    fetch(url + path, { headers: { 'accept-language': language, accept: '*/*' } });
  return Object.assign(door, { ask });
};

test('the app has a name, icons of the sizes that browsers ask for, and no address outside of this server', async () => {
  await using door = await opened(true);
  const answer = await door.ask('/manifest.webmanifest', 'fr');
  expect(answer.headers.get('content-type')).toBe('application/manifest+json');
  expect(answer.headers.get('vary')).toContain('accept-language');
  const said = (await answer.json()) as { icons: { src: string; sizes: string; purpose?: string }[] };
  expect(said).toMatchObject({ name: 'Earshot', lang: 'fr', start_url: '/', display: 'standalone' });
  expect(said.icons.map(({ sizes }) => sizes)).toEqual(expect.arrayContaining(['192x192', '512x512']));
  expect(said.icons.some(({ purpose }) => purpose === 'maskable')).toBe(true);
  expect(said.icons.filter(({ src }) => !src.startsWith('/'))).toEqual([]);
});

test('the worker is asked for again at each page, and may load nothing but this server', async () => {
  await using door = await opened(true);
  const answer = await door.ask('/service-worker.js');
  expect(answer.headers.get('cache-control')).toBe('no-cache');
  expect(answer.headers.get('content-security-policy')).toBe(
    "default-src 'none'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  );
  expect(await answer.text()).toBe('// ours');
});

test('an operator who wants none has it removed, and no page offers it', async () => {
  await using door = await opened(false);
  const text = await (await door.ask('/service-worker.js')).text();
  expect(text).toContain('registration.unregister()');
  expect(text).not.toContain('fetch');
  expect(await (await door.ask('/')).text()).not.toContain('rel="manifest"');
});

test('the page for moments without a connection loads one script of ours and says the same in both languages', async () => {
  await using door = await opened(true);
  const answer = await door.ask('/offline');
  const text = await answer.text();
  expect(text.match(/(?:src|href)="[^"]+"/g)).toEqual(['src="/_/offline.js"']);
  expect(text).toContain('tries again by itself');
  expect(text).toContain('réessaie d’elle-même');
  const policy = answer.headers.get('content-security-policy');
  expect(policy).toMatch(
    /^default-src 'none'; style-src 'sha256-[^']+'; script-src 'self'; connect-src 'self'/,
  );
  expect(policy).not.toContain('unsafe');
});

test('pages of listeners offer the app; what others may not keep does not', async () => {
  await using door = await opened(true);
  expect(await (await door.ask('/')).text()).toContain('<link rel="manifest" href="/manifest.webmanifest">');
  for (const path of ['/privacy', '/operate', '/r/room/embed'])
    expect([path, (await (await door.ask(path)).text()).includes('rel="manifest"')]).toEqual([path, false]);
});
