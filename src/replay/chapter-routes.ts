import { ifUnchanged, isRefusal, read, refused, shortIdOf } from '../api/index.ts';
import type { NotedChapter } from '../wire/replay/edits.ts';
import { editedOf, shownOf } from './answers.ts';
import { mended, outside, withChapter } from './edit.ts';
import { changed, type EditRoutes } from './edit-routes.ts';
import type { EditRefusal, RoomMember } from './replay-deps.ts';
import { MENDED_CHAPTER, NEW_CHAPTER } from './requests.ts';

const HOSTS: readonly RoomMember['role'][] = ['host', 'co-host'];
const AT = '/api/rooms/:slug/chapters';
const MISSING: EditRefusal = { refused: 'not-found', detail: 'There is no such chapter in this room.' };

/** Adds chapters: notes of hosts at moments of the recording. */
export function chapterRoutes({ app, deps, changing, made, mendedAnswer }: EditRoutes): void {
  app.post(AT, async (c) => {
    const caller = await changing(c, HOSTS);
    if (isRefusal(caller)) return refused(caller);
    const wish = await read(c, NEW_CHAPTER);
    if (isRefusal(wish)) return refused(wish);
    const now = deps.clock.wall();
    const { title, link, at = now } = wish.value;
    const id = shortIdOf(c.req.raw);
    const edits = await changed(deps, caller.card.slug, (before) => {
      // The request was done before, and its answer got lost.
      if (before.chapters.some((one) => one.id === id)) return before;
      const chapter: NotedChapter = { id, at, title, ...(link ? { link } : {}) };
      return outside(caller.card, now, at) ?? withChapter(before, chapter);
    });
    return made(c, edits, ({ chapters }) => chapters.find((one) => one.id === id), shownOf.chapter);
  });

  app.patch(`${AT}/:id`, async (c) => {
    const caller = await changing(c, HOSTS);
    if (isRefusal(caller)) return refused(caller);
    const wish = await read(c, MENDED_CHAPTER);
    if (isRefusal(wish)) return refused(wish);
    const { title, link, at } = wish.value;
    const wrong = at === undefined ? undefined : outside(caller.card, deps.clock.wall(), at);
    if (wrong) return refused(wrong);
    const mend = ({ link: before, ...chapter }: NotedChapter): NotedChapter => {
      const next = link === undefined ? before : (link ?? undefined);
      const mendedChapter = { ...chapter, title: title ?? chapter.title, at: at ?? chapter.at };
      return next ? { ...mendedChapter, link: next } : mendedChapter;
    };
    const id = c.req.param('id');
    const unchanged = ifUnchanged(c);
    const edits = await changed(deps, caller.card.slug, (edits) => {
      const before = edits.chapters.find((one) => one.id === id);
      if (!before) return MISSING;
      const chapters = mended(edits.chapters, id, mend).toSorted((a, b) => a.at - b.at);
      return unchanged(editedOf.chapter(before), shownOf.chapter(before)) ?? { ...edits, chapters };
    });
    return mendedAnswer(c, edits, ({ chapters }) => chapters.find((one) => one.id === id), shownOf.chapter);
  });

  app.delete(`${AT}/:id`, async (c) => {
    const caller = await changing(c, HOSTS);
    if (isRefusal(caller)) return refused(caller);
    const id = c.req.param('id');
    const unchanged = ifUnchanged(c);
    const edits = await changed(deps, caller.card.slug, (edits) => {
      const before = edits.chapters.find((one) => one.id === id);
      if (!before) return MISSING;
      const chapters = edits.chapters.filter((one) => one !== before);
      return unchanged(editedOf.chapter(before), shownOf.chapter(before)) ?? { ...edits, chapters };
    });
    return isRefusal(edits) ? refused(edits) : c.body(null, 204);
  });
}
