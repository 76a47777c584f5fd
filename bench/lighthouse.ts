/**
 * Lighthouse on the pages that people see first, with its own defaults: a phone of the middle class on a slow 4G network.
 *
 *   LIGHTHOUSE=/path/to/node_modules/lighthouse npm run bench -- lighthouse [--runs 3] [--only home,sign-in]
 *
 * Lighthouse is no dependency of ours (114 packages): `npm install lighthouse@13 --ignore-scripts` in any other folder.
 * Everything runs on this machine, the browser of the host of the live room too: a busy machine lowers the figure of
 * performance, and nothing else.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { QUIET_FLAGS, startBrowser } from '../e2e/rig/browser.ts';
import { endRoom, goLive, joinStage } from '../e2e/rig/people.ts';
import { startServer } from '../e2e/rig/server.ts';

const { values } = parseArgs({
  options: { runs: { type: 'string', default: '3' }, only: { type: 'string' } },
});
const RUNS = Number(values.runs);
const CATEGORIES = ['performance', 'accessibility', 'best-practices'] as const;
/** What a recording is made of before its room ends, ms. */
const SPOKEN_MS = 8_000;
const LIMIT_MS = 120_000;
const command = join(process.env.LIGHTHOUSE ?? 'node_modules/lighthouse', 'cli/index.js');
if (!existsSync(command)) {
  process.stderr.write(
    `No Lighthouse in ${command}: install it in another folder and name that in LIGHTHOUSE (see the head of this file).\n`,
  );
  process.exit(1);
}

/** The part of a report that is read here. */
interface Report {
  readonly categories: Readonly<Record<string, { readonly score: number | null } | undefined>>;
  readonly audits: Readonly<
    Record<string, { readonly title: string; readonly score: number | null; readonly numericValue?: number }>
  >;
}

const folder = mkdtempSync(join(tmpdir(), 'earshot-lighthouse-'));
const log = (text: string): boolean => process.stdout.write(`${text}\n`);

/** The cookies by which a page is asked for as somebody who is signed in; none: as a stranger. */
async function report(url: string, cookies = ''): Promise<Report> {
  const out = join(folder, 'report.json');
  const profile = mkdtempSync(join(folder, 'profile-'));
  const flags = ['--headless=new', ...QUIET_FLAGS, `--user-data-dir=${profile}`].join(' ');
  const run = spawn(
    process.execPath,
    [
      ...[command, url, '--quiet', '--output=json', `--output-path=${out}`, `--chrome-flags=${flags}`],
      `--only-categories=${CATEGORIES.join(',')}`,
      ...(cookies === '' ? [] : [`--extra-headers=${JSON.stringify({ Cookie: cookies })}`]),
    ],
    {
      env: { ...process.env, CHROME_PATH: process.env.CHROME_PATH ?? '/usr/bin/chromium' },
      stdio: ['ignore', 'inherit', 'inherit'],
      timeout: LIMIT_MS,
    },
  );
  const code = await new Promise((resolve) => run.once('close', resolve));
  if (code !== 0) throw new Error(`Lighthouse ended with ${code}`);
  return JSON.parse(readFileSync(out, 'utf8')) as Report;
}
const median = (list: readonly number[]): number =>
  [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)] ?? Number.NaN;
const percent = (score: number | null | undefined): number => Math.round((score ?? Number.NaN) * 100);

/** Looks at a page, and prints its line. */
async function look(name: string, url: string, cookies?: string): Promise<void> {
  if (values.only && !values.only.split(',').includes(name)) return;
  const runs: Report[] = [];
  // A browser that gets no processor for a while records no page; once more is enough then.
  for (let n = 0; n < RUNS; n += 1) runs.push(await report(url, cookies).catch(() => report(url, cookies)));
  const scores = CATEGORIES.map((one) => runs.map(({ categories }) => percent(categories[one]?.score)));
  const ms = (audit: string): number =>
    Math.round(median(runs.map((one) => one.audits[audit]?.numericValue ?? 0)));
  const paint = `${ms('first-contentful-paint')} ms | ${ms('largest-contentful-paint')} ms | ${ms('total-blocking-time')} ms`;
  const shift = median(runs.map((one) => one.audits['cumulative-layout-shift']?.numericValue ?? 0));
  const all = scores.map((list) => `${median(list)} (${list.join(', ')})`);
  log(`| ${name} | ${all.join(' | ')} | ${paint} | ${shift.toFixed(3)} | ${loadavg()[0]?.toFixed(1)} |`);
  const wrong = new Set<string>();
  for (const { audits } of runs)
    for (const [id, { title, score }] of Object.entries(audits))
      if (score !== null && score < 0.9) wrong.add(`${id} (${percent(score)}): ${title}`);
  for (const line of wrong) process.stderr.write(`  ${name}: ${line}\n`);
}

/** What is around a room: a profile, its posts, and the pages of who is signed in. */
async function lookAround(room: string): Promise<void> {
  const browser = await startBrowser({ javaScript: false });
  browser.context.setDefaultTimeout(LIMIT_MS);
  const [, invitation = ''] = /(\/sign-up\?invitation=\S+)/.exec(server.output()) ?? [];
  const page = await browser.page(server.url + invitation);
  const press = async (button: string): Promise<void> => {
    await Promise.all([
      page.waitForNavigation(),
      page.getByRole('button', { name: button, exact: true }).click(),
    ]);
  };
  const who = { 'E-mail address': 'ana@rooms.example', Password: 'seven quiet otters' };
  const fill = async (fields: Readonly<Record<string, string>>): Promise<void> => {
    for (const [label, value] of Object.entries(fields))
      await page.getByLabel(label, { exact: true }).fill(value);
  };
  await fill({ ...who, 'Your name': 'Ana' });
  await press('Make an account');
  if (!page.url().includes('/sign-in')) await page.goto(`${server.url}/sign-in`);
  await fill(who);
  await press('Sign in');
  await page.goto(`${server.url}/compose`);
  await fill({ 'Your address: /@…': 'ana' });
  await press('Take this address');
  for (const text of [
    `Tomorrow at eight: ${room}`,
    'Who brings the bread?',
    'It rains. We begin all the same.',
  ]) {
    await page.goto(`${server.url}/compose`);
    await fill({ 'Your post': text });
    await press('Post');
  }
  const post = page.url();
  const cookies = (await browser.context.cookies()).map(({ name, value }) => `${name}=${value}`).join('; ');
  await browser[Symbol.asyncDispose]();
  await look('profile', `${server.url}/@ana`);
  await look('post', post);
  await look('posts', `${server.url}/posts`);
  await look('search', `${server.url}/search?q=rain`);
  await look('numbers', `${server.url}/numbers`);
  await look('remind', `${room}/remind`);
  await look('embedded room', room.replace('/r/', '/embed/r/'));
  await look('embedded post', `${server.url}/embed/p/${post.slice(post.lastIndexOf('/') + 1)}`);
  for (const path of ['following', 'compose', 'notifications', 'settings', 'reminders'])
    await look(path, `${server.url}/${path}`, cookies);
  await look('forecast', `${room}/forecast`, cookies);
}

await using server = await startServer({ EARSHOT_DOORS: '1', EARSHOT_CELLS: '1' });
const hosting = await startBrowser();
hosting.context.setDefaultTimeout(LIMIT_MS);
const start = new Date(Date.now() + 86_400_000).toISOString();
log(`| page | ${CATEGORIES.join(' | ')} | first paint | largest paint | blocked | shift | load |`);
log('|---|---|---|---|---|---|---|---|---|');
await look('sign-in', `${server.url}/sign-in`);
await server.room('The harbour plan', '--start', start);
const room = await server.room('Town hall');
const host = await hosting.page(room.studio);
await joinStage(host);
await goLive(host);
const spoken = new Promise((resolve) => setTimeout(resolve, SPOKEN_MS));
await look('live', room.url);
await spoken;
await endRoom(host);
await hosting[Symbol.asyncDispose]();
await look('ended', room.url);
const waiting = await server.room('Budget evening', '--start', start);
await look('waiting', waiting.url);
await lookAround(waiting.url);
// Last: the host's browser has ended, and no longer works on the same processors.
await look('home', `${server.url}/`);
rmSync(folder, { recursive: true, force: true });
