/** The posts of the home page on both databases: for strangers, for who follows somebody, and after a break. */
import { describe, expect, test } from 'vitest';
import { useSocial } from './social-people.ts';

describe.each(['sqlite', 'postgres'] as const)('posts of the home page on %s', (engine) => {
  const { as, page } = useSocial(engine);
  const said = async (who?: string): Promise<string[]> => {
    const answer = await page('/posts/home', who as 'ana');
    expect(answer.status).toBe(200);
    const html = await answer.text();
    return [...html.matchAll(/<div class="said"><p dir="auto">([^<]+)</g)].map(([, text]) => text ?? '');
  };

  test('what somebody follows comes first, and no post twice', async () => {
    for (let n = 0; n < 7; n += 1) await as('cem').writes(`cem ${n}`);
    expect(await as('ana').put('/api/profiles/bo/follow')).toBe(204);
    for (let n = 0; n < 12; n += 1) await as('bo').writes(`bo ${n}`);
    const followed = [11, 10, 9, 8, 7, 6, 5, 4, 3, 2].map((n) => `bo ${n}`);
    expect(await said('ana')).toEqual([...followed, 'bo 1', 'bo 0', 'cem 6', 'cem 5', 'cem 4']);
    expect(await said()).toEqual(followed.slice(0, 5));
    const mine = await page('/posts/home', 'ana');
    expect(mine.headers.get('cache-control')).toBe('private, no-cache');
    const html = await mine.text();
    expect(html).not.toContain('<html');
    expect(html).toContain('name="back" value="/#p-');
    // Whom somebody mutes is not met here either.
    expect(await as('ana').put('/api/profiles/cem/mute')).toBe(204);
    expect(await said('ana')).toEqual([...followed, 'bo 1', 'bo 0']);
    // Strangers get nothing to press, and nothing of it is anybody's own.
    const everybody = await page('/posts/home');
    expect(everybody.headers.get('cache-control')).toBe('public, max-age=5');
    expect(await everybody.text()).not.toContain('<form');
  });
});
