import { expect, test } from 'vitest';
import { ask, BROWSER, openCountingDoor, post } from '../../../../test/audience.ts';
import { openPostMarks } from '../../../keys/post-marks.ts';

const marks = openPostMarks(Buffer.alloc(32, 7));

test('what pages tell of posts is counted once; robots, pages of others and whoever asks for privacy change nothing', async () => {
  await using counting = await openCountingDoor({}, { marks });
  const { door, clock, posts, events } = counting;
  const told = (view: string, ...list: [string, string][]): string =>
    JSON.stringify({ v: 1, view, events: list });
  const [a, b] = [
    marks.make({ post: 'a1', room: 'room' }, clock.wall()),
    marks.make({ post: 'b2', room: 'no-such-room' }, clock.wall()),
  ];
  const send = (body: string, agent = BROWSER, headers = ''): Promise<string> =>
    ask(door.port, post('/post-events', body, agent, headers));
  const whole = told('AAAAAAAAAAA', ['seen', a], ['opened', a], ['seen', b]);
  for (let i = 0; i < 2; i += 1) expect(await send(whole)).toContain('204');
  const other = told('AAAAAAAAAAB', ['seen', a]);
  // All of these are answered alike: who cheats learns nothing.
  for (const [agent, headers] of [
    ['Googlebot/2.1', ''],
    [BROWSER, 'sec-fetch-site: cross-site\r\norigin: https://elsewhere.example\r\n'],
    [BROWSER, 'sec-gpc: 1\r\n'],
    [BROWSER, 'dnt: 1\r\n'],
    [BROWSER, 'sec-purpose: prefetch\r\n'],
  ] as const)
    expect(await send(other, agent, headers)).toContain('204');
  expect(
    await send(told('AAAAAAAAAAC', ['seen', `${a.slice(0, -1)}${a.endsWith('A') ? 'B' : 'A'}`])),
  ).toContain('204');
  // A frame in a sandbox has no origin.
  await send(
    told('AAAAAAAAAAD', ['embed-seen', a]),
    BROWSER,
    'sec-fetch-site: cross-site\r\norigin: null\r\n',
  );
  for (const none of ['', 'nonsense', '{}', told('short', ['seen', a])])
    expect(await send(none)).toContain('400');
  expect(await send('x'.repeat(5_000))).toContain('413');
  clock.advance(2_000);
  expect(posts).toEqual([
    ['a1', 1, 1, 1, 0],
    ['b2', 1, 0, 0, 0],
  ]);
  // An impression of a post with the card of a room is in the log of that room as well.
  expect(events.get('room')?.posts).toEqual({ a1: 1 });
  expect([...events.keys()]).toEqual(['room']);
});
