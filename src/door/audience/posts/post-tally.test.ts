import { expect, test } from 'vitest';
import { openPostMarks } from '../../../keys/post-marks.ts';
import type { PostEventName } from '../../../wire/posts/post-events.ts';
import { MOST_WAITING_POSTS, PostTally } from './post-tally.ts';

const marks = openPostMarks(Buffer.alloc(32, 7));
const NOW = Date.UTC(2026, 11, 1, 20, 30);
const mark = (post: string, room?: string): string =>
  marks.make({ post, ...(room === undefined ? {} : { room }) }, NOW);
const view = (n: number): string => n.toString(36).padStart(11, 'A');
const tell = (tally: PostTally, of: number, ...events: [PostEventName, string][]): void =>
  tally.take({ v: 1, view: view(of), events }, NOW);

test('each event of a page view counts once, each page view anew, and each kind by itself', () => {
  const tally = new PostTally(marks);
  const [a, b] = [mark('a1'), mark('b2')];
  for (let again = 0; again < 3; again += 1) tell(tally, 1, ['seen', a], ['opened', a], ['seen', b]);
  tell(tally, 2, ['seen', a], ['embed-seen', a], ['listened', a]);
  expect(tally.tell(0, false)).toEqual([
    {
      number: 1,
      counts: [
        ['a1', 2, 1, 1, 1],
        ['b2', 1, 0, 0, 0],
      ],
    },
  ]);
  expect(tally.tell(1_000, false)).toEqual([]);
  expect(tally.counts).toEqual({ counted: 6, repeated: 6, 'not-ours': 0, lost: 0 });
});

test('a post that does not exist takes no place', () => {
  const tally = new PostTally(marks);
  for (let n = 1; n < 1_000; n += 1) tell(tally, n, ['seen', `${n.toString(36)}.abcde..AAAAAAAAAAA`]);
  expect(tally.tell(0, false)).toEqual([]);
  expect(tally.counts['not-ours']).toBe(999);
});

test('a post that carries a card counts for its room as well', () => {
  const tally = new PostTally(marks);
  const seen: [string, string][] = [];
  const events = [
    ['seen', mark('a1', 'hall')],
    ['opened', mark('a1', 'hall')],
    ['seen', mark('b2')],
  ] as const;
  tally.take({ v: 1, view: view(1), events }, NOW, (room, post) => seen.push([room, post]));
  expect(seen).toEqual([['hall', 'a1']]);
});

test('what was told is told again for three minutes, and while the tally is away nothing is forgotten', () => {
  const tally = new PostTally(marks);
  for (let n = 0; n < 5; n += 1) {
    tell(tally, n, ['seen', mark('a1')]);
    tally.tell(n * 60_000, false);
  }
  // The first two are older than three minutes.
  expect(tally.tell(240_000, true).map(({ number }) => number)).toEqual([2, 3, 4, 5]);
  tell(tally, 6, ['seen', mark('a1')]);
  // Nobody asked for an hour: what was told before is still there once.
  expect(tally.tell(3_600_000, true).map(({ number }) => number)).toEqual([2, 3, 4, 5, 6]);
  expect(tally.tell(3_601_000, true).map(({ number }) => number)).toEqual([6]);
});

test('of more posts than fit the further ones are lost, and that is counted', () => {
  const tally = new PostTally({ read: (post) => ({ post }) });
  for (let n = 1; n <= MOST_WAITING_POSTS + 10; n += 1) tell(tally, 1, ['seen', n.toString(36)]);
  const batches = tally.tell(0, false);
  expect(batches.length).toBe(10);
  expect(batches.reduce((sum, { counts }) => sum + counts.length, 0)).toBe(MOST_WAITING_POSTS);
  expect(tally.counts.lost).toBe(10);
});
