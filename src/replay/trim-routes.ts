import type { z } from 'zod';
import { ifMatch, ifUnchanged, isRefusal, read, refused, shortIdOf, shownWithTag } from '../api/index.ts';
import type { RecordingEdits, Trim } from '../wire/replay/edits.ts';
import { isOver, type RoomCard } from '../wire/room.ts';
import { editedOf, type KEPT, shownOf } from './answers.ts';
import { outside, trimmedFragments, trimWords, withTrim } from './edit.ts';
import { changed, type EditRoutes } from './edit-routes.ts';
import type { EditRefusal, RoomMember } from './replay-deps.ts';
import { KEEP, NEW_TRIM } from './requests.ts';

/** Co-hosts are guests: what is left out, and for how long it is kept, is the host's. */
const HOST: readonly RoomMember['role'][] = ['host'];
const AT = '/api/rooms/:slug/trims';
const UNWRITTEN: EditRefusal = {
  refused: 'evidence-unreadable',
  detail:
    'Nothing was trimmed: the evidence log takes no entries now, and a trim is written down there first.',
};
const UNRECORDED: EditRefusal = { refused: 'not-found', detail: 'There is no recording of this room.' };
const MISSING: EditRefusal = { refused: 'not-found', detail: 'There is no such trim in this room.' };

/** Adds trims, the original that they leave as it is, and how long a recording is kept. */
export function trimRoutes({ app, deps, changing, member, made }: EditRoutes): void {
  app.post(AT, async (c) => {
    const caller = await changing(c, HOST);
    if (isRefusal(caller)) return refused(caller);
    const wish = await read(c, NEW_TRIM);
    if (isRefusal(wish)) return refused(wish);
    const { card } = caller;
    const now = deps.clock.wall();
    const trim = trimOf(shortIdOf(c.req.raw), wish.value, card, now);
    const edits = await changed(deps, card.slug, (before) => {
      // The request was done before, and its answer got lost.
      if (!isRefusal(trim) && before.trims.some(({ id }) => id === trim.id)) return before;
      return isRefusal(trim) ? trim : trimmed(before, trim, caller);
    });
    const find = ({ trims }: RecordingEdits) => trims.find(({ id }) => !isRefusal(trim) && id === trim.id);
    return made(c, edits, find, (one, { original }) => shownOf.made(one, original));
  });

  async function trimmed(
    edits: RecordingEdits,
    trim: Trim,
    { card, operator }: RoomMember,
  ): Promise<RecordingEdits | EditRefusal> {
    const next = withTrim(edits, trim);
    if (isRefusal(next)) return next;
    const file = edits.original ? undefined : await deps.original(card.slug);
    const original = edits.original ?? (file && (await deps.mark(file)));
    if (!original) return UNRECORDED;
    const author = operator ? 'operator' : 'host';
    const words = trimWords(trim, original.sha256, false);
    return (await deps.witness(card.slug, author, words, `trim ${trim.id}`))
      ? { ...next, original }
      : UNWRITTEN;
  }

  app.delete(`${AT}/:id`, async (c) => {
    const caller = await changing(c, HOST);
    if (isRefusal(caller)) return refused(caller);
    const unchanged = ifUnchanged(c);
    const edits = await changed(deps, caller.card.slug, async (edits) => {
      const trim = edits.trims.find(({ id }) => id === c.req.param('id'));
      if (!trim) return MISSING;
      const other = unchanged(editedOf.trim(trim), shownOf.trim(trim));
      if (other) return other;
      const words = trimWords(trim, edits.original?.sha256 ?? '', true);
      const author = caller.operator ? 'operator' : 'host';
      const written = await deps.witness(caller.card.slug, author, words, `put back ${trim.id}`);
      return written ? { ...edits, trims: edits.trims.filter((one) => one !== trim) } : UNWRITTEN;
    });
    return isRefusal(edits) ? refused(edits) : c.body(null, 204);
  });

  app.get('/api/rooms/:slug/original.mp4', async (c) => {
    const caller = await member(c, HOST);
    if (isRefusal(caller)) return refused(caller);
    const { slug, status } = caller.card;
    if (!isOver(status))
      return refused({ refused: 'wrong-moment', detail: 'The recording is not complete yet.' });
    const original = await deps.original(slug);
    if (!original) return refused(UNRECORDED);
    return new Response(ReadableStream.from(original.bytes()) as ReadableStream<Uint8Array>, {
      headers: {
        'content-type': 'audio/mp4',
        'cache-control': 'no-store',
        'content-disposition': `attachment; filename="${slug}-original.mp4"`,
      },
    });
  });

  app.patch('/api/rooms/:slug/replay', async (c) => {
    const caller = await changing(c, HOST);
    if (isRefusal(caller)) return refused(caller);
    const wish = await read(c, KEEP);
    if (isRefusal(wish)) return refused(wish);
    const { days } = wish.value;
    const check = ifMatch(c);
    const edits = await changed(deps, caller.card.slug, (before) => {
      const { keepDays: _, ...rest } = before;
      return check?.(editedOf.keep(before)) ?? (days === null ? rest : { ...rest, keepDays: days });
    });
    if (isRefusal(edits)) return refused(edits);
    const kept: z.output<typeof KEPT> = { keepDays: edits.keepDays ?? null };
    return shownWithTag(c, editedOf.keep(edits), kept);
  });
}

/** The trim that is wished for, or why there cannot be one. */
function trimOf(
  id: string,
  { from, to, note }: z.output<typeof NEW_TRIM>,
  card: RoomCard,
  now: number,
): Trim | EditRefusal {
  if (!isOver(card.status))
    return { refused: 'wrong-moment', detail: 'End the room first, then trim its recording.' };
  const wrong = outside(card, now, from, to);
  if (wrong) return wrong;
  const { firstSpeech = 0, ended = now } = card.clocks;
  if (card.zero === undefined) return UNRECORDED;
  if (from <= firstSpeech && to >= ended)
    return { refused: 'unprocessable', detail: 'That is all of it: remove the recording instead.' };
  return { id, from, to, ...trimmedFragments(card.zero, from, to), note, made: now };
}
