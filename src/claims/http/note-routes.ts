import type { Context, Hono } from 'hono';
import { z } from 'zod';
import { pageIn, pageOf, pageWanted, rowIdOf } from '../../api/index.ts';
import type { Clock } from '../../base/clock.ts';
import { openPace } from '../../http/index.ts';
import { type HostNote, MOST_NOTE_TEXT, MOST_NOTES, type NoteWish } from '../../wire/figures/host-note.ts';
import { bodyOf, type ClaimRefusal, isRefused, refusedAnswer, understood } from './question.ts';

/** Notes of one room: so many at once, and one more every so often. */
const ROOM_BURST = 6;
const ROOM_EVERY_MS = 10_000;

const NUMBER = z.int('use the number of a note').min(1).optional();
const NOTE = z.strictObject({
  text: z
    .string('say what happened')
    .min(1, 'say what happened')
    .max(2 * MOST_NOTE_TEXT, `use at most ${MOST_NOTE_TEXT} characters`),
  at: z.iso
    .datetime({ offset: true, error: 'use a time such as 2024-08-13T00:40:00Z' })
    .transform((text) => Date.parse(text))
    .optional(),
  answers: NUMBER,
  corrects: NUMBER,
});

/** What the routes of a room's notes need. */
export interface NoteRoutesDeps {
  readonly clock: Clock;
  /** Where notes are written down. Absent: nowhere, and there are none. */
  readonly notes?: {
    /** Rejects while nobody answers. */
    notesOf(slug: string): Promise<readonly HostNote[]>;
    /** The note as it was written (201), or why it was not. Rejects while nobody answers. */
    writeNote(slug: string, wish: NoteWish): Promise<Response>;
  };
  /** The title of a room that everybody may know of. */
  titleOf(slug: string): Promise<string | undefined>;
  whoIs(slug: string, token: string | undefined): Promise<'operator' | 'host' | undefined>;
}

/** Adds the notes of rooms: anybody reads them, hosts and the operator write them. */
export function noteRoutes(
  app: Hono,
  deps: NoteRoutesDeps,
  charge: (c: Context) => ClaimRefusal | undefined,
): void {
  const rooms = openPace(deps.clock, 'notes', ROOM_BURST, ROOM_EVERY_MS);
  const at = '/api/rooms/:room/notes';
  const away = (): Response => refusedAnswer({ refused: 'tally-away' });

  app.get(at, async (c) => {
    const often = charge(c);
    if (often) return refusedAnswer(often);
    const room = c.req.param('room');
    // Those of a private room are read by its hosts.
    if ((await deps.titleOf(room)) === undefined && (await authorOf(c, deps)) === undefined)
      return refusedAnswer({ refused: 'room-unknown' });
    const wanted = pageWanted(c.req.query(), MOST_NOTES);
    if (isRefused(wanted)) return refusedAnswer(wanted);
    try {
      const notes = (await deps.notes?.notesOf(room)) ?? [];
      // The oldest first, as they were written.
      const { rows, next } = pageIn(notes, ({ seq }) => ({ at: -seq, key: '' }), wanted);
      return pageOf(c, 'notes', rows, next);
    } catch {
      return away();
    }
  });

  app.post(at, async (c) => {
    const wish = await wishOf(c, deps);
    if (isRefused(wish)) return refusedAnswer(wish);
    const room = c.req.param('room');
    const wait = rooms.take(c, room);
    if (wait !== undefined)
      return refusedAnswer({ refused: 'too-many-changes', detail: `Try again in ${wait} s.`, wait });
    try {
      return (await deps.notes?.writeNote(room, wish)) ?? away();
    } catch {
      return away();
    }
  });
}

const tokenOf = (c: Context): string | undefined =>
  /^Bearer ([\w.~+/=-]+)$/i.exec(c.req.header('authorization') ?? '')?.[1];

/** What the sender is who may write notes in the room of a request; undefined for everybody else. */
async function authorOf(c: Context, deps: NoteRoutesDeps): Promise<'operator' | 'host' | undefined> {
  const token = tokenOf(c);
  return token === undefined ? undefined : deps.whoIs(c.req.param('room') ?? '', token);
}

/** What the sender of a request wants to write, or why they may not. */
async function wishOf(c: Context, deps: NoteRoutesDeps): Promise<NoteWish | ClaimRefusal> {
  // A form on another site needs no leave to send; JSON does, and gets none.
  if (!/^application\/json\b/i.test(c.req.header('content-type') ?? ''))
    return { refused: 'unsupported-media-type', detail: 'Send application/json.' };
  const author = await authorOf(c, deps);
  if (author === undefined && (await deps.titleOf(c.req.param('room') ?? '')) === undefined)
    return { refused: 'room-unknown' };
  if (author === undefined) return { refused: tokenOf(c) === undefined ? 'token-missing' : 'not-host' };
  const body = await bodyOf(c.req.raw);
  if (isRefused(body)) return body;
  const note = understood(NOTE, body.value);
  if (isRefused(note)) return note;
  const { text, ...rest } = note.value;
  const given = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined));
  // The same request sent again writes nothing more.
  const key = rowIdOf(c.req.raw);
  return { author, text, ...given, ...(key === undefined ? {} : { key }) };
}
