/** Who counts as having seen a post, and what stands under it, on both databases. */
import { describe, expect, test } from 'vitest';
import { useSocial } from './social-people.ts';

describe.each(['sqlite', 'postgres'] as const)('what is counted of posts on %s', (engine) => {
  const { state, as, send, page, codeOf } = useSocial(engine);
  const marks = async (path: string, who?: 'ana' | 'bo' | 'cem'): Promise<string[]> =>
    [...(await (await page(path, who)).text()).matchAll(/data-mark="([^"]*)"/g)].map(([, mark = '']) => mark);

  test('everybody counts but the author and the operator; a quoted post is a card of its own', async () => {
    const first = await as('ana').writes('first', { room: 'hall' });
    const quote = await as('bo').writes('look', { quoteOf: first.id });
    const [a, b] = [`${first.id}.h.hall.mac`, `${quote.id}.h..mac`];
    for (const path of ['/posts', '/search?q=first', `/@ana/${first.id}`])
      expect([path, await marks(path)]).toEqual([path, path === '/posts' ? [b, a, a] : [a]]);
    expect(await marks('/posts', 'cem')).toEqual([b, a, a]);
    expect(await marks('/posts', 'ana')).toEqual([b]);
    expect(await marks('/posts', 'bo')).toEqual([a, a]);
    state.operator = true;
    expect(await marks('/posts', 'cem')).toEqual([]);
  });

  test('the card of its room carries the mark along, and only its page is opened', async () => {
    const post = await as('ana').writes('tonight', { room: 'hall' });
    const read = async (path: string, who?: 'ana'): Promise<string> => (await page(path, who)).text();
    expect(await read('/posts')).toContain(`href="/r/hall#from-post=${post.id}.h.hall.mac"`);
    expect(await read('/posts', 'ana')).toContain('href="/r/hall"');
    expect(await read('/posts')).not.toContain('data-opened');
    expect(await read(`/@ana/${post.id}`)).toContain('data-opened');
    // Whoever reports it looks at a form.
    expect(await read(`/@ana/${post.id}?show=report`)).not.toContain('data-opened');
    // In a page of another site nobody is signed in.
    expect(await read(`/embed/p/${post.id}`, 'ana')).toContain(`data-mark="${post.id}.h.hall.mac"`);
    state.card = undefined;
    expect(await read('/posts')).toContain(`data-mark="${post.id}.h..mac"`);
  });

  test('under it stands what was counted, with the way to what that means; nobody can say: that', async () => {
    const post = await as('ana').writes('seen');
    const path = `/@ana/${post.id}`;
    expect(await (await page(path)).text()).toContain('Impressions: not counted yet');
    expect(await codeOf(await send(undefined, 'GET', `/api/posts/${post.id}/figures`))).toEqual([
      ...[503, 'tally-away'],
    ]);
    state.figures = new Map();
    expect(await (await page(path)).text()).toContain('<a href="/numbers"><span>0 impressions</span>');
    state.figures = new Map([[post.id, { sums: [1_204, 12, 31, 4], entry: 7 }]]);
    const said = (await (await page(path)).text()).replace(/<[^>]*>/g, '');
    expect(said).toContain(
      '1,204 impressions · opened 31 times · 4 listens begun from here · 12 impressions on other sites',
    );
    expect(await as().get(`/api/posts/${post.id}/figures`)).toMatchObject({
      post: post.id,
      metrics: {
        post_impressions: { value: 1_204, unit: 'events', entry: 7, definition: '/numbers#post_impressions' },
        post_embed_impressions: { value: 12 },
        post_opens: { value: 31 },
        post_listens: { value: 4 },
      },
    });
    expect((await send(undefined, 'GET', '/api/posts/zz/figures')).status).toBe(404);
  });

  test('of what is deleted nothing more is counted', async () => {
    const post = await as('ana').writes('gone');
    await as('bo').writes('look', { quoteOf: post.id });
    await as('ana').drop(`/api/posts/${post.id}`);
    expect((await marks('/posts')).filter((mark) => mark.startsWith(post.id))).toEqual([]);
  });
});
