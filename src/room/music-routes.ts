import type { Context, Hono } from 'hono';
import { type ApiRefusal, ifMatch, isRefusal, refuse, refused, shownWithTag, stateOf } from '../api/index.ts';
import { networkOf } from '../base/allowance.ts';
import { isOver } from '../wire/room.ts';
import type { Access, Changing } from './access/access.ts';
import { MAX_MUSIC_BYTES, MUSIC_LEAD_MS } from './music.ts';
import type { RoutesDeps } from './routes-deps.ts';

/** Adds the routes of hosts' hold music. */
export function musicRoutes(
  app: Hono,
  deps: RoutesDeps,
  access: Pick<Access, 'may'>,
  changing: Changing,
): void {
  /** The music that plays, as its ETag has it. */
  const stateNow = async (slug: string): Promise<string> =>
    stateOf((await deps.music?.find(slug))?.edition ?? null);
  /** Why the music that was read is no longer the one that plays; undefined without If-Match. */
  const changedSince = async (c: Context, slug: string): Promise<ApiRefusal | undefined> =>
    ifMatch(c)?.(await stateNow(slug));

  app.put('/api/rooms/:slug/music', async (c) => {
    const caller = await changing(c, 'send-music');
    if (isRefusal(caller)) return refused(caller);
    const { slug, status, clocks } = caller.entry.card;
    if (status === 'scheduled' && (clocks.scheduled ?? 0) - deps.clock.wall() > MUSIC_LEAD_MS)
      return refuse('wrong-moment', 'Send the music no earlier than 24 hours before the start of the room.');
    if (!deps.music) return refuse('not-found');
    const changed = await changedSince(c, slug);
    if (changed) return refused(changed);
    const body = c.req.raw.body;
    if (Number(c.req.header('content-length') ?? 0) > MAX_MUSIC_BYTES) return tooLarge();
    const from = c.req.header('x-forwarded-for');
    const nothing = new ReadableStream<Uint8Array>({ start: (s) => s.close() });
    const kept = await deps.music.put(slug, body ?? nothing, from && networkOf(from));
    if ('refused' in kept) return kept.refused === 'too-large' ? tooLarge() : refused(kept);
    // The room may have ended meanwhile.
    const now = await deps.book.find(slug);
    if (!now || isOver(now.card.status)) {
      await deps.music.remove(slug);
      return refuse('room-ended');
    }
    return shownWithTag(c, await stateNow(slug), { seconds: Math.round(kept.seconds) });
  });

  app.get('/api/rooms/:slug/music', async (c) => {
    const caller = await access.may(c, 'read-music');
    if (isRefusal(caller)) return refused(caller);
    const music = await deps.music?.find(caller.entry.card.slug);
    const state = stateOf(music?.edition ?? null);
    return shownWithTag(c, state, { seconds: music ? Math.round(music.seconds) : null });
  });

  app.get('/api/rooms/:slug/music.wav', async (c) => {
    const caller = await access.may(c, 'read-music');
    if (isRefusal(caller)) return refused(caller);
    const music = await deps.music?.find(caller.entry.card.slug);
    if (!music) return refuse('not-found', 'Earshot’s own music plays.');
    return c.body(music.wav(), 200, { 'content-type': 'audio/wav' });
  });

  app.delete('/api/rooms/:slug/music', async (c) => {
    const caller = await changing(c, 'remove-music');
    if (isRefusal(caller)) return refused(caller);
    const { slug } = caller.entry.card;
    const changed = await changedSince(c, slug);
    if (changed) return refused(changed);
    await deps.music?.remove(slug);
    return c.body(null, 204);
  });
}

const tooLarge = (): Response =>
  refuse(
    'too-large',
    `Music may have at most ${MAX_MUSIC_BYTES / 1e6} MB; send Ogg Opus, or a shorter piece.`,
  );
