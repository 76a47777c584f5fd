/**
 * What doors and cells answer, held against the description of the API on a running server; what the site answers is
 * held against it in test/contract/api.test.ts.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ERRORS, type ErrorCode } from '../src/base/errors.ts';
import { find } from '../src/http/index.ts';
import {
  type ApiDescription,
  type ApiOperation,
  codesOf,
  type JsonSchema,
  operationsOf,
  sampleOf,
} from '../src/pages/index.ts';
import { mismatches } from '../test/contract/schema-check.ts';
import { type MadeRoom, type Server, startServer } from './rig/server.ts';

let server: Server;
let room: MadeRoom;
let description: ApiDescription;
let operations: readonly ApiOperation[];
beforeAll(async () => {
  server = await startServer();
  room = await server.room('Town hall');
  await server.cli('room', 'live', room.slug);
  description = (await (await fetch(`${server.url}/openapi.json`)).json()) as ApiDescription;
  operations = operationsOf(description).filter(
    ({ path }) => find(filled(path, room.slug))?.address.owner !== 'site',
  );
});
afterAll(async () => {
  await server?.[Symbol.asyncDispose]();
});

const filled = (path: string, slug: string): string =>
  path.replace('{slug}', slug).replace(/\{\w+\}/g, '20261130-200001');
const nameOf = ({ method, path }: ApiOperation): string => `${method} ${path}`;
const bodyOf = ({ requestBody }: ApiOperation): { readonly type?: string; readonly schema?: JsonSchema } => {
  const [[type, content] = []] = Object.entries(requestBody?.content ?? {});
  return { ...(type ? { type } : {}), ...(content?.schema ? { schema: content.schema } : {}) };
};

interface Sent {
  readonly slug?: string;
  readonly token?: string | null;
  readonly body?: string;
  readonly type?: string;
}
interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
}
async function ask(operation: ApiOperation, sent: Sent = {}): Promise<Answer> {
  const { slug = room.slug, token = room.token, body, type } = sent;
  const stop = new AbortController();
  const answer = await fetch(server.url + filled(operation.path, slug), {
    method: operation.method,
    signal: stop.signal,
    headers: {
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      ...(type ? { 'content-type': type } : {}),
    },
    ...(body === undefined ? {} : { body }),
  });
  const { status, headers } = answer;
  // Lines without end: the first is enough.
  if (headers.get('content-type') === 'application/x-ndjson') {
    const { value } = (await answer.body?.getReader().read()) ?? {};
    stop.abort();
    return { status, headers, body: new TextDecoder().decode(value) };
  }
  const text = await answer.text();
  return {
    ...{ status, headers },
    body: /json/.test(headers.get('content-type') ?? '') && text !== '' ? JSON.parse(text) : text,
  };
}

/** What is wrong with an answer, as the description has the operation. */
function undescribed(operation: ApiOperation, { status, headers, body }: Answer): string[] {
  const answer = operation.responses[status];
  const said = body as { code?: ErrorCode; type?: string; detail?: string } | null;
  const code = said?.code;
  if (!answer)
    return [`${nameOf(operation)}: ${status} ${code ?? ''} ${said?.detail ?? ''} is not described`];
  const found: string[] = [];
  if (status >= 400) {
    const known = code !== undefined && Object.hasOwn(ERRORS, code) && ERRORS[code].status === status;
    if (!known || said?.type !== `/errors#${code}`) found.push(`${status}: ${JSON.stringify(body)}`);
    else if (!codesOf(answer).includes(code)) found.push(`${status} ${code} is not described`);
    if (headers.get('content-type') !== 'application/problem+json')
      found.push(`${status} is no problem+json`);
    if (status === 401 && !headers.has('www-authenticate')) found.push('401 without WWW-Authenticate');
    if (status === 429 && !headers.has('retry-after')) found.push('429 without Retry-After');
  }
  const [[type, content] = []] = Object.entries(answer.content ?? {});
  if (type && !(headers.get('content-type') ?? '').startsWith(type))
    found.push(`${status} is ${headers.get('content-type')} instead of ${type}`);
  if (type?.endsWith('json') && content?.schema)
    found.push(...mismatches(body, content.schema, description.components.schemas));
  return found.map((one) => `${nameOf(operation)}: ${one}`);
}

async function walk(send: (operation: ApiOperation) => Promise<Answer | undefined>): Promise<string[]> {
  const wrong: string[] = [];
  for (const operation of operations) {
    const answer = await send(operation);
    if (answer) wrong.push(...undescribed(operation, answer));
  }
  return wrong;
}

test('doors and cells answer many operations, and what they take by JSON is taken as described', async () => {
  expect(operations.length).toBeGreaterThan(20);
  const seen = new Set<number>();
  const wrong = await walk(async (operation) => {
    const { type, schema } = bodyOf(operation);
    const body = type?.endsWith('json') ? JSON.stringify(sampleOf(schema ?? {})) : type ? 'x' : undefined;
    const answer = await ask(operation, {
      ...(body === undefined ? {} : { body }),
      ...(type ? { type } : {}),
    });
    seen.add(answer.status);
    const refused = type === 'application/json' && [400, 415, 422].includes(answer.status);
    // A secret that is none is refused as such; the sample of a proof is none, and that is not said.
    return refused && !/hand|beacon/.test(operation.path) ? { ...answer, status: 599 } : answer;
  });
  expect(wrong).toEqual([]);
  expect([...seen]).toEqual(expect.arrayContaining([200, 201, 204, 404]));
});

test('each action of the studio is understood as described', async () => {
  const operation = operations.find((one) => nameOf(one) === 'POST /r/{slug}/backstage');
  if (!operation) throw new Error('the studio is not described');
  const variants = bodyOf(operation).schema?.anyOf ?? [];
  expect(variants.length).toBeGreaterThan(15);
  for (const one of variants) {
    const answer = await ask(operation, { body: JSON.stringify(sampleOf(one)), type: 'application/json' });
    expect(undescribed(operation, answer)).toEqual([]);
    // Nobody of that name is on stage; but what was sent is a known action.
    expect(JSON.stringify(answer.body)).not.toMatch(/Unrecognized|Invalid (?:input|option)/);
  }
});

test.each([
  ['without a link', { token: null }],
  ['with a link that is none', { token: 'x.y.z' }],
  ['of a room that does not exist', { slug: 'no-such-room' }],
  ['with no JSON', { body: '{"do":', type: 'application/json' }],
  ['with JSON that is no object', { body: '[1]', type: 'application/json' }],
  ['with another media type', { body: 'x', type: 'text/csv' }],
  ['with more than anything takes', { body: 'x'.repeat(400_000), type: 'application/json' }],
] as const)('a request %s is answered as described', async (_, sent) => {
  expect(
    await walk((operation) =>
      'body' in sent && operation.method === 'GET' ? Promise.resolve(undefined) : ask(operation, sent),
    ),
  ).toEqual([]);
});
