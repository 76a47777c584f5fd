import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { manualClock } from '../../test/clock.ts';
import { silentLog } from '../base/log.ts';
import type { QuestionWithdrawal } from '../wire/interaction/questions.ts';
import type { Mark } from '../wire/mark.ts';
import { type Interaction, type InteractionHooks, open } from './index.ts';
import { MAX_OPEN_PER_DEVICE } from './question-list.ts';

const KEY = (n: number): string => `device-key-${String(n).padStart(8, '0')}`;

function theatre(dir?: string) {
  const clock = manualClock();
  const marks: Mark[] = [];
  const lists: unknown[] = [];
  const out: { now?: ReadonlyMap<string, QuestionWithdrawal> } = {};
  const part: Interaction = open({
    ...{ clock, log: silentLog, ...(dir ? { dir } : {}) },
    tokens: {
      check: async (token) =>
        token === 'host' || token === 'speaker'
          ? ({ slug: 'hall', role: token, speaker: token, name: token } as never)
          : 'token-missing',
    },
  });
  const hooks: InteractionHooks = {
    ...{ wall: () => clock.wall(), mark: (mark) => marks.push(mark), changed: () => {} },
    publish: (list) => lists.push(list),
    barred: () => undefined,
    isHost: ({ role }) => role === 'host',
    banned: () => undefined,
    withdrawn: () => out.now,
  };
  const room = part.openRoom('hall', hooks);
  room.ruled({});
  const send = (path: string, body: object | string, headers: Record<string, string> = {}) =>
    part.fetch(
      new Request(`http://x/r/hall/${path}`, {
        method: 'POST',
        headers: {
          'content-type': typeof body === 'string' ? 'application/x-www-form-urlencoded' : 'application/json',
          'x-forwarded-for': '192.0.2.1',
          ...headers,
        },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      }),
    );
  const act = (body: object, who = 'host') => send('interaction', body, { authorization: `Bearer ${who}` });
  return { clock, marks, lists, out, part, room, hooks, send, act };
}

test('questions are ordered by votes, then by time, and nobody votes twice or for their own', async () => {
  const { clock, room, send } = theatre();
  const ids: string[] = [];
  for (const [n, text] of ['first', 'second'].entries()) {
    clock.advance(1_000);
    ids.push(((await (await send('questions', { text, device: KEY(n) })).json()) as { id: string }).id);
  }
  for (const key of [KEY(1), KEY(7), KEY(7), KEY(8)])
    expect((await send(`questions/${ids[1]}/vote`, { device: key })).status).toBe(201);
  expect(room.list().questions.map(({ text, votes }) => [text, votes])).toEqual([
    ['second', 2],
    ['first', 0],
  ]);
});

test('one second makes one list and one object of reactions, however many there were', () => {
  const { clock, lists, room } = theatre();
  for (let door = 0; door < 1_000; door++) room.reacted([1, 0, 2, 0, 0]);
  clock.advance(1_000);
  room.second();
  const second = Math.floor(clock.wall() / 1000);
  const counts = [1000, 0, 2000, 0, 0];
  expect(room.told().reactions).toEqual({ second, counts, recent: counts });
  clock.advance(1_000);
  room.second();
  expect(room.told().reactions).toEqual({ second: second + 1, counts: [], recent: counts });
  for (let n = 0; n < 9; n++) {
    clock.advance(1_000);
    room.second();
  }
  expect(room.told().reactions).toEqual({ second: 0, counts: [], recent: [] });
  expect(lists).toHaveLength(0);
});

test('reactions are written down by the second, so that what was shown can be added up again', () => {
  const { clock, marks, room } = theatre();
  let shown = 0;
  for (let second = 0; second < 25; second++) {
    if (second % 2 === 0) room.reacted([second, 0, 0, 0, 1]);
    clock.advance(1_000);
    room.second();
    const { reactions } = room.told();
    if (reactions) shown += reactions.counts.reduce((sum, n) => sum + n, 0);
  }
  room[Symbol.dispose]();
  const written = marks.flatMap((mark) => (mark.kind === 'reactions' ? mark.seconds : []));
  expect(written.flatMap(([, ...counts]) => counts).reduce((sum, n) => sum + n, 0)).toBe(shown);
  expect(written.every(([at = -1]) => at >= 0 && at < 10)).toBe(true);
});

test('a host answers and pins, both are written beside the recording; others may not', async () => {
  const { marks, room, send, act } = theatre();
  const asked = (await (await send('questions', { text: 'Why?', name: 'Zoe', device: KEY(1) })).json()) as {
    id: string;
  };
  expect((await act({ do: 'answered', question: asked.id }, 'speaker')).status).toBe(403);
  expect((await send('interaction', { do: 'unpin' })).status).toBe(401);
  expect((await act({ do: 'answered', question: asked.id })).status).toBe(204);
  expect((await act({ do: 'pin', text: 'Read this', link: 'http://plain.example/' })).status).toBe(422);
  expect((await act({ do: 'pin', text: 'Read this', link: 'https://user@example.org/' })).status).toBe(422);
  expect((await act({ do: 'pin', text: 'Read this', link: 'https://example.org/a' })).status).toBe(204);
  expect(room.told().pinned).toMatchObject({ text: 'Read this', link: 'https://example.org/a' });
  expect(marks.map(({ kind }) => kind)).toEqual(['answered', 'pin']);
  expect(room.list()).toMatchObject({ waiting: 0, answered: [{ text: 'Why?', name: 'Zoe' }] });
});

test('a form without scripts asks and is led back; one of another site does nothing', async () => {
  const { part, room, send } = theatre();
  const asked = await send('questions', 'text=%3Cb%3EBold%3C%2Fb%3E%3F&name=');
  expect([asked.status, asked.headers.get('location')]).toEqual([303, 'questions?done=asked']);
  const foreign = await send('questions', 'text=Spam&name=', { 'sec-fetch-site': 'cross-site' });
  expect(foreign.status).toBe(403);
  expect(room.list().waiting).toBe(1);
  const page = await (await part.fetch(new Request('http://x/r/hall/questions?done=asked'))).text();
  expect(page).toContain('&lt;b&gt;Bold&lt;/b&gt;?');
  expect(page).not.toContain('<b>Bold');
});

test('control characters and marks of direction are taken out, and the text is in NFC', async () => {
  const { room, send } = theatre();
  await send('questions', { text: 'Cafe\u0301\u202e \u0000why\u200f?', device: KEY(1) });
  expect(room.list().questions[0]?.text).toBe('Caf\u00e9 why?');
});

test('every limit names itself: pace, open questions of a device, length', async () => {
  const { clock, send } = theatre();
  const codes = new Set<string>();
  const ask = async (text: string, device = KEY(1)) => {
    const answer = await send('questions', { text, device });
    const said = (await answer.json()) as { code?: string; detail?: string };
    if (said.code) codes.add(`${said.code}: ${String(said.detail).slice(0, 34)}`);
    return answer.status;
  };
  for (let n = 0; n < 4; n++) await ask(`pace ${n}`);
  for (let n = 0; n <= MAX_OPEN_PER_DEVICE; n++) {
    clock.advance(60_000);
    await ask(`open ${n}`);
  }
  clock.advance(60_000);
  await ask('x'.repeat(281));
  await ask('short key', 'tiny');
  expect([...codes]).toEqual([
    'too-often: The questions of one device come t',
    'questions-full: 5 of your questions are open, whic',
    'unprocessable: text: use 1 to 280 characters',
    'unprocessable: device: use 16 to 64 letters, digi',
  ]);
});

test('a cell that was killed finds its questions, votes and pin again', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'earshot-questions-'));
  try {
    const before = theatre(dir);
    const { id } = (await (await before.send('questions', { text: 'Kept?', device: KEY(1) })).json()) as {
      id: string;
    };
    await before.send(`questions/${id}/vote`, { device: KEY(2) });
    await before.act({ do: 'pin', text: 'Pinned' });
    const after = theatre(dir);
    expect(after.room.list().questions).toMatchObject([{ id, text: 'Kept?', votes: 1 }]);
    await after.send(`questions/${id}/vote`, { device: KEY(2) });
    expect(after.room.list().questions[0]?.votes).toBe(1);
    expect(after.room.told().pinned).toMatchObject({ text: 'Pinned' });
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
});

test('a question that a moderator takes out is told its writer alone, and comes back where it was, after a restart as well', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'earshot-questions-'));
  try {
    const first = theatre(dir);
    const { id } = (await (await first.send('questions', { text: 'Why?', device: KEY(1) })).json()) as {
      id: string;
    };
    await first.act({ do: 'answered', question: id });
    first.out.now = new Map([[id, { reason: 'Insults', notice: '/notice/abc' }]]);
    first.room.second();
    expect(first.room.list()).toMatchObject({ questions: [], answered: [], withdrawn: [id] });
    expect(JSON.stringify(first.room.list())).not.toMatch(/Insults|notice/);
    expect(first.marks.map(({ kind }) => kind)).toEqual(['answered', 'unanswered']);
    const own = (device: string) => first.send(`questions/${id}/own`, { device });
    expect(await (await own(KEY(1))).json()).toEqual({
      ...{ id, text: 'Why?', reason: 'Insults', notice: '/notice/abc' },
    });
    expect((await own(KEY(2))).status).toBe(404);
    const reopened = await first.act({ do: 'reopen', question: id });
    expect([reopened.status, ((await reopened.json()) as { detail: string }).detail]).toEqual([
      409,
      expect.stringContaining('take that back among the reports'),
    ]);

    // What nothing is known of changes nothing; then the site says that it was taken back.
    const later = theatre(dir);
    later.room.second();
    expect(later.room.list().withdrawn).toEqual([id]);
    later.out.now = new Map();
    later.room.second();
    expect(later.room.list()).toMatchObject({ answered: [{ id, text: 'Why?' }] });
    expect(later.room.list().withdrawn).toBeUndefined();
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
});

test('without scripts the page says why a question of this connection was taken out', async () => {
  const { out, part, room, send } = theatre();
  await send('questions', 'text=Why%3F&name=');
  const [id = ''] = room.list().questions.map((one) => one.id);
  const page = async (from: string) =>
    (
      await part.fetch(new Request('http://x/r/hall/questions', { headers: { 'x-forwarded-for': from } }))
    ).text();
  expect(await page('192.0.2.1')).toContain(`href="report?question=${id}"`);
  out.now = new Map([[id, { reason: '<i>Insults', notice: '/notice/abc' }]]);
  room.second();
  expect(await page('192.0.2.1')).toMatch(
    /taken out of the list:[\s\S]*Why\?[\s\S]*&lt;i&gt;Insults[\s\S]*\/notice\/abc/,
  );
  expect(await page('198.51.100.1')).not.toContain('Insults');
});
