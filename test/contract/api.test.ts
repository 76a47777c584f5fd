/**
 * The description of the API held against a running site: every route is described, every description is a route, and
 * whatever the site answers is among what it is said to answer.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Hono } from 'hono';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { ERRORS, type ErrorCode } from '../../src/base/errors.ts';
import { silentLog } from '../../src/base/log.ts';
import { plainText } from '../../src/base/plain-text.ts';
import { problem } from '../../src/base/reply.ts';
import { ms } from '../../src/base/time.ts';
import { load } from '../../src/config/index.ts';
import { find } from '../../src/http/index.ts';
import {
  type ApiDescription,
  type ApiOperation,
  codesOf,
  operationsOf,
  sampleOf,
} from '../../src/pages/index.ts';
import { paths } from '../../src/role/paths.ts';
import { openSite } from '../../src/role/site.ts';
import { openRowsDigest, openSnapshot } from '../../src/store/index.ts';
import { mismatches } from './schema-check.ts';

const { apps } = vi.hoisted(() => ({ apps: [] as Hono[] }));
vi.mock('hono', async (original) => {
  const real = await original<typeof import('hono')>();
  return {
    ...real,
    Hono: class extends real.Hono {
      constructor(...options: ConstructorParameters<typeof real.Hono>) {
        super(...options);
        apps.push(this as unknown as Hono);
      }
    },
  };
});

const KEY = 'operator-key-of-some-length';
let data: string;
let tally: Server;
let site: AsyncDisposable;
let description: ApiDescription;
let operations: ApiOperation[];

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: unknown;
}
interface Sent {
  readonly body?: string | Buffer;
  readonly headers?: Record<string, string>;
}

/** One request as a door passes it on; `later`: whole minutes, so that no pace of the one before counts. */
let later = 0;
const ask = (method: string, path: string, { body, headers }: Sent = {}): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const call = request(
      {
        socketPath: paths(data).siteHttp,
        method,
        path,
        headers: { host: 'x.example', ...headers },
        agent: false,
      },
      (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.on('end', () => {
          const text = Buffer.concat(chunks).toString();
          const isJson = /json/.test(answer.headers['content-type'] ?? '');
          resolve({
            ...{ status: answer.statusCode ?? 0, headers: answer.headers },
            body: isJson && text !== '' ? JSON.parse(text) : text,
          });
        });
      },
    );
    call.on('error', reject).end(body);
  });
/** As much of the tally as the site asks: no incidents, no figures; what is written has an id. */
function answerAsTally(asked: IncomingMessage, answer: ServerResponse): void {
  const chunks: Buffer[] = [];
  asked.on('data', (chunk: Buffer) => chunks.push(chunk));
  asked.on('end', () => {
    const { method, url = '' } = asked;
    if (method === 'GET') {
      const list =
        url === '/desk' ? { incidents: [] } : url.startsWith('/notes/') ? { notes: [] } : undefined;
      answer.writeHead(list ? 200 : 404).end(JSON.stringify(list ?? {}));
      return;
    }
    const { act, title, text } = JSON.parse(Buffer.concat(chunks).toString()) as Record<string, string>;
    // As the tally does: a text in which nothing can be seen is none.
    if (plainText(title ?? text ?? 'x', 10_000) === undefined) {
      answer.writeHead(422).end(String(problem('unprocessable', 'Say what it is.').body));
      return;
    }
    const written = { seq: 1, entry: 1, at: 1, written: 1, author: 'operator', text: 'x' };
    if (url.startsWith('/notes/')) answer.writeHead(201).end(JSON.stringify(written));
    else if (act === 'close' || title || text) answer.writeHead(201).end('{"id":"20261130-200001"}');
    else answer.writeHead(422).end(String(problem('unprocessable', 'Say what it is.').body));
  });
}
const bearer = { authorization: `Bearer ${KEY}` };
const json = { 'content-type': 'application/json' };

beforeAll(async () => {
  const { now } = systemClock;
  vi.spyOn(systemClock, 'now').mockImplementation(() => ms(now() + later * 60_000));
  data = mkdtempSync(join(tmpdir(), 'earshot-api-'));
  mkdirSync(paths(data).run, { recursive: true });
  const config = load({ flags: ['--data', data, '--welcome', 'no', '--operator-key', KEY], cores: 2 });
  tally = createServer(answerAsTally).listen(paths(data).tallyHttp);
  site = await openSite(config, silentLog);
  description = (await ask('GET', '/openapi.json')).body as ApiDescription;
  operations = operationsOf(description);
  await ask('POST', '/api/rooms', {
    body: JSON.stringify({ title: 'Town hall', slug: 'town-hall' }),
    headers: { ...bearer, ...json },
  });
}, 60_000);
afterAll(async () => {
  await site?.[Symbol.asyncDispose]();
  tally?.close();
  vi.restoreAllMocks();
  rmSync(data, { recursive: true, force: true });
});

const nameOf = ({ method, path }: ApiOperation): string => `${method} ${path}`;
/** Whoever asks here has a key and no account. */
const OF_ACCOUNTS = /\/(?:adopt|own-link)$|^\/api\/(?:account\/|posts|profile)/;
/** Doors and cells answer the others, which are not here. */
const isHere = (path: string): boolean => find(filled(path))?.address.owner === 'site';
const here = (): ApiOperation[] => operations.filter(({ path }) => isHere(path));
const filled = (path: string, slug = 'town-hall'): string =>
  path.replace('{slug}', slug).replace(/\{\w+\}/g, '20261130-200001');
const sampleBody = ({ requestBody }: ApiOperation): Sent => {
  const [[type, content] = []] = Object.entries(requestBody?.content ?? {});
  if (!type) return {};
  const body = type === 'application/json' ? JSON.stringify(sampleOf(content?.schema ?? {})) : 'no sound';
  return { body, headers: { 'content-type': type } };
};
const queryOf = ({ parameters }: ApiOperation): string => {
  const needed = parameters.filter(({ in: place, required }) => place === 'query' && required);
  const query = new URLSearchParams();
  for (const { name, schema = {} } of needed) query.set(name, String(sampleOf(schema, name)));
  return query.size > 0 ? `?${query}` : '';
};

/** What is wrong with an answer, as the description has the operation. */
function undescribed(operation: ApiOperation, { status, headers, body }: Answer): string[] {
  const answer = operation.responses[status];
  const code = (body as { code?: ErrorCode } | null)?.code;
  if (!answer) return [`${nameOf(operation)} answers ${status} ${code ?? ''}, which is not described`];
  const found: string[] = [];
  if (status >= 400) {
    const { type } = body as { type?: string };
    const known = code !== undefined && Object.hasOwn(ERRORS, code) && ERRORS[code].status === status;
    if (!known || type !== `/errors#${code}`) found.push(`${status}: ${JSON.stringify(body)}`);
    else if (!codesOf(answer).includes(code)) found.push(`${status} ${code} is not described`);
    if (headers['content-type'] !== 'application/problem+json') found.push(`${status} is no problem+json`);
    if (status === 401 && headers['www-authenticate'] === undefined)
      found.push('401 without WWW-Authenticate');
    if ((status === 429 || status === 503) && headers['retry-after'] === undefined)
      found.push(`${status} ${code} without Retry-After`);
  }
  const [[type, content] = []] = Object.entries(answer.content ?? {});
  if (type && !String(headers['content-type']).startsWith(type))
    found.push(`${status} is ${headers['content-type']} instead of ${type}`);
  if (type?.endsWith('json') && content?.schema)
    found.push(...mismatches(body, content.schema, description.components.schemas));
  return found.map((one) => `${nameOf(operation)}: ${one}`);
}

/** Sends one request for each operation, and gathers what is not as described or not `wanted`. */
async function walk(
  list: readonly ApiOperation[],
  send: (operation: ApiOperation) => Promise<Answer>,
  wanted?: number | readonly number[],
): Promise<string[]> {
  const wrong: string[] = [];
  for (const operation of list) {
    later += 1;
    const answer = await send(operation);
    wrong.push(...undescribed(operation, answer));
    const good = [wanted ?? []].flat().concat(OF_ACCOUNTS.test(operation.path) ? [401] : []);
    if (wanted !== undefined && !good.includes(answer.status))
      wrong.push(
        `${nameOf(operation)}: ${answer.status} instead of ${wanted} ${JSON.stringify(answer.body)}`,
      );
  }
  return wrong;
}
const withJson = (): ApiOperation[] =>
  here().filter(({ requestBody }) => requestBody?.content['application/json']);

test('every route is described, and what is described is a route', () => {
  const described = operations.map(nameOf).filter((name) => / \/api\//.test(name));
  const routes = apps
    .flatMap(({ routes }) => routes)
    .filter(
      ({ method, path }) => method !== 'ALL' && path.startsWith('/api/') && path !== '/api/openapi.json',
    )
    .map(({ method, path }) => `${method} ${path.replace(/:room\b/, ':slug').replace(/:(\w+)/g, '{$1}')}`);
  expect(routes.length).toBeGreaterThan(25);
  // Incidents answer without a router.
  expect(described.filter((name) => !name.includes('/api/incidents')).sort()).toEqual(
    [...new Set(routes)].sort(),
  );
});

test('without a link the answer is 401 where one is needed', async () => {
  const closed = here().filter(
    ({ security }) => security && security.length > 0 && !JSON.stringify(security).includes('{}'),
  );
  expect(closed.length).toBeGreaterThan(20);
  expect(await walk(closed, (one) => ask(one.method, filled(one.path), sampleBody(one)), 401)).toEqual([]);
});

test('a room that does not exist is 404', async () => {
  const ofRoom = here().filter(({ path }) => path.includes('{slug}'));
  const send = (one: ApiOperation) => {
    const { body, headers } = sampleBody(one);
    return ask(one.method, filled(one.path, 'no-such-room'), {
      ...(body === undefined ? {} : { body }),
      headers: { ...bearer, ...headers },
    });
  };
  expect(await walk(ofRoom, send, 404)).toEqual([]);
});

test.each([
  ['no JSON', '{"title":', json, [400]],
  ['no object', '[1]', json, [422]],
  ['another media type', 'title=x', { 'content-type': 'text/plain' }, [415]],
  ['more than it takes', JSON.stringify({ text: 'x'.repeat(400_000) }), json, [413]],
] as const)('a body that is %s is refused as described', async (_, body, headers, wanted) => {
  const send = (one: ApiOperation) =>
    ask(one.method, filled(one.path), { body, headers: { ...bearer, ...headers } });
  expect(await walk(withJson(), send, wanted)).toEqual([]);
});

// A room that is on air is not removed, whatever was read of it; one that is over takes no music.
test('an edit of what somebody else has changed is 412', async () => {
  const edits = here().filter(({ parameters }) => parameters.some(({ name }) => name === 'If-Match'));
  expect(edits.length).toBeGreaterThan(1);
  const send = (one: ApiOperation) => {
    const { body, headers } = sampleBody(one);
    return ask(one.method, filled(one.path), {
      ...(body === undefined ? {} : { body }),
      headers: { ...bearer, ...headers, 'if-match': '"older"' },
    });
  };
  expect(await walk(edits, send, [404, 409, 410, 412])).toEqual([]);
});

test('a method that no operation has is 405 and names those there are', async () => {
  const wrong: string[] = [];
  for (const [path, item] of Object.entries(description.paths)) {
    if (!isHere(path)) continue;
    const method = ['PATCH', 'PUT', 'DELETE', 'POST'].find((one) => !(one.toLowerCase() in item)) ?? '';
    later += 1;
    const { status, body, headers } = await ask(method, filled(path), { headers: bearer });
    const { code } = body as { code?: string };
    const allow = String(headers.allow ?? '').split(', ');
    const methods = Object.keys(item).filter((one) => one !== 'parameters');
    if (
      status !== 405 ||
      code !== 'method-not-allowed' ||
      !methods.every((one) => allow.includes(one.toUpperCase()))
    )
      wrong.push(`${method} ${path}: ${status} ${code} ${headers.allow}`);
  }
  expect(wrong).toEqual([]);
});

test('a sample of each request is understood, and its answer is one of those described', async () => {
  // What changes a room for good comes last.
  const last = /\/(?:end|cancel|stop|renew)$/;
  const rank = ({ method, path }: ApiOperation): number =>
    method === 'DELETE' ? 3 : last.test(path) ? 2 : path.endsWith('/resume') ? 4 : 1;
  const list = here().toSorted((a, b) => rank(a) - rank(b));
  const seen: string[] = [];
  const wrong = await walk(list, async (operation) => {
    const { body, headers } = sampleBody(operation);
    const answer = await ask(operation.method, filled(operation.path) + queryOf(operation), {
      ...(body === undefined ? {} : { body }),
      headers: { ...bearer, ...headers },
    });
    if (answer.status < 300) seen.push(nameOf(operation));
    const refusedSample =
      operation.requestBody?.content['application/json'] && [400, 415, 422].includes(answer.status);
    if (refusedSample) seen.push(`not understood: ${nameOf(operation)} ${JSON.stringify(answer.body)}`);
    return answer;
  });
  expect(wrong).toEqual([]);
  expect(seen.filter((name) => name.startsWith('not'))).toEqual([]);
  expect(seen.length).toBeGreaterThan(15);
});

/** Everything in the database but answers that are kept, and whether rooms are over. */
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

/** Values that no field of a text takes. */
const NO_TEXTS = [5, true, [], {}, [['x']], 'x'.repeat(13_000), '\u0000', '\ud800', '\u200b\u200d', '\u202e'];
/** Values that no number takes; the last one is written as it is. */
const NO_NUMBERS = ['x', '', -1, 0.5, 1e300, {}, []];
/** Bodies that are wrong as a whole, whatever the operation. */
const BROKEN = ([name = 'x', value]: readonly unknown[]): readonly (string | Buffer)[] => {
  const one = `${JSON.stringify(name)}:${JSON.stringify(value ?? null)}`;
  return [
    `{${one},${one}}`,
    `{${one.replace('"', '"\\u0000')}}`,
    `{"x":${'['.repeat(5_000)}${']'.repeat(5_000)}}`,
    `{${JSON.stringify(name)}:1e999}`,
    `{"__proto__":{"title":"x"},"constructor":1}`,
    Buffer.from([...Buffer.from(`{${JSON.stringify(name)}:"`), 0xff, 0xfe, 0x22, 0x7d]),
    Buffer.from(`{${one}}\u0000`),
    'null',
    '"x"',
  ];
};
/** A sample of a request with one field spoilt, in all ways. */
function spoilt({ requestBody }: ApiOperation): (string | Buffer)[] {
  const schema = requestBody?.content['application/json']?.schema ?? {};
  const sample = sampleOf(schema) as Record<string, unknown>;
  const properties = Object.entries(schema.properties ?? {});
  const bodies = properties.flatMap(([name, field]) => {
    const types = [field.type ?? []].flat();
    const isText = types.includes('string') && !field.enum;
    const isNumber = types.includes('integer') || types.includes('number');
    const values = isText ? NO_TEXTS : isNumber ? NO_NUMBERS : ['x'.repeat(300), 5.5, [[[]]]];
    return values.map((value) => JSON.stringify({ ...sample, [name]: value }));
  });
  return [...bodies, JSON.stringify({ ...sample, unheard: 1 }), ...BROKEN(Object.entries(sample)[0] ?? [])];
}

test('whatever is wrong in a body is a refusal that is described, and changes nothing', async () => {
  const wrong: string[] = [];
  const before = await rowsNow();
  for (const operation of withJson()) {
    for (const body of spoilt(operation)) {
      later += 1;
      const answer = await ask(operation.method, filled(operation.path), {
        body,
        headers: { ...bearer, ...json },
      });
      const told = body.toString().slice(0, 120);
      const found = undescribed(operation, answer);
      wrong.push(...found.map((one) => `${one} (${told})`));
      if (answer.status < 400) wrong.push(`${nameOf(operation)} took ${told}`);
      if (answer.status >= 500) wrong.push(`${nameOf(operation)} ${answer.status} for ${told}`);
    }
  }
  expect(wrong).toEqual([]);
  expect(await rowsNow()).toEqual(before);
}, 240_000);

test.each([
  ['POST', '/api/rooms', { title: 'Once more' }],
  ['PATCH', '/api/rooms/{slug}', { title: 'Town hall' }],
  ['POST', '/api/rooms/{slug}/invites', {}],
  ['POST', '/api/rooms/{slug}/reports', { reason: 'spam', words: 'x' }],
  ['POST', '/api/rooms/{slug}/chapters', { title: 'x' }],
  ['DELETE', '/api/rooms/{slug}/music', undefined],
  ['POST', '/api/claims/check', { text: '5 listeners', room: 'town-hall' }],
  ['POST', '/r/{slug}/enter', { password: 'a guess of many' }],
] as const)('%s %s too often is 429, and says when there is one more', async (method, path, body) => {
  const operation = operations.find((one) => one.method === method && one.path === path);
  if (!operation) throw new Error('no such operation');
  const { body: made } = await ask('POST', '/api/rooms', {
    body: JSON.stringify({ title: `Often ${method} ${path.length}` }),
    headers: { ...bearer, ...json },
  });
  later += 600;
  const at = filled(path, (made as { slug: string }).slug);
  const sent = body === undefined ? {} : { body: JSON.stringify(body) };
  let answer: Answer | undefined;
  for (let n = 0; n < 100 && answer?.status !== 429; n++) {
    answer = await ask(method, at, {
      ...sent,
      headers: { ...bearer, ...json, 'x-forwarded-for': '10.1.1.1' },
    });
    expect(answer.headers.ratelimit, JSON.stringify(answer)).toMatch(/^"[a-z-]+";r=\d+;t=\d+/);
    expect(answer.headers['ratelimit-policy']).toMatch(/^"[a-z-]+";q=\d+;w=\d+/);
  }
  const { status, headers } = answer as Answer;
  expect(status).toBe(429);
  expect(undescribed(operation, answer as Answer)).toEqual([]);
  const waits = [...String(headers.ratelimit).matchAll(/r=0;t=(\d+)/g)].map(([, wait]) => Number(wait));
  expect(waits).toContain(Number(headers['retry-after']));
});
