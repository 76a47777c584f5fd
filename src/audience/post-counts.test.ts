import { describe, expect, test } from 'vitest';
import { MOST_POSTS, postsToWrite } from './post-counts.ts';
import { AudienceRoom } from './room.ts';

const MINUTE = 29_700_009;

describe('posts of other accounts', () => {
  test('are added over doors, each by itself; a repeat and an older word change nothing', () => {
    const room = new AudienceRoom('hall');
    room.happened('door-0', 'a', { impressions: 5, posts: { 'one/1': 100, 'two/1': 7 } });
    room.happened('door-1', 'b', { posts: { 'one/1': 50 } });
    room.happened('door-0', 'a', { posts: { 'one/1': 90 } });
    expect(room.events.totals.posts).toEqual({ 'one/1': 150, 'two/1': 7 });
    expect(room.figures().post_impressions?.net).toBe(5);
    expect(room.closePosts(MINUTE)?.posts).toEqual([
      { of: 'one/1', total: { post_impressions: { net: 150, gross: 150, method: 'counted' } } },
      { of: 'two/1', total: { post_impressions: { net: 7, gross: 7, method: 'counted' } } },
    ]);
  });

  test('are written every ten minutes, while one of them grows', () => {
    const posts = { one: 3 };
    expect(postsToWrite(posts, {}, MINUTE - 1)).toBeUndefined();
    expect(postsToWrite(posts, {}, MINUTE)).toBeDefined();
    expect(postsToWrite(posts, posts, MINUTE)).toBeUndefined();
    expect(postsToWrite({ one: 4 }, posts, MINUTE)).toBeDefined();
  });

  test('what no door of ours would say is left out, and no more than a limit of them are counted', () => {
    const room = new AudienceRoom('hall');
    room.happened('door-0', 'a', { posts: { a: -1, b: 0.5, ['x'.repeat(81)]: 4, c: 2 } });
    expect(room.events.totals.posts).toEqual({ c: 2 });
    const many = Object.fromEntries(Array.from({ length: MOST_POSTS * 2 }, (_, i) => [`post-${i}`, 1]));
    room.happened('door-0', 'a', { posts: many });
    expect(Object.keys(room.events.totals.posts)).toHaveLength(MOST_POSTS);
  });

  test('survive a restart', () => {
    const room = new AudienceRoom('hall');
    room.happened('door-0', 'a', { posts: { one: 3 } });
    const again = new AudienceRoom('hall');
    again.events.load(JSON.parse(JSON.stringify(room.events.dump())));
    expect(again.events.totals.posts).toEqual({ one: 3 });
  });
});
