import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type ManualClock, manualClock } from '../../../test/clock.ts';
import { silentLog } from '../../base/log.ts';
import { pressReply } from '../../press/index.ts';
import { type DeskWish, type Incident, type IncidentStatement, type Incidents, open } from '../index.ts';

let dir: string;
let clock: ManualClock;
let incidents: Incidents;
let said: IncidentStatement[];
let style: ReadonlyMap<string, Uint8Array | undefined>;
let gathering: (() => Promise<void>) | undefined;

async function* bundle(): AsyncGenerator<string> {
  yield 'x'.repeat(400);
}
const start = (): Promise<Incidents> =>
  open({
    ...{ clock, log: silentLog, path: join(dir, 'incidents.jsonl'), base: 'https://hall.example' },
    folder: join(dir, 'press'),
    style: async () => style,
    ...{ mostCopied: 1_000, bundle: async () => bundle() },
    async statements() {
      await gathering?.();
      return said;
    },
  });

beforeEach(async () => {
  [said, gathering] = [[], undefined];
  style = new Map([['style.css', Buffer.from('p{}')]]);
  dir = mkdtempSync(join(tmpdir(), 'press-writer-'));
  clock = manualClock();
  incidents = await start();
});
afterEach(async () => {
  await incidents[Symbol.asyncDispose]();
  rmSync(dir, { recursive: true, force: true });
});

/** What is published at an address, as the press would answer it. */
async function fetched(path: string): Promise<Response> {
  await incidents.publish();
  const { status, headers, body } = await pressReply(join(dir, 'press'), { path });
  return new Response(status === 200 ? (body as Uint8Array<ArrayBuffer>) : String(body), { status, headers });
}
const listed = async (): Promise<string[]> =>
  [...(await (await fetched('/incidents')).text()).matchAll(/href="incidents\/([\d-]+b*)\.html"/g)].map(
    ([, id = '']) => id,
  );
const pageOf = async (): Promise<string> => (await fetched(`/incidents/${(await listed())[0]}`)).text();
const one = async (): Promise<Incident> =>
  (await (await fetched(`/incidents/${(await listed())[0]}.json`)).json()) as Incident;

test('a full journal goes on in a new file: what began in the older one is there, and what has lost its beginning harms nothing', async () => {
  await incidents[Symbol.asyncDispose]();
  const at = clock.wall();
  const line = (entry: object): string => `${JSON.stringify(entry)}\n`;
  const sign = (id: string, from: number | string): string =>
    line({ what: 'sign', id, key: 'rung hall', sign: { kind: 'rung', from, room: 'hall' } });
  writeFileSync(join(dir, 'incidents.old.jsonl'), sign('20260101-000000', at));
  writeFileSync(
    join(dir, 'incidents.jsonl'),
    line({ what: 'sign-over', id: '20260101-000000', key: 'rung hall', to: at + 1_000 }) +
      line({ what: 'over', id: '20260101-000000', to: at + 1_000, complete: true }) +
      line({ what: 'note', id: '20251231-000000', note: { at, author: 'operator', text: 'Lost.' } }) +
      sign('20260101-000001', 'never') +
      line({ what: 'over', id: '20260101-000001', to: at, complete: true }),
  );
  incidents = await start();
  clock.advance(60_000);
  incidents.process({ at: clock.wall(), event: 'died', process: 'site-0', signal: 'SIGKILL' });
  clock.advance(1_000);
  const ids = await listed();
  expect(ids).toHaveLength(2);
  expect(ids[1]).toBe('20260101-000000');
  expect(await (await fetched('/incidents/20260101-000000')).text()).toContain('More delay');
  expect((await fetched(`/incidents/${ids[0]}`)).status).toBe(200);
});

test('a file of the style that is missing keeps no page from being published, and is copied once it is there', async () => {
  await incidents[Symbol.asyncDispose]();
  rmSync(join(dir, 'press'), { recursive: true });
  style = new Map([...style, ['font.woff2', undefined]]);
  incidents = await start();
  incidents.process({ at: clock.wall(), event: 'died', process: 'site-0', signal: 'SIGKILL' });
  clock.advance(2_000);
  expect(await pageOf()).toContain('site-0');
  expect((await fetched('/incidents/font.woff2')).status).toBe(404);
  style = new Map([...style, ['font.woff2', Buffer.from('font')]]);
  clock.advance(12_000);
  expect((await fetched('/incidents/font.woff2')).status).toBe(200);
});

test('a page asks nobody for a key, for a copy of it may be served by anybody; it says where to write', async () => {
  incidents.process({ at: clock.wall(), event: 'died', process: 'site-0', signal: 'SIGKILL' });
  clock.advance(2_000);
  const page = await pageOf();
  expect(page).not.toMatch(/<form|<input/);
  expect(page).toContain(`href="https://hall.example/operate/incidents?id=${(await one()).id}"`);
});

test('what people said stays on the page while it cannot be read', async () => {
  incidents.process({ at: clock.wall(), event: 'died', process: 'site-0', signal: 'SIGKILL' });
  said = [
    {
      ...{ kind: 'note', at: clock.wall(), author: 'host', room: 'hall', before: [], replies: [] },
      text: 'We hear nothing.',
    },
  ];
  clock.advance(2_000);
  expect(await pageOf()).toContain('We hear nothing.');
  gathering = () => Promise.reject(new Error('away'));
  clock.advance(20_000);
  expect(await pageOf()).toContain('We hear nothing.');
});

const desk = (wish: DeskWish): Promise<Response> | undefined =>
  incidents.fetch(new Request('http://tally/desk', { method: 'POST', body: JSON.stringify(wish) }));

test('of each room the newest bundle is kept, all of them within a limit, and what was left unfinished is removed at a start', async () => {
  const over = async (...rooms: string[]): Promise<string> => {
    for (const room of rooms) {
      await desk({ act: 'open', author: 'operator', title: 'Hum', room });
      clock.advance(1_000);
    }
    await incidents.publish();
    const [id = ''] = await listed();
    await desk({ act: 'close', author: 'operator', id });
    clock.advance(60_000);
    await incidents.publish();
    return (await listed())[0] ?? '';
  };
  const held = (): string[] =>
    readdirSync(join(dir, 'press', 'incidents'), { recursive: true })
      .map(String)
      .filter((name) => name.endsWith('.bundle'))
      .sort();
  const first = await over('hall', 'barn');
  expect(held()).toEqual([`${first}/barn.bundle`, `${first}/hall.bundle`]);
  const second = await over('hall');
  expect(held()).toEqual([`${first}/barn.bundle`, `${second}/hall.bundle`]);
  const third = await over('yard');
  expect(held()).toEqual([`${second}/hall.bundle`, `${third}/yard.bundle`]);
  await incidents.publish();
  const page = await (await fetched(`/incidents/${first}`)).text();
  expect(page).not.toContain('.bundle');
  expect(page).toContain('/r/barn/numbers');
  mkdirSync(join(dir, 'press', 'incidents', first), { recursive: true });
  writeFileSync(join(dir, 'press', 'incidents', first, '.0123456789ab'), 'half');
  await incidents[Symbol.asyncDispose]();
  incidents = await start();
  await incidents.publish();
  expect(held()).toEqual([`${second}/hall.bundle`, `${third}/yard.bundle`]);
  expect(readdirSync(join(dir, 'press', 'incidents', first))).not.toContain('.0123456789ab');
});
