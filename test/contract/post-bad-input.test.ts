/** What people send to have a server work for nothing: it is answered in words, with next to no question to a database. */
import { describe, expect, test } from 'vitest';
import { ms } from '../../src/base/time.ts';
import { type Shown, useSocial } from './social-people.ts';

describe.each(['sqlite', 'postgres'] as const)('bad input of posts on %s', (engine) => {
  const { as, page, codeOf, store, clock } = useSocial(engine);

  /** How many questions a piece of work asks the database. */
  async function questions(work: () => Promise<unknown>): Promise<number> {
    const executor = store().db.getExecutor();
    const compile = executor.compileQuery.bind(executor);
    let asked = 0;
    executor.compileQuery = (...sent) => {
      asked += 1;
      return compile(...sent);
    };
    try {
      await work();
    } finally {
      executor.compileQuery = compile;
    }
    return asked;
  }
  const rows = async (): Promise<number> =>
    (await store().db.selectFrom('social_post').select('id').execute()).length;

  test.each([
    ['100,000 combining marks', `a${'\u0301'.repeat(100_000)}`, 413, 'too-large'],
    ['as many as a request may have', `a${'\u0301'.repeat(7_000)}`, 422, 'unprocessable'],
    ['10,000 mentions', '@bo '.repeat(10_000), 413, 'too-large'],
    ['as many as a post may have letters for', '@bo '.repeat(125), 422, 'unprocessable'],
    ['as many hashtags', '#a '.repeat(166), 422, 'unprocessable'],
    ['nothing but control characters', '\u0001\u0007\u001b\u202e\u200f'.repeat(20), 422, 'unprocessable'],
    [
      'one character of a thousand joined parts',
      Array(1_000).fill('👩').join('\u200d'),
      422,
      'unprocessable',
    ],
  ])('a post of %s is refused in words, and nothing is written', async (_, text, status, code) => {
    let answer: [number, string] | undefined;
    // Who it is, whether they have a page, and that they were here today.
    const asked = await questions(async () => {
      answer = await codeOf(await as('ana').post('/api/posts', { text }));
    });
    expect(answer).toEqual([status, code]);
    expect(asked).toBeLessThan(6);
    const form = await page('/compose', 'ana', { act: 'write', text });
    expect(form.status).toBeGreaterThanOrEqual(400);
    expect(form.status).toBeLessThan(500);
    expect(await form.text()).toMatch(/role="alert"/);
    expect(await rows()).toBe(0);
  });

  test('half of a surrogate pair, which a form cannot send, is refused in words', async () => {
    expect(await codeOf(await as('ana').post('/api/posts', { text: 'a\ud83d' }))).toEqual([
      422,
      'unprocessable',
    ]);
  });

  test('control characters and turned directions do not get into a post, its answer or its page', async () => {
    const post = await as('ana').writes('Hel\u0000lo\u0007 \u202eworld\u2066 \u001b[31mred');
    expect(post.text).toBe('Hello world [31mred');
    expect(await (await page(`/@ana/${post.id}`)).text()).not.toMatch(
      /[^\P{Cc}\t\n\r]|[\u202a-\u202e\u2066-\u2069]/u,
    );
  });

  test('of two edits at once one stays and the other is told, and nothing that was said is lost', async () => {
    const post = await as('ana').writes('first');
    const answer = await as('ana').post('/api/posts', { text: 'x' });
    const other = (await answer.json()) as Shown;
    const tag = (await as('ana').drop(`/api/posts/${other.id}`)).headers.get('etag');
    expect(tag).toBeNull();
    const edits = await Promise.all(
      ['one', 'two', 'three'].map((text) =>
        page(`/@ana/${post.id}`, 'ana', { act: 'edit', text, version: '1' }),
      ),
    );
    expect(edits.map(({ status }) => status).sort()).toEqual([303, 409, 409]);
    const { versions } = await as().get<{ versions: { text: string }[] }>(`/api/posts/${post.id}/history`);
    expect(versions.map(({ text }) => text)).toEqual(['first']);
    expect(['one', 'two', 'three']).toContain((await as().get(`/api/posts/${post.id}`)).text);
  });

  test('a form that is sent several times makes one post, also at once; with another text it makes another', async () => {
    const once = async (path: string): Promise<string> =>
      /name="once" value="([\w-]{22})"/.exec(await (await page(path, 'ana')).text())?.[1] ?? '';
    const [first, second] = [await once('/compose'), await once('/compose')];
    expect(first).not.toBe(second);
    const sent = (fields: Record<string, string>) =>
      page('/compose', 'ana', { act: 'write', text: 'hello', ...fields });
    const made = await Promise.all([1, 2, 3, 4].map(() => sent({ once: first })));
    made.push(await sent({ once: first }));
    expect(new Set(made.map(({ status }) => status))).toEqual(new Set([303]));
    expect(new Set(made.map(({ headers }) => headers.get('location'))).size).toBe(1);
    expect(await rows()).toBe(1);
    await sent({ once: first, text: 'something else' });
    await sent({ once: second });
    await sent({});
    await sent({ once: 'x' });
    expect(await rows()).toBe(5);
    // Of one person alone, and in answers as well.
    expect((await page('/compose', 'bo', { act: 'write', text: 'hello', once: first })).status).toBe(303);
    expect(await rows()).toBe(6);
    const { id } = await as('ana').writes('post');
    const token = await once(`/@ana/${id}`);
    const answers = await Promise.all(
      [1, 2, 3].map(() => page(`/@ana/${id}`, 'ana', { act: 'reply', text: 'yes', once: token })),
    );
    expect(new Set(answers.map(({ headers }) => headers.get('location'))).size).toBe(1);
    expect((await as().get<Shown>(`/api/posts/${id}`)).counts.replies).toBe(1);
  });

  test('a loop of a million follows ends after 120 of them, and then goes on once a second', async () => {
    const done: number[] = [];
    const asked = await questions(async () => {
      for (let i = 0; i < 300; i += 1)
        done.push(
          i % 2 === 0
            ? await as('ana').put('/api/profiles/bo/follow')
            : (await as('ana').drop('/api/profiles/bo/follow')).status,
        );
    });
    // One was spent on the address.
    expect(done.filter((status) => status === 204)).toHaveLength(119);
    expect(done.slice(119).every((status) => status === 429)).toBe(true);
    expect(asked).toBeLessThan(119 * 12 + 181 * 6);
  });

  test('a stranger searches 120 times at once and then twice a second, and reads in words that there is a limit', async () => {
    const found = async (): Promise<number> => (await page('/search?q=word')).status;
    const all: number[] = [];
    for (let i = 0; i < 125; i += 1) all.push(await found());
    expect(all.filter((status) => status === 200)).toHaveLength(120);
    expect(await (await page('/search?q=word')).text()).toContain('Limit reached for searches');
    expect((await as().drop('/api/search')).status).toBe(405);
    expect(await as().get('/api/search?q=word')).toMatchObject({ code: 'too-often' });
    expect((await page('/search')).status).toBe(200);
    expect((await page('/search?q=word', 'ana')).status).toBe(200);
    clock().advance(ms(500));
    expect(await found()).toBe(200);
  });
});
