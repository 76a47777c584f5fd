import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Incident } from '../src/incident/index.ts';
import { type Browser, startBrowser } from './rig/browser.ts';
import { type Server, startServer, until } from './rig/server.ts';

let server: Server;
let browser: Browser;

beforeAll(async () => {
  server = await startServer();
  browser = await startBrowser({ javaScript: false });
}, 120_000);
afterAll(async () => {
  await browser?.[Symbol.asyncDispose]();
  await server?.[Symbol.asyncDispose]();
});

const listed = async (): Promise<string[]> => {
  const page = await (await fetch(`${server.url}/incidents`)).text();
  return [...page.matchAll(/href="incidents\/(\d{8}-\d{6}b*)\.html"/g)].map(([, id = '']) => id);
};
const told = async (id: string): Promise<Incident> =>
  (await (await fetch(`${server.url}/incidents/${id}.json`)).json()) as Incident;

describe('an incident in a browser', () => {
  let id: string;

  test('is opened by command and annotated by a form that needs no script', async () => {
    await server.cli('incident', 'open', 'The sound is thin');
    [id = ''] = await listed();
    const { token } = await server.cli<{ token: string }>('operator', 'link');
    const page = await browser.page(`${server.url}/incidents/${id}`);
    expect(await page.locator('form').count()).toBe(0);
    await page.getByRole('link', { name: 'Write a note or an account, or close it' }).click();
    const form = page.locator('form').filter({ has: page.getByRole('button', { name: 'Publish the note' }) });
    await form.getByLabel('Note').fill('We have changed a cable.');
    await form.getByLabel('Your link or key').fill(`${server.url}/#operator=${token}`);
    await form.getByRole('button', { name: 'Publish the note' }).click();
    await page.waitForURL(`${server.url}/incidents/${id}`);
    expect(await page.getByRole('blockquote').allTextContents()).toContain('We have changed a cable.');
    expect(await page.locator('.five > li').count()).toBe(5);
  });

  test('is there while tally, site, studio and press are dead, and goes on after that', async () => {
    const page = await browser.context.newPage();
    for (const role of ['tally', 'site', 'studio', 'press'] as const)
      process.kill(server.child(role, 0) ?? 0, 'SIGKILL');
    const answers = [];
    for (let i = 0; i < 5; i += 1) {
      answers.push((await page.goto(`${server.url}/incidents/${id}`))?.status());
      expect(await page.getByRole('heading', { level: 1 }).textContent()).toContain('UTC');
    }
    expect(answers).toEqual([200, 200, 200, 200, 200]);
    await until('the death of the tally is told', async () =>
      (await told(id)).signs.some(({ detail }) => detail === 'tally-0: SIGKILL'),
    );
    const { signs, notes } = await told(id);
    expect(signs.map(({ kind }) => kind)).toContain('person');
    expect(notes).toMatchObject([{ author: 'operator', text: 'We have changed a cable.' }]);
    await page.goto(`${server.url}/incidents/${id}`);
    await until('the page has it', async () => {
      await page.reload();
      return (await page.locator('.five').textContent())?.includes('tally-0: SIGKILL') === true;
    });
    await until('the site is back', async () => (await fetch(`${server.url}/api/rooms`)).ok);
    await server.cli('incident', 'close', id);
    const person = (await told(id)).signs.find(({ kind }) => kind === 'person');
    expect(person?.to).toBeGreaterThan(person?.from ?? 0);
  });
});
