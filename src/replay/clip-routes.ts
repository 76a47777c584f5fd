import type { Clip } from '../wire/replay/edits.ts';
import { isOver } from '../wire/room.ts';
import { changed } from './chapter-routes.ts';
import { frameEnd, mended, outside, withClip } from './edit.ts';
import type { EditRoutes } from './edit-routes.ts';
import { bodyAs, type EditRefusal, isRefused, refusedAnswer } from './refusal.ts';
import type { RoomMember } from './replay-deps.ts';
import { MENDED_CLIP, NEW_CLIP } from './requests.ts';

/** Who makes clips: whoever was on stage; listeners share a moment by a link. */
export const MEMBERS: readonly RoomMember['role'][] = ['host', 'co-host', 'speaker'];
const AT = '/api/rooms/:slug/clips';
const MISSING: EditRefusal = { refused: 'not-found', detail: 'There is no such clip in this room.' };
const OTHERS: EditRefusal = { refused: 'not-host', detail: 'Speakers change the clips that they made.' };

/** Speakers change their own clips, hosts all. */
const may = ({ role, speaker }: RoomMember, { by }: Clip): boolean =>
  role !== 'speaker' || (by !== undefined && by === speaker);
const told = ({ by: _, ...clip }: Clip, slug: string) => ({ ...clip, path: `/r/${slug}/clip/${clip.id}` });

/** Adds clips. */
export function clipRoutes({ app, deps, changing, id: newId }: EditRoutes): void {
  app.post(AT, async (c) => {
    const caller = await changing(c, MEMBERS);
    if (isRefused(caller)) return refusedAnswer(caller);
    const wish = await bodyAs(c.req.raw, NEW_CLIP);
    if (isRefused(wish)) return refusedAnswer(wish);
    const { card, speaker } = caller;
    const now = deps.clock.wall();
    const { title, text, last } = wish.value;
    const end = wish.value.to ?? (isOver(card.status) ? (card.clocks.ended ?? now) : now);
    const to = frameEnd(card.zero ?? end, end);
    const from = wish.value.from ?? Math.max(to - (last ?? 0) * 1000, card.clocks.firstSpeech ?? 0);
    const wrong = outside(card, now, from, to);
    if (wrong) return refusedAnswer(wrong);
    const clip: Clip = {
      ...{ id: newId(), from, to, title, made: now },
      ...(text ? { text } : {}),
      ...(speaker ? { by: speaker } : {}),
    };
    const made = await changed(deps, card.slug, (edits) => withClip(edits, clip));
    return isRefused(made) ? refusedAnswer(made) : c.json(told(clip, card.slug), 201);
  });

  app.patch(`${AT}/:id`, async (c) => {
    const caller = await changing(c, MEMBERS);
    if (isRefused(caller)) return refusedAnswer(caller);
    const wish = await bodyAs(c.req.raw, MENDED_CLIP);
    if (isRefused(wish)) return refusedAnswer(wish);
    const { title, text } = wish.value;
    const mend = ({ text: before, ...clip }: Clip): Clip => {
      const next = text === undefined ? before : (text ?? undefined);
      return { ...clip, title: title ?? clip.title, ...(next ? { text: next } : {}) };
    };
    const id = c.req.param('id');
    const made = await changed(deps, caller.card.slug, (edits) => {
      const clip = edits.clips.find((one) => one.id === id);
      if (!clip) return MISSING;
      if (!may(caller, clip)) return OTHERS;
      return { ...edits, clips: mended(edits.clips, id, mend) ?? edits.clips };
    });
    if (isRefused(made)) return refusedAnswer(made);
    const clip = made.clips.find((one) => one.id === id);
    return clip ? c.json(told(clip, caller.card.slug)) : refusedAnswer(MISSING);
  });

  app.delete(`${AT}/:id`, async (c) => {
    const caller = await changing(c, MEMBERS);
    if (isRefused(caller)) return refusedAnswer(caller);
    const id = c.req.param('id');
    const made = await changed(deps, caller.card.slug, (edits) => {
      const clip = edits.clips.find((one) => one.id === id);
      if (!clip) return MISSING;
      return may(caller, clip) ? { ...edits, clips: edits.clips.filter((one) => one !== clip) } : OTHERS;
    });
    return isRefused(made) ? refusedAnswer(made) : c.body(null, 204);
  });
}
