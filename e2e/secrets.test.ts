/** Tokens, keys and passwords, wherever people and programs put them: none of them is in any log, journal or record. */
import { existsSync, lstatSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type MadeRoom, type Server, startServer, until } from './rig/server.ts';

/** Words that occur nowhere else. */
const MARKED = {
  operatorKey: 'MARKED-operator-key-7f3a9c21',
  turnPassword: 'MARKED-turn-password-55e1',
  urlPassword: 'MARKEDurlpassword8812',
  queryToken: 'MARKEDquerytoken.aaaa.bbbb',
  wrongBearer: 'MARKEDwrong.MARKEDbearer.MARKEDtoken',
  basic: Buffer.from('ann:MARKED-basic-password').toString('base64'),
  cookie: 'MARKED-cookie-value-3391',
  body: 'MARKED-body-secret-1207',
  header: 'MARKED-api-key-header-99',
} as const;

let server: Server;
let room: MadeRoom;
let given: string[];
beforeAll(async () => {
  server = await startServer({
    ...{
      EARSHOT_DATA: mkdtempSync(join(tmpdir(), 'earshot-secrets-')),
      EARSHOT_CELLS: '1',
      EARSHOT_DOORS: '1',
    },
    ...{ EARSHOT_LOG_LEVEL: 'debug', EARSHOT_OPERATOR_KEY: MARKED.operatorKey },
    EARSHOT_ICE_SERVERS: JSON.stringify([
      { urls: 'turn:127.0.0.1:3478', username: 'earshot', credential: MARKED.turnPassword },
    ]),
  });
  room = await server.room('Town hall');
  given = [room.token];
}, 110_000);
afterAll(() => server?.[Symbol.asyncDispose]());

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const JSON_TYPE = { 'content-type': 'application/json' };
const statuses: number[] = [];

/** Asks, and reads the answer to its end where it has one. */
async function asked(
  method: string,
  path: string,
  headers: Record<string, string> = {},
  body?: string,
): Promise<string> {
  const left = new AbortController();
  const answer = await fetch(`${server.url}${path}`, {
    signal: left.signal,
    method,
    headers,
    ...(body === undefined ? {} : { body }),
  });
  statuses.push(answer.status);
  // Streams of sound and of news have no end.
  if (!/^(?:audio\/|application\/x-ndjson)/.test(answer.headers.get('content-type') ?? ''))
    return answer.text();
  left.abort();
  return '';
}

/** What people and programs do with secrets, rightly and wrongly. */
async function journeys(): Promise<void> {
  const { slug, token } = room;
  const host = { ...JSON_TYPE, ...bearer(token) };
  const invited = JSON.parse(await asked('POST', `/api/rooms/${slug}/invites`, host, '{"name":"Bo"}')) as {
    token: string;
  };
  given.push(invited.token);
  await asked('PATCH', `/api/rooms/${slug}`, host, '{"title":"Town hall, second try"}');
  await asked('PATCH', `/api/rooms/${slug}`, host, `{"title": "${MARKED.body}`);
  await asked('PATCH', `/api/rooms/${slug}`, host, JSON.stringify({ [MARKED.body]: 1 }));
  for (const kind of ['whip', 'whep']) {
    await asked(
      'POST',
      `/r/${slug}/${kind}`,
      { ...bearer(token), 'content-type': 'application/sdp' },
      `v=0\r\n${MARKED.body}`,
    );
    await asked(
      'POST',
      `/r/${slug}/${kind}`,
      { ...bearer(MARKED.wrongBearer), 'content-type': 'application/sdp' },
      'v=0',
    );
  }
  await asked('GET', `/r/${slug}/backstage`, bearer(invited.token));
  await asked('GET', `/r/${slug}/stream?ticket=${MARKED.queryToken}&back=${MARKED.queryToken}`);
  for (const secret of [MARKED.queryToken, token]) {
    await asked('GET', `/r/${slug}/studio?token=${secret}`);
    await asked('GET', `/api/rooms/${slug}/nothing/${secret}?operator=${secret}`);
    await asked('GET', `/nowhere/${secret}`);
    await asked('GET', `//${secret}//..%2f..%2f${secret}`);
  }
  await asked(
    'POST',
    '/api/rooms',
    { ...JSON_TYPE, authorization: `Basic ${MARKED.basic}`, 'x-api-key': MARKED.header },
    '{"title":"x"}',
  );
  await asked(
    'POST',
    '/api/rooms',
    { ...JSON_TYPE, ...bearer(MARKED.operatorKey), origin: 'https://elsewhere.example' },
    '{"title":"By the operator"}',
  );
  const form = { 'content-type': 'application/x-www-form-urlencoded' };
  await asked(
    'POST',
    '/api/rooms',
    form,
    `title=x&operator=${encodeURIComponent(`https://x/#operator=${MARKED.queryToken}`)}`,
  );
  await asked(
    'POST',
    `/r/${slug}/ticket`,
    { ...form, cookie: `earshot-ticket=${MARKED.cookie}` },
    `code=${MARKED.body}`,
  );
  await asked('POST', `/r/${slug}/claims`, { ...form, ...bearer(token) }, `text=412+listeners`);
  await asked('GET', `/r/${slug}`, {
    referer: `https://ann:${MARKED.urlPassword}@x.example/?token=${MARKED.queryToken}`,
    cookie: MARKED.cookie,
  });
  await asked('POST', `/api/rooms/${slug}/links/renew`, host, '{}').then((text) =>
    given.push((JSON.parse(text) as { token: string }).token),
  );
}

/** Every file below a folder. */
const filesIn = (folder: string): string[] =>
  readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    const found = lstatSync(path);
    return found.isDirectory() ? filesIn(path) : found.isFile() ? [path] : [];
  });

test('what is secret stays out of logs, journals, records and what is said of a crash', async () => {
  await journeys();
  // A crash of the process that checked the tokens, and one that held their bytes.
  for (const [role, signal] of [
    ['site', 'SIGABRT'],
    ['door', 'SIGKILL'],
  ] as const) {
    const pid = server.child(role, 0);
    if (pid) process.kill(pid, signal);
    await until(
      `${role} is back`,
      () => server.child(role, 0) !== undefined && server.child(role, 0) !== pid,
    );
  }
  await until(
    'the site answers',
    async () => (await fetch(`${server.url}/api/rooms`).catch(() => undefined))?.status === 200,
  );
  await asked('GET', `/api/rooms/${room.slug}`, bearer(room.token));
  expect(statuses.length).toBeGreaterThan(25);
  expect(new Set(statuses).size).toBeGreaterThan(4);
  const secret = readFileSync(join(server.data, 'secret'));
  expect(given).toHaveLength(3);
  const secrets: (readonly [what: string, bytes: Buffer])[] = [
    ...Object.entries(MARKED).map(([what, word]) => [what, Buffer.from(word)] as const),
    ...given.map(
      (token, n) => [`the signature of link ${n}`, Buffer.from(token.split('.')[2] ?? token)] as const,
    ),
    ...(['hex', 'base64', 'base64url'] as const).map(
      (form) => [`the secret in ${form}`, Buffer.from(secret.toString(form))] as const,
    ),
    ['the secret', secret],
  ];
  const output = Buffer.from(server.output());
  expect(output.length).toBeGreaterThan(500);
  const places: (readonly [name: string, bytes: Buffer])[] = [
    ['the log', output],
    ...filesIn(server.data)
      .filter((path) => path !== join(server.data, 'secret'))
      // A file that was just being written has another name a moment later, and is read by that.
      .filter((path) => !path.endsWith('.new') || existsSync(path))
      .map((path) => [path.slice(server.data.length), readFileSync(path)] as const),
  ];
  expect(places.length).toBeGreaterThan(5);
  const found = places.flatMap(([name, bytes]) =>
    secrets.filter(([, one]) => bytes.includes(one)).map(([what]) => `${what} in ${name}`),
  );
  expect(found).toEqual([]);
  // The search itself finds what is there.
  expect(
    secrets.filter(([, one]) => Buffer.from(`x ${MARKED.cookie} y`).includes(one)).map(([what]) => what),
  ).toEqual(['cookie']);
});
