import { Hono } from 'hono';
import { expect, test } from 'vitest';
import { manualClock } from '../../../test/clock.ts';
import type { NoteWish } from '../../wire/figures/host-note.ts';
import { noteRoutes } from './note-routes.ts';

/** The routes of a room `hall`, and what was written. */
function opened({ away = false } = {}) {
  const clock = manualClock();
  const wishes: NoteWish[] = [];
  const app = new Hono();
  noteRoutes(
    app,
    {
      clock,
      notes: {
        async notesOf() {
          if (away) throw new Error('away');
          return [];
        },
        async writeNote(_, wish) {
          if (away) throw new Error('away');
          wishes.push(wish);
          return Response.json({ seq: wishes.length }, { status: 201 });
        },
      },
      titleOf: async (slug) => (slug === 'hall' ? 'Hall' : undefined),
      whoIs: async (slug, token) =>
        slug !== 'hall' && slug !== 'closed'
          ? undefined
          : ({ h: 'host', o: 'operator' } as const)[token ?? ''],
    },
    () => undefined,
  );
  const post = async (body: unknown, token = 'h', room = 'hall', type = 'application/json') => {
    const answer = await app.request(`/api/rooms/${room}/notes`, {
      method: 'POST',
      headers: { 'content-type': type, ...(token && { authorization: `Bearer ${token}` }) },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
    const { code, detail } = (await answer.json()) as { code?: string; detail?: string };
    return { status: answer.status, code, detail };
  };
  return { app, clock, wishes, post };
}

test('hosts and the operator write notes, and who wrote is told with them', async () => {
  const { wishes, post } = opened();
  expect((await post({ text: 'we restart' })).status).toBe(201);
  await post({ text: 'a switch failed', at: '2024-08-13T00:40:00Z', answers: 1 }, 'o');
  expect(wishes).toEqual([
    { author: 'host', text: 'we restart' },
    { author: 'operator', text: 'a switch failed', at: 1_723_509_600_000, answers: 1 },
  ]);
});

test.each([
  ['without a link', '', 'hall', { text: 'x' }, 'token-missing'],
  ['by somebody who is no host', 'speaker', 'hall', { text: 'x' }, 'not-host'],
  ['in a room that is not there', 'h', 'none', { text: 'x' }, 'room-unknown'],
  ['without a text', 'h', 'hall', {}, 'unprocessable'],
  ['of 10,000 letters', 'h', 'hall', { text: 'x'.repeat(10_000) }, 'too-large'],
  ['at no time', 'h', 'hall', { text: 'x', at: 'yesterday' }, 'unprocessable'],
  ['about half a note', 'h', 'hall', { text: 'x', answers: 0.5 }, 'unprocessable'],
  ['with a member that has no meaning', 'h', 'hall', { text: 'x', colour: 'red' }, 'unprocessable'],
  ['that is no JSON', 'h', 'hall', '{"text":', 'bad-request'],
])('refused: a note %s', async (_, token, room, body, code) => {
  const { wishes, post } = opened();
  const answer = await post(body, token, room);
  expect(answer.code).toBe(code);
  expect(wishes).toEqual([]);
});

test('a form of another site cannot write one', async () => {
  const { post } = opened();
  expect((await post('text=x', 'h', 'hall', 'text/plain')).code).toBe('unsupported-media-type');
});

test('six notes at once, then one every ten seconds', async () => {
  const { clock, post } = opened();
  for (let i = 0; i < 6; i++) expect((await post({ text: `${i}` })).status).toBe(201);
  expect(await post({ text: '7' })).toMatchObject({ code: 'too-many-changes', detail: 'Try again in 10 s.' });
  clock.advance(10_000);
  expect((await post({ text: '7' })).status).toBe(201);
});

test('while the log does not answer, that is said', async () => {
  const { app, post } = opened({ away: true });
  expect((await post({ text: 'x' })).code).toBe('tally-away');
  expect((await app.request('/api/rooms/hall/notes')).status).toBe(503);
});

test('notes of a private room are written and read by its hosts, and are not there for anybody else', async () => {
  const { app, wishes, post } = opened();
  expect((await post({ text: 'we restart' }, 'h', 'closed')).status).toBe(201);
  expect(wishes).toEqual([{ author: 'host', text: 'we restart' }]);
  for (const token of ['', 'x'])
    expect((await post({ text: 'x' }, token, 'closed')).code).toBe('room-unknown');
  const read = async (headers: Record<string, string>) =>
    (await app.request('/api/rooms/closed/notes', { headers })).status;
  expect(await read({ authorization: 'Bearer h' })).toBe(200);
  for (const headers of [{}, { authorization: 'Bearer x' }] as Record<string, string>[])
    expect(await read(headers)).toBe(404);
});
