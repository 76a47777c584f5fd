import type { NotedChapter, RecordingEdits } from '../wire/replay/edits.ts';
import { mended, outside, withChapter } from './edit.ts';
import type { EditRoutes } from './edit-routes.ts';
import { bodyAs, type EditRefusal, isRefused, refusedAnswer } from './refusal.ts';
import type { RoomMember } from './replay-deps.ts';
import { MENDED_CHAPTER, NEW_CHAPTER } from './requests.ts';

const HOSTS: readonly RoomMember['role'][] = ['host', 'co-host'];
const AT = '/api/rooms/:slug/chapters';
const MISSING: EditRefusal = { refused: 'not-found', detail: 'There is no such chapter in this room.' };

/** Changes the edits of a room unless `change` refuses; the refusal, or the new edits. */
export async function changed(
  { edits }: Pick<EditRoutes['deps'], 'edits'>,
  slug: string,
  change: (edits: RecordingEdits) => RecordingEdits | EditRefusal | Promise<RecordingEdits | EditRefusal>,
): Promise<RecordingEdits | EditRefusal> {
  let refusal: EditRefusal | undefined;
  const made = await edits.change(slug, async (before) => {
    const after = await change(before);
    if (!isRefused(after)) return after;
    refusal = after;
    return before;
  });
  return refusal ?? made;
}

/** Adds chapters: notes of hosts at moments of the recording. */
export function chapterRoutes({ app, deps, changing, id: newId }: EditRoutes): void {
  app.post(AT, async (c) => {
    const caller = await changing(c, HOSTS);
    if (isRefused(caller)) return refusedAnswer(caller);
    const wish = await bodyAs(c.req.raw, NEW_CHAPTER);
    if (isRefused(wish)) return refusedAnswer(wish);
    const now = deps.clock.wall();
    const { title, link, at = now } = wish.value;
    const wrong = outside(caller.card, now, at);
    if (wrong) return refusedAnswer(wrong);
    const chapter: NotedChapter = { id: newId(), at, title, ...(link ? { link } : {}) };
    const made = await changed(deps, caller.card.slug, (edits) => withChapter(edits, chapter));
    return isRefused(made) ? refusedAnswer(made) : c.json(chapter, 201);
  });

  app.patch(`${AT}/:id`, async (c) => {
    const caller = await changing(c, HOSTS);
    if (isRefused(caller)) return refusedAnswer(caller);
    const wish = await bodyAs(c.req.raw, MENDED_CHAPTER);
    if (isRefused(wish)) return refusedAnswer(wish);
    const { title, link, at } = wish.value;
    const wrong = at === undefined ? undefined : outside(caller.card, deps.clock.wall(), at);
    if (wrong) return refusedAnswer(wrong);
    const mend = ({ link: before, ...chapter }: NotedChapter): NotedChapter => {
      const next = link === undefined ? before : (link ?? undefined);
      const mendedChapter = { ...chapter, title: title ?? chapter.title, at: at ?? chapter.at };
      return next ? { ...mendedChapter, link: next } : mendedChapter;
    };
    const id = c.req.param('id');
    const made = await changed(deps, caller.card.slug, (edits) => {
      const chapters = mended(edits.chapters, id, mend);
      return chapters ? { ...edits, chapters: chapters.toSorted((a, b) => a.at - b.at) } : MISSING;
    });
    return isRefused(made) ? refusedAnswer(made) : c.json(made.chapters.find((one) => one.id === id));
  });

  app.delete(`${AT}/:id`, async (c) => {
    const caller = await changing(c, HOSTS);
    if (isRefused(caller)) return refusedAnswer(caller);
    const id = c.req.param('id');
    const made = await changed(deps, caller.card.slug, (edits) => {
      const chapters = edits.chapters.filter((one) => one.id !== id);
      return chapters.length < edits.chapters.length ? { ...edits, chapters } : MISSING;
    });
    return isRefused(made) ? refusedAnswer(made) : c.body(null, 204);
  });
}
