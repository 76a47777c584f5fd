import type { RecordingEdits, Trim } from '../wire/replay/edits.ts';
import { isOver } from '../wire/room.ts';
import { changed } from './chapter-routes.ts';
import { outside, trimmedFragments, trimWords, withTrim } from './edit.ts';
import type { EditRoutes } from './edit-routes.ts';
import { bodyAs, type EditRefusal, isRefused, refusedAnswer } from './refusal.ts';
import type { RoomMember } from './replay-deps.ts';
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
export function trimRoutes({ app, deps, changing, member, id: newId }: EditRoutes): void {
  app.post(AT, async (c) => {
    const caller = await changing(c, HOST);
    if (isRefused(caller)) return refusedAnswer(caller);
    const wish = await bodyAs(c.req.raw, NEW_TRIM);
    if (isRefused(wish)) return refusedAnswer(wish);
    const { card } = caller;
    const { from, to, note } = wish.value;
    const now = deps.clock.wall();
    if (!isOver(card.status))
      return refusedAnswer({
        refused: 'wrong-moment',
        detail: 'End the room first, then trim its recording.',
      });
    const wrong = outside(card, now, from, to);
    if (wrong) return refusedAnswer(wrong);
    const { firstSpeech = 0, ended = now } = card.clocks;
    if (card.zero === undefined) return refusedAnswer(UNRECORDED);
    if (from <= firstSpeech && to >= ended)
      return refusedAnswer({
        refused: 'unprocessable',
        detail: 'That is all of it: remove the recording instead.',
      });
    const trim: Trim = {
      ...{ id: newId(), from, to, ...trimmedFragments(card.zero, from, to), note, made: now },
    };
    const made = await changed(deps, card.slug, (edits) => trimmed(edits, trim, caller));
    return isRefused(made) ? refusedAnswer(made) : c.json({ ...trim, original: made.original }, 201);
  });

  async function trimmed(
    edits: RecordingEdits,
    trim: Trim,
    { card, operator }: RoomMember,
  ): Promise<RecordingEdits | EditRefusal> {
    const next = withTrim(edits, trim);
    if (isRefused(next)) return next;
    const file = edits.original ? undefined : await deps.original(card.slug);
    const original = edits.original ?? (file && (await deps.mark(file)));
    if (!original) return UNRECORDED;
    const author = operator ? 'operator' : 'host';
    const written = await deps.witness(card.slug, author, trimWords(trim, original.sha256, false));
    return written ? { ...next, original } : UNWRITTEN;
  }

  app.delete(`${AT}/:id`, async (c) => {
    const caller = await changing(c, HOST);
    if (isRefused(caller)) return refusedAnswer(caller);
    const made = await changed(deps, caller.card.slug, async (edits) => {
      const trim = edits.trims.find(({ id }) => id === c.req.param('id'));
      if (!trim) return MISSING;
      const words = trimWords(trim, edits.original?.sha256 ?? '', true);
      const written = await deps.witness(caller.card.slug, caller.operator ? 'operator' : 'host', words);
      return written ? { ...edits, trims: edits.trims.filter((one) => one !== trim) } : UNWRITTEN;
    });
    return isRefused(made) ? refusedAnswer(made) : c.body(null, 204);
  });

  app.get('/api/rooms/:slug/original.mp4', async (c) => {
    const caller = await member(c, HOST);
    if (isRefused(caller)) return refusedAnswer(caller);
    const { slug, status } = caller.card;
    if (!isOver(status))
      return refusedAnswer({ refused: 'wrong-moment', detail: 'The recording is not complete yet.' });
    const original = await deps.original(slug);
    if (!original) return refusedAnswer(UNRECORDED);
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
    if (isRefused(caller)) return refusedAnswer(caller);
    const wish = await bodyAs(c.req.raw, KEEP);
    if (isRefused(wish)) return refusedAnswer(wish);
    const { days } = wish.value;
    const made = await changed(deps, caller.card.slug, ({ keepDays: _, ...edits }) =>
      days === null ? edits : { ...edits, keepDays: days },
    );
    return isRefused(made) ? refusedAnswer(made) : c.json({ keepDays: made.keepDays ?? null });
  });
}
