/** What people reported about pages of profiles, threads, search and settings of comparable systems, tried on ours, on both databases. */
import { describe, expect, test } from 'vitest';
import { useSocial } from './social-people.ts';

describe.each(['sqlite', 'postgres'] as const)('reports about pages of people on %s', (engine) => {
  const { as, page } = useSocial(engine);
  const html = async (path: string, who?: 'ana' | 'bo'): Promise<string> => (await page(path, who)).text();

  // LemmyNet/lemmy-ui#2133: children of a deleted comment are not shown.
  test('what was answered to a deleted post stays, above and below it', async () => {
    const first = await as('ana').writes('The question');
    const gone = await as('bo').writes('An answer that goes', { replyTo: first.id });
    const last = await as('ana').writes('What was said to it', { replyTo: gone.id });
    expect((await page(`/@bo/${gone.id}?show=delete`, 'bo', { act: 'delete', reason: '' })).status).toBe(303);
    expect(await html(`/@bo/${gone.id}`)).toMatch(
      /The question[\s\S]*Deleted by its author[\s\S]*What was said/,
    );
    expect(await html(`/@ana/${last.id}`)).toMatch(
      /The question[\s\S]*Deleted by its author[\s\S]*What was said/,
    );
    // However deep it is, nothing is said twice: the line beside the posts says that they answer each other.
    expect(await html(`/@ana/${last.id}`)).not.toContain('Answers a post');
    expect(await html('/posts')).not.toContain('>An answer that goes<');
  });

  // gogs/gogs#1123: a profile with a link that is refused comes back without what was changed.
  test('a profile that is refused says which field it is, and keeps all that was typed', async () => {
    const typed = { act: 'change', bio: 'I was changed', links: 'ana.example javascript:alert(1)', room: '' };
    const refused = await page('/@ana?show=edit', 'ana', typed);
    expect(refused.status).toBe(422);
    const text = await refused.text();
    expect(text).toMatch(/role="alert"[^>]*>Not saved\. Links: One in each line/);
    expect(text).toContain('I was changed</textarea>');
    expect(text).toContain('ana.example javascript:alert(1)</textarea>');
    // Where only the scheme is missing, it is added.
    expect((await page('/@ana?show=edit', 'ana', { ...typed, links: 'ana.example' })).status).toBe(303);
    // pixelfed/pixelfed#6755: other sites find the way back only where it stands in what the server sends.
    expect(await html('/@ana')).toMatch(/<a href="https:\/\/ana\.example" rel="me /);
  });

  // superseriousbusiness/gotosocial#3757, go-gitea/gitea#38807: one of several forms is saved, and what was changed in the others is lost.
  test('settings are one form, so that saving loses nothing of it', async () => {
    const [form = '', ...others] = [...(await html('/settings', 'ana')).matchAll(/<form[\s\S]*?<\/form>/g)]
      .map(([one]) => one)
      .filter((one) => one.includes('>Save<'));
    expect(others).toEqual([]);
    for (const name of ['language', 'kind', 'people']) expect(form).toContain(`name="${name}"`);
    await page('/settings', 'ana', { act: 'tell', kind: 'like', people: 'all', language: 'fr' });
    expect(await as('ana').get('/api/settings')).toMatchObject({ people: 'all', mail: false });
  });

  // department-of-veterans-affairs/va.gov-team#25629: nothing says for what nothing was found.
  test('a search says for what nothing was found, keeps what was typed, and marks what it found', async () => {
    await as('ana').writes('Le port de Łódź <b>ouvre</b>');
    const none = await html('/search?q=%3Cb%3Ezzz&kind=people');
    expect(none).toContain('Nothing was found for “<bdi>&lt;b&gt;zzz</bdi>”');
    expect(none).toContain('value="&lt;b&gt;zzz"');
    expect(none).toContain('<input type="hidden" name="kind" value="people">');
    expect(none).toMatch(/href="\/search\?q=%3Cb%3Ezzz&amp;kind=posts">Posts/);
    expect(await html('/search?q=lodz')).toContain('Le port de <mark>Łódź</mark> &lt;b&gt;ouvre');
  });

  test('a profile that shows nothing yet says so in each of its views', async () => {
    expect(await html('/@bo')).toContain('No posts yet.');
    expect(await html('/@bo?show=answers')).toContain('No answers to posts of others yet.');
    expect(await html('/@bo?show=rooms')).toMatch(
      /No room is on, and none is announced\.[\s\S]*No room that is over/,
    );
    expect(await html('/@bo', 'bo')).toContain('Nothing is written about you yet.');
  });
});
