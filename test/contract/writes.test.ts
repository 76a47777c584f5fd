/** Every write of the API: by the holder of another room's link, sent again, and sent twice at once. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, request, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { silentLog } from '../../src/base/log.ts';
import { ms } from '../../src/base/time.ts';
import { load } from '../../src/config/index.ts';
import { find } from '../../src/http/index.ts';
import { type ApiDescription, type ApiOperation, operationsOf, sampleOf } from '../../src/pages/index.ts';
import { paths } from '../../src/role/paths.ts';
import { openSite } from '../../src/role/site.ts';
import { openRowsDigest, openSnapshot } from '../../src/store/index.ts';

const OPERATOR = { authorization: 'Bearer operator-key-of-some-length' };
let data: string;
let tally: Server;
let site: AsyncDisposable;
let writes: ApiOperation[];
/** Whole minutes, so that no pace of the request before counts. */
let later = 0;

interface Answer {
  readonly status: number;
  readonly replayed: boolean;
  readonly text: string;
}
const ask = (
  method: string,
  path: string,
  headers: Readonly<Record<string, string>>,
  body?: string,
): Promise<Answer> =>
  new Promise((resolve, reject) => {
    later += 1;
    const all = { host: 'x.example', 'content-type': 'application/json', ...headers };
    const to = { socketPath: paths(data).siteHttp, method, path, headers: all, agent: false } as const;
    const call = request(to, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      answer.on('end', () =>
        resolve({
          ...{ status: answer.statusCode ?? 0, text },
          replayed: answer.headers['idempotency-replayed'] === 'true',
        }),
      );
    });
    call.on('error', reject).end(body);
  });
const made = async (title: string): Promise<{ slug: string; token: string }> => {
  // Nobody starts so many rooms in an hour.
  later += 600;
  const { status, text } = await ask('POST', '/api/rooms', OPERATOR, JSON.stringify({ title }));
  expect([status, text]).toEqual([201, expect.anything()]);
  return JSON.parse(text);
};

beforeAll(async () => {
  const { now } = systemClock;
  vi.spyOn(systemClock, 'now').mockImplementation(() => ms(now() + later * 60_000));
  data = mkdtempSync(join(tmpdir(), 'earshot-writes-'));
  mkdirSync(paths(data).run, { recursive: true });
  const flags = ['--data', data, '--welcome', 'no', '--operator-key', 'operator-key-of-some-length'];
  // As much of the tally as the site asks here: it has written what it is told.
  tally = createServer((asked, answer) => {
    asked.resume().on('end', () => {
      const isRead = asked.method === 'GET';
      answer.writeHead(isRead ? 404 : 201).end('{"id":"20261130-200001","seq":1}');
    });
  }).listen(paths(data).tallyHttp);
  site = await openSite(load({ flags, cores: 2 }), silentLog);
  const description = JSON.parse((await ask('GET', '/openapi.json', {})).text) as ApiDescription;
  writes = operationsOf(description).filter(
    ({ method, path }) =>
      method !== 'GET' && path.startsWith('/api/') && find(filled(path, 'hall'))?.address.owner === 'site',
  );
  expect(writes.length).toBeGreaterThan(40);
}, 60_000);
afterAll(async () => {
  await site?.[Symbol.asyncDispose]();
  tally?.close();
  vi.restoreAllMocks();
  rmSync(data, { recursive: true, force: true });
});

const filled = (path: string, slug: string): string =>
  path.replace('{slug}', slug).replace(/\{\w+\}/g, '20261130-200001');
const bodyOf = ({ requestBody }: ApiOperation): string | undefined => {
  const schema = requestBody?.content['application/json']?.schema;
  return schema && JSON.stringify(sampleOf(schema));
};

/** Everything in the database but answers that are kept. */
async function rowsNow(): Promise<Record<string, unknown>> {
  await using snapshot = await openSnapshot(`sqlite:${paths(data).database}`);
  const found: Record<string, unknown> = {};
  for (const table of snapshot.tables) {
    const digest = openRowsDigest();
    // Rooms that nobody comes to end by themselves as the clock goes on.
    const over = table === 'room' ? { status: null, ended: null, cell: null } : {};
    for await (const row of snapshot.rows(table)) digest.add({ ...row, ...over });
    if (table !== 'repeat') found[table] = digest.result();
  }
  return found;
}

/** Anybody may do these, with any link or none. */
const PUBLIC =
  /^POST \/api\/(?:rooms$|rooms\/\{slug\}\/(?:reports|reminders)$|reminders\/moved$|claims\/(?:check|add)$)/;

test('with the link of another room nothing is written', async () => {
  const [one, other] = [await made('One'), await made('Another')];
  const link = { authorization: `Bearer ${other.token}` };
  const before = await rowsNow();
  const wrong: string[] = [];
  for (const operation of writes) {
    const name = `${operation.method} ${operation.path}`;
    if (PUBLIC.test(name)) continue;
    const path = filled(operation.path, one.slug);
    const { status, text } = await ask(operation.method, path, link, bodyOf(operation));
    // Hold music is looked at after the link.
    if (![401, 403, 404, 415].includes(status)) wrong.push(`${name}: ${status} ${text.slice(0, 200)}`);
  }
  expect(wrong).toEqual([]);
  expect(await rowsNow()).toEqual(before);
  for (const { slug } of [one, other]) await ask('POST', `/api/rooms/${slug}/end`, OPERATOR);
}, 120_000);

test('each POST that is sent again with its key is answered as it was, and does nothing more; twice at once as well', async () => {
  // What changes a room for good comes last.
  const last = /\/(?:end|cancel|stop|renew|recording)$/;
  const posts = writes
    .filter(({ method, path }) => method === 'POST' && !path.startsWith('/api/account'))
    .sort((a, b) => Number(last.test(a.path)) - Number(last.test(b.path)));
  const wrong: string[] = [];
  let done = 0;
  for (const operation of posts) {
    const { slug } = await made(`Again ${operation.path.length}`);
    const path = filled(operation.path, slug);
    // Chapters and clips are of a room that is on air.
    if (!/\/(?:publish|open|live|cancel)$/.test(path)) await ask('POST', `/api/rooms/${slug}/live`, OPERATOR);
    const headers = {
      ...OPERATOR,
      'idempotency-key': `again-${operation.path}-${slug}`.replace(/[^\w-]/g, '-'),
    };
    const sent = () => ask('POST', path, headers, bodyOf(operation));
    const both = await Promise.all([sent(), sent()]);
    const first = both.find(({ status }) => status < 300);
    const end = () => ask('POST', `/api/rooms/${slug}/end`, OPERATOR);
    if (!first) {
      await end();
      continue;
    }
    done += 1;
    const others = both.filter((answer) => answer !== first);
    // The other one waits, or gets the same answer.
    if (!others.every(({ status, replayed }) => status === 409 || replayed))
      wrong.push(`POST ${operation.path}: done twice at once`);
    const before = await rowsNow();
    const again = await sent();
    if (!again.replayed || again.status !== first.status || again.text !== first.text)
      wrong.push(`POST ${operation.path}: ${again.status} ${again.text.slice(0, 100)} when sent again`);
    if (JSON.stringify(await rowsNow()) !== JSON.stringify(before))
      wrong.push(`POST ${operation.path}: something was written when it was sent again`);
    await end();
  }
  expect(wrong).toEqual([]);
  expect(done).toBeGreaterThan(18);
}, 120_000);
