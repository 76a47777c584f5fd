import { expect, test } from 'vitest';
import { complaint } from '../api/index.ts';
import { requests } from './requests.ts';

const { create, edit, invite, list } = requests(() => Date.UTC(2026, 0, 1));

test.each([
  [create, {}, 'title: use 1 to 140 characters'],
  [create, { title: 5 }, 'title: use 1 to 140 characters'],
  [create, { title: 'x', slug: 7 }, 'slug: use 3 to 64 of a-z, 0-9 and -'],
  [create, { title: 'x', start: 7 }, 'start: use a time with its offset, such as 2026-12-01T20:00:00+01:00'],
  [
    create,
    { title: 'x', colour: 1 },
    'there is no field "colour"; use title, start, zone, host, slug, about, access, password, draft',
  ],
  [create, [], 'send an object with title, start, zone, host, slug, about, access, password, draft'],
  [create, 'text', 'send an object with title, start, zone, host, slug, about, access, password, draft'],
  [edit, {}, 'give a title, a start, a zone, a cap, rules, what it is about or a reason for being late'],
  [edit, { cap: '5' }, 'cap: use a whole number from 1 to 10000000, or null for no cap'],
  [edit, { cap: -5 }, 'cap: use at least 1, or null for no cap'],
  [invite, { role: 'king' }, 'role: use speaker, co-host or guest'],
  [list, { limit: '-5' }, 'limit: use a whole number from 1 to 200'],
  [list, { limit: '1.5' }, 'limit: use a whole number from 1 to 200'],
  [list, { limit: 'many' }, 'limit: use a whole number from 1 to 200'],
  [list, { limit: '201' }, 'limit: use a whole number from 1 to 200'],
  [
    list,
    { status: 'gone' },
    'status: use scheduled, open, live, ended, cancelled, stopped, with commas between them',
  ],
])('what is wrong is said in our words: %#', (schema, value, said) => {
  const parsed = schema.safeParse(value);
  expect(parsed.error && complaint(parsed.error)).toBe(said);
});

test('names of hosts and on invitations hide nothing and mix no alphabets in a word; a title may mix them', () => {
  const { create, invite } = requests(() => 0);
  expect(create.parse({ title: 'Аna\u200b live', host: 'An\u200ba' })).toEqual({
    title: 'Аna live',
    host: 'Ana',
  });
  expect(invite.parse({ name: 'An\u2060a' }).name).toBe('Ana');
  for (const [schema, body] of [
    [create, { title: 'x', host: 'Аna' }],
    [invite, { name: 'Аna' }],
  ] as const) {
    const { error } = schema.safeParse(body);
    expect(error && complaint(error)).toMatch(/^(host|name): use letters of one alphabet in each word$/);
  }
});
