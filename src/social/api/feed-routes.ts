import type { Hono } from 'hono';
import { isRefusal, refuse, refused } from '../../api/index.ts';
import { postIdOf } from '../posts/post-key.ts';
import { searcher } from '../search/searcher.ts';
import { tagOf } from '../text/facets.ts';
import { askedWords } from '../text/search-words.ts';
import { type Answers, wantedPage } from './answers.ts';
import { shownRoom } from './shown.ts';

/** Feeds and search. */
export function feedRoutes(app: Hono, answers: Answers): void {
  const { parts, base } = answers;
  const { visits, words, profiles, rooms, relations } = parts;

  app.get('/api/feeds/home', async (c) => {
    const who = await answers.member(c);
    if (who instanceof Response) return who;
    const { id } = who.account;
    const mark = await visits.mark(id);
    return answers.list(c, { kind: 'home', account: id }, id, mark > 0 ? { mark: postIdOf(mark) } : {});
  });
  app.get('/api/feeds/local', async (c) => answers.list(c, { kind: 'local' }, (await answers.reader(c))?.id));
  app.get('/api/feeds/tag', async (c) => {
    const tag = tagOf((c.req.query('tag') ?? '').replace(/^[#＃]/u, ''));
    if (tag === '' || tag.length > 50) return refuse('unprocessable', 'tag: use a hashtag, without its #');
    return answers.list(c, { kind: 'tag', tag }, (await answers.reader(c))?.id);
  });
  app.get('/api/search', async (c) => {
    const asked = askedWords(c.req.query('q') ?? '');
    if (!asked) return refuse('unprocessable', 'q: type at least one word');
    const kind = c.req.query('kind') ?? 'posts';
    const reader = (await answers.reader(c))?.id;
    const wait = parts.paces.searches.take(c, searcher(c.req.raw, reader));
    if (wait !== undefined) return refuse('too-often', undefined, { 'retry-after': `${wait}` });
    if (kind === 'posts') return answers.list(c, { kind: 'words', asked }, reader);
    if (kind !== 'people' && kind !== 'rooms')
      return refuse('unprocessable', 'kind: use posts, people or rooms');
    const wanted = wantedPage(c);
    if (isRefusal(wanted)) return refused(wanted);
    const refs = await words.others(kind === 'people' ? 'person' : 'room', asked, wanted.limit);
    if (kind === 'rooms') {
      const cards = await rooms.cards(refs);
      return c.json({
        rooms: refs.flatMap((slug) => {
          const card = cards.get(slug);
          return card && card.access === undefined ? shownRoom(card, base) : [];
        }),
      });
    }
    const cards = await profiles.cards(refs);
    const unread = await relations.away(reader);
    return c.json({
      people: refs.flatMap((account) => {
        const card = unread.has(account) ? undefined : cards.get(account);
        return card ? { handle: card.handle, name: card.name, url: `${base}/@${card.handle}` } : [];
      }),
    });
  });
}
