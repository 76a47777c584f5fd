import { expect, test } from 'vitest';
import { openTextGate } from './text-gate.ts';

const gate = openTextGate((language, { title, main }) => `${language} ${title} ${main}`);
gate.publish({ '': [{ name: 'insults', pattern: 'twerp*' }], hall: [{ name: 'plot', pattern: 'ending' }] });

const json = (method: string, path: string, body: unknown): Request =>
  new Request(`http://x${path}`, {
    ...{ method, body: typeof body === 'string' ? body : JSON.stringify(body) },
    headers: { 'content-type': 'application/json' },
  });
const form = (path: string, fields: Record<string, string>, language = 'en'): Request =>
  new Request(`http://x${path}`, {
    ...{ method: 'POST', body: new URLSearchParams(fields).toString() },
    headers: { 'content-type': 'application/x-www-form-urlencoded', 'accept-language': language },
  });
const refused = async (request: Request): Promise<number | undefined> =>
  (await gate.refuses(request))?.status;

test('titles, names of hosts, clips, chapters, notes and statements are compared with the lists', async () => {
  for (const request of [
    json('POST', '/api/rooms', { title: 'TWÉRPS of the year' }),
    json('POST', '/api/rooms', { title: 'Fine', host: 't w e r p' }),
    json('PATCH', '/api/rooms/hall', { title: 'The ending' }),
    json('PATCH', '/api/rooms/hall', { late: { reason: 'a twerp is late' } }),
    json('POST', '/api/rooms/hall/clips', { title: 'twerp', last: 30 }),
    json('PATCH', '/api/rooms/hall/clips/c1', { text: 'the ending' }),
    json('POST', '/api/rooms/hall/chapters', { title: 'Ending' }),
    json('POST', '/api/rooms/hall/notes', { text: 'twerp' }),
    json('POST', '/api/rooms/hall/claims', { text: 'twerps: 5' }),
    form('/r/hall/claims', { text: 'twerp' }),
    form('/sign-up', { name: 'Twerp', email: 'a@b.example' }),
    form('/account', { act: 'name', name: 'twerps' }),
    json('POST', '/api/posts', { text: 'you twerp' }),
    json('PATCH', '/api/posts/abc', { text: 'you twerp' }),
    json('PUT', '/api/posts/abc/tombstone', { reason: 'a twerp asked for it' }),
    json('PATCH', '/api/profile', { links: ['https://x.example', 'https://y.example/twerp'] }),
    form('/compose', { text: 'you twerp' }),
    form('/@ana/abc', { act: 'reply', text: 'you twerp' }),
    form('/@ana', { act: 'change', bio: 'a twerp' }),
  ])
    expect([request.url, await refused(request)]).toEqual([request.url, 422]);
});

test('everything else passes, and can still be read', async () => {
  for (const request of [
    json('POST', '/api/rooms', { title: 'The ending' }),
    json('POST', '/api/rooms', { title: 'Antwerp' }),
    json('POST', '/api/rooms/hall/reports', { reason: 'hate', text: 'he said twerp' }),
    json('POST', '/api/posts/abc/reports', { reason: 'hate', words: 'he said twerp' }),
    form('/@ana/abc', { act: 'report', why: 'hate', words: 'he said twerp' }),
    json('POST', '/api/rooms', 'not json'),
    json('POST', '/api/rooms', 'null'),
    form('/sign-in', { name: 'twerp' }),
    form('/account', { act: 'password', password: 'twerp twerp twerp' }),
    new Request('http://x/api/rooms'),
  ])
    expect([request.url, await refused(request)]).toEqual([request.url, undefined]);
  const kept = json('POST', '/api/rooms', { title: 'Antwerp' });
  await gate.refuses(kept);
  expect(await kept.json()).toEqual({ title: 'Antwerp' });
});

test('the refusal names the field and the rule, not the word; a form gets a page in its language', async () => {
  const said = await (await gate.refuses(json('POST', '/api/rooms', { title: 'twerp' })))?.text();
  expect(said).toContain('title: this text was not accepted');
  expect(said).toContain('insults');
  expect(said).not.toContain('twerp');
  expect(JSON.parse(said ?? '')).toMatchObject({ code: 'unprocessable', field: 'title', rule: 'insults' });
  const page = await gate.refuses(form('/sign-up', { name: 'twerp' }, 'fr'));
  expect(page?.headers.get('content-type')).toContain('text/html');
  expect(await page?.text()).toContain('enfreint la règle « insults »');
});

test('rules that were taken away no longer count', async () => {
  const other = openTextGate(() => '');
  other.publish({ '': [{ name: 'a', pattern: 'twerp' }] });
  other.publish({});
  expect(await other.refuses(json('POST', '/api/rooms', { title: 'twerp' }))).toBeUndefined();
});
