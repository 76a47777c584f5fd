/** A host's notes and what strangers claim: in the studio, for the operator, and on the public pages. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Evening } from '../src/wire/evening.ts';
import type { HostNote } from '../src/wire/figures/host-note.ts';
import { type Browser, startBrowser } from './rig/browser.ts';
import { type MadeRoom, type Server, startServer, until } from './rig/server.ts';

const KEY = 'an-operator-of-the-tests';
/** A browser without a screen does not count, so it says what one with a screen would say. */
const AGENT =
  '--user-agent=Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/148.0.0.0 Safari/537.36';

let server: Server;
let browser: Browser;
let room: MadeRoom;
beforeAll(async () => {
  server = await startServer({ EARSHOT_CELLS: '1', EARSHOT_DOORS: '1', EARSHOT_OPERATOR_KEY: KEY });
  room = await server.room('Noted & said', '--host', 'Ana');
  browser = await startBrowser({ flags: [AGENT] });
}, 90_000);
afterAll(async () => {
  await browser?.[Symbol.asyncDispose]();
  await server?.[Symbol.asyncDispose]();
});

const notes = async (): Promise<readonly HostNote[]> =>
  ((await (await fetch(`${server.url}/api/rooms/${room.slug}/notes`)).json()) as { notes: HostNote[] }).notes;
const evening = async (): Promise<Evening> =>
  (await (await fetch(`${server.url}/r/${room.slug}/evening.json`)).json()) as Evening;

test('a note of the studio is an entry of the log, in the bundle, in the picture, and answered by the operator', async () => {
  const studio = await browser.page(room.studio);
  const card = studio.locator('.numbers.card');
  await card.locator('.notes form input').first().fill('The guest’s line dropped, <b>we restart</b>');
  await card.locator('.notes form button[class*=quiet]').last().click();
  await until('the note is written', async () => (await notes()).length === 1);
  const [note] = await notes();
  expect(note).toMatchObject({ author: 'host', text: 'The guest’s line dropped, <b>we restart</b>' });
  const answered = await server.cli<HostNote>(
    'note',
    room.slug,
    'Our switch failed',
    '--answers',
    String(note?.seq),
  );
  expect(answered).toMatchObject({ author: 'operator', answers: note?.seq });
  const second = await server.cli<HostNote>(
    'note',
    room.slug,
    'We are back',
    '--corrects',
    String(note?.seq),
  );
  expect(second.corrects).toBe(note?.seq);
  await until(
    'all three are in the picture',
    async () => (await evening()).events.filter(({ what }) => what === 'note').length === 3,
    60_000,
  );
  await until(
    'the studio shows the newest wording',
    async () => (await card.locator('.notes').textContent())?.includes('We are back') === true,
    60_000,
  );
  const entry = await (await fetch(`${server.url}/evidence/entry/${note?.entry}`)).json();
  expect(entry).toMatchObject({ kind: 'happening', what: 'note', room: room.slug, seq: note?.seq });
  const bundle = await (await fetch(`${server.url}/r/${room.slug}/bundle`)).text();
  expect(bundle).toContain('We are back');
  await studio.close();
}, 180_000);

test('a note that is refused says why: too long, by a stranger, and of a time to come', async () => {
  const refused = async (...args: string[]): Promise<string> =>
    server.cli('note', room.slug, ...args).then(
      () => 'written',
      (error: unknown) => String(error),
    );
  expect(await refused('x'.repeat(300))).toContain('unprocessable');
  expect(await refused('x', '--token', 'nonsense')).toContain('not-host');
  expect(await refused('x', '--at', '2099-01-01T00:00Z')).toContain('has not come yet');
  expect(await refused('x', '--answers', '999999')).toContain('not-found');
  expect(await notes()).toHaveLength(3);
}, 60_000);

test('what strangers say waits on the operator’s page: one is published, one refused with its reason', async () => {
  const say = (text: string): Promise<Response> =>
    fetch(`${server.url}/api/rooms/${room.slug}/claims`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ text }),
    });
  expect((await say('1.4 million listeners')).status).toBe(202);
  expect((await say('buy <i>shoes</i>')).status).toBe(202);
  const page = await browser.page(`${server.url}/operate`);
  await page.locator('#key').fill('wrong');
  await page.locator('form.enter button').click();
  await until(
    'the wrong key is refused',
    async () => (await page.locator('.told').textContent())?.includes('not the operator') === true,
  );
  await page.locator('#key').fill(KEY);
  await page.locator('form.enter button').click();
  await until('both wait', async () => (await page.locator('.waits').count()) === 2);
  const item = (text: string) => page.locator('.waits', { hasText: text });
  await item('shoes').getByRole('button', { name: 'Refuse' }).click();
  expect(await item('shoes').locator('.problem').textContent()).toContain('reason first');
  await item('shoes').locator('input').fill('says nothing about the audience');
  await item('shoes').getByRole('button', { name: 'Refuse' }).click();
  await item('1.4 million').getByRole('button', { name: 'Publish' }).click();
  await until('nothing waits', async () => (await page.locator('.waits').count()) === 0);
  const shown = await (await fetch(`${server.url}/r/${room.slug}/claims`)).text();
  expect(shown).toContain('1.4 million listeners');
  expect(shown).toContain('says nothing about the audience');
  expect(shown).not.toContain('shoes');
  await page.setViewportSize({ width: 360, height: 740 });
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
  await page.close();
}, 60_000);

test('the host attaches a claim to the room with the token of the link', async () => {
  const sent = await fetch(`${server.url}/api/rooms/${room.slug}/claims`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${room.token}` },
    body: JSON.stringify({ text: '3 listeners' }),
  });
  expect(sent.status).toBe(201);
  const { claims } = (await (await fetch(`${server.url}/api/rooms/${room.slug}/claims`)).json()) as {
    claims: { versions: { author: string; text: string }[] }[];
  };
  expect(claims[0]?.versions[0]).toMatchObject({ author: 'host', text: '3 listeners' });
});
