import { expect, test } from 'vitest';
import { openRoomSettings } from './room-settings.ts';

interface Asked {
  readonly method: string;
  readonly url: string;
  readonly match: string | null;
  readonly body: unknown;
}

/** A server with one room that another host can change. */
function serverOf(): { asked: Asked[]; fetch: typeof fetch; other(what?: object): void } {
  const asked: Asked[] = [];
  let state = 1;
  let shown: object = { access: 'public' };
  return {
    asked,
    other(what = { access: 'unlisted' }) {
      state += 1;
      shown = { ...shown, ...what };
    },
    fetch: (async (url: string, init: RequestInit) => {
      const headers = new Headers(init.headers);
      const body = init.body === undefined ? undefined : JSON.parse(String(init.body));
      const match = headers.get('if-match');
      asked.push({ method: init.method ?? 'GET', url, match, body });
      if (match !== null && match !== `"${state}"`)
        return Response.json({ code: 'etag-mismatch', detail: '' }, { status: 412 });
      if (body) {
        state += 1;
        const { late, ...rest } = body as { late?: string | null };
        shown = { ...shown, ...rest, ...(late ? { plans: { late: { reason: late, at: 1 } } } : {}) };
      }
      const { password, draft, ...open } = shown as { password?: string | null; draft?: boolean };
      // What everybody may read has no word of the password.
      if (!body && url.endsWith('/settings'))
        return Response.json({ ...open, draft: draft === true, password: typeof password === 'string' });
      return Response.json(draft ? { ...open, access: 'private' } : open, {
        headers: { etag: `"${state}"` },
      });
    }) as typeof fetch,
  };
}

test('two edits in one save follow each other, each for the state that the one before has made', async () => {
  const server = serverOf();
  const settings = openRoomSettings({ slug: 'hall', token: () => 't', fetch: server.fetch });
  await settings.look();
  expect(
    await settings.save({ late: ' The train stands still ', access: 'private', password: 'secret' }),
  ).toBe('saved');
  expect(server.asked.map(({ url, match, body }) => [url, match, body])).toEqual([
    ['/api/rooms/hall', null, undefined],
    ['/api/rooms/hall', '"1"', { late: 'The train stands still' }],
    ['/api/rooms/hall/settings', '"2"', { access: 'private', password: 'secret' }],
    ['/api/rooms/hall/settings', null, undefined],
  ]);
  expect(settings.seen.value).toEqual({
    access: 'private',
    password: true,
    about: '',
    late: 'The train stands still',
  });
  expect(await settings.save({ password: null })).toBe('saved');
  expect(settings.seen.value).toMatchObject({ access: 'private', password: false });
});

test('a draft says so, and who may come once it is announced', async () => {
  const server = serverOf();
  const settings = openRoomSettings({ slug: 'hall', token: () => 't', fetch: server.fetch });
  server.other({ access: 'unlisted', draft: true });
  await settings.look();
  expect(settings.seen.value).toEqual({ access: 'unlisted', draft: true, about: '', late: '' });
  server.other({ access: 'public' });
  expect(await settings.save({ access: 'private' })).toBe('changed');
  server.other({ draft: undefined });
  await settings.look();
  expect(settings.seen.value).toEqual({ access: 'public', about: '', late: '' });
});

test('what somebody else has set meanwhile is not overwritten: it is shown, and the next save counts', async () => {
  const server = serverOf();
  const settings = openRoomSettings({ slug: 'hall', token: () => 't', fetch: server.fetch });
  await settings.look();
  server.other();
  expect(await settings.save({ access: 'private' })).toBe('changed');
  expect(settings.seen.value?.access).toBe('unlisted');
  expect(await settings.save({ access: 'private' })).toBe('saved');
  expect(settings.seen.value?.access).toBe('private');
});

test('what has changed beside what somebody enters, as when the room opens by itself, refuses nothing', async () => {
  const server = serverOf();
  const settings = openRoomSettings({ slug: 'hall', token: () => 't', fetch: server.fetch });
  await settings.look();
  server.other({ status: 'open', title: 'Another title' });
  expect(await settings.save({ late: 'The train stands still' })).toBe('saved');
  server.other({ plans: { late: { reason: 'The bus stands still', at: 2 } } });
  expect(await settings.save({ late: 'The train stands still', title: 'Mine' })).toBe('changed');
  expect(settings.seen.value?.late).toBe('The bus stands still');
});

test('an empty reason is taken back', async () => {
  const server = serverOf();
  const settings = openRoomSettings({ slug: 'hall', token: () => 't', fetch: server.fetch });
  expect(await settings.save({ late: '  ' })).toBe('saved');
  expect(server.asked[0]?.body).toEqual({ late: null });
});
