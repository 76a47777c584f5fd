import {
  ifUnchanged,
  isRefusal,
  pageIn,
  pageOf,
  pageWanted,
  read,
  refused,
  shortIdOf,
} from '../api/index.ts';
import type { Clip } from '../wire/replay/edits.ts';
import { isOver } from '../wire/room.ts';
import { editedOf, shownOf } from './answers.ts';
import { frameEnd, mended, outside, withClip } from './edit.ts';
import { changed, type EditRoutes } from './edit-routes.ts';
import type { EditRefusal, RoomMember } from './replay-deps.ts';
import { MENDED_CLIP, NEW_CLIP } from './requests.ts';

/** Clips on one page of their list. */
export const MOST_CLIPS_SHOWN = 100;
/** Who makes clips: whoever was on stage; listeners share a moment by a link. */
export const MEMBERS: readonly RoomMember['role'][] = ['host', 'co-host', 'speaker'];
const AT = '/api/rooms/:slug/clips';
const MISSING: EditRefusal = { refused: 'not-found', detail: 'There is no such clip in this room.' };
const OTHERS: EditRefusal = { refused: 'not-host', detail: 'Speakers change the clips that they made.' };

/** Speakers see and change their own clips, hosts all. */
export const isTheirs = ({ role, speaker }: RoomMember, { by }: Clip): boolean =>
  role !== 'speaker' || (by !== undefined && by === speaker);

/** Adds clips. */
export function clipRoutes({ app, deps, changing, member, made, mendedAnswer }: EditRoutes): void {
  app.get(AT, async (c) => {
    const caller = await member(c, MEMBERS);
    if (isRefusal(caller)) return refused(caller);
    const wanted = pageWanted(c.req.query(), MOST_CLIPS_SHOWN);
    if (isRefusal(wanted)) return refused(wanted);
    const { slug } = caller.card;
    const theirs = (await deps.edits.of(slug)).clips.filter((clip) => isTheirs(caller, clip));
    const { rows, next } = pageIn(theirs, ({ made, id }) => ({ at: made, key: id }), wanted);
    return pageOf(
      c,
      'clips',
      rows.map((clip) => shownOf.clip(clip, slug)),
      next,
    );
  });

  app.post(AT, async (c) => {
    const caller = await changing(c, MEMBERS);
    if (isRefusal(caller)) return refused(caller);
    const wish = await read(c, NEW_CLIP);
    if (isRefusal(wish)) return refused(wish);
    const { card, speaker } = caller;
    const now = deps.clock.wall();
    const { title, text, last } = wish.value;
    const end = wish.value.to ?? (isOver(card.status) ? (card.clocks.ended ?? now) : now);
    const to = frameEnd(card.zero ?? end, end);
    const from = wish.value.from ?? Math.max(to - (last ?? 0) * 1000, card.clocks.firstSpeech ?? 0);
    const id = shortIdOf(c.req.raw);
    const clip: Clip = {
      ...{ id, from, to, title, made: now },
      ...(text ? { text } : {}),
      ...(speaker ? { by: speaker } : {}),
    };
    const edits = await changed(deps, card.slug, (before) =>
      // The request was done before, and its answer got lost.
      before.clips.some((one) => one.id === id)
        ? before
        : (outside(card, now, from, to) ?? withClip(before, clip)),
    );
    const shown = (one: Clip) => shownOf.clip(one, card.slug);
    return made(c, edits, ({ clips }) => clips.find((one) => one.id === id), shown);
  });

  app.patch(`${AT}/:id`, async (c) => {
    const caller = await changing(c, MEMBERS);
    if (isRefusal(caller)) return refused(caller);
    const wish = await read(c, MENDED_CLIP);
    if (isRefusal(wish)) return refused(wish);
    const { title, text } = wish.value;
    const mend = ({ text: before, ...clip }: Clip): Clip => {
      const next = text === undefined ? before : (text ?? undefined);
      return { ...clip, title: title ?? clip.title, ...(next ? { text: next } : {}) };
    };
    const id = c.req.param('id');
    const shown = (one: Clip) => shownOf.clip(one, caller.card.slug);
    const unchanged = ifUnchanged(c);
    const edits = await changed(deps, caller.card.slug, (edits) => {
      const clip = edits.clips.find((one) => one.id === id);
      if (!clip) return MISSING;
      if (!isTheirs(caller, clip)) return OTHERS;
      const clips = mended(edits.clips, id, mend);
      return unchanged(editedOf.clip(clip), shown(clip)) ?? { ...edits, clips };
    });
    return mendedAnswer(c, edits, ({ clips }) => clips.find((one) => one.id === id), shown);
  });

  app.delete(`${AT}/:id`, async (c) => {
    const caller = await changing(c, MEMBERS);
    if (isRefusal(caller)) return refused(caller);
    const id = c.req.param('id');
    const unchanged = ifUnchanged(c);
    const edits = await changed(deps, caller.card.slug, (edits) => {
      const clip = edits.clips.find((one) => one.id === id);
      if (!clip) return MISSING;
      if (!isTheirs(caller, clip)) return OTHERS;
      const clips = edits.clips.filter((one) => one !== clip);
      return unchanged(editedOf.clip(clip), shownOf.clip(clip, caller.card.slug)) ?? { ...edits, clips };
    });
    return isRefusal(edits) ? refused(edits) : c.body(null, 204);
  });
}
