import { type NoteContent, RoomNotes } from '../../audience/index.ts';
import type { Clock } from '../../base/clock.ts';
import { problem, type Reply } from '../../base/reply.ts';
import type { Evidence } from '../../evidence/index.ts';
import type { HostNote, NoteWish } from '../../wire/figures/host-note.ts';

const PREFIX = '/notes/';
const SLUG = /^[a-z0-9-]{1,64}$/;
/** Rooms whose notes are kept in memory; others are read again from the log. Incidents go through 200 at a time. */
const MOST_ROOMS = 512;
const MOST_BODY = 4_096;

/** What writing notes needs. */
export interface TallyNotesDeps {
  readonly clock: Clock;
  readonly evidence: Pick<Evidence, 'appendOf' | 'entries'>;
}

interface Kept {
  readonly notes: Promise<RoomNotes>;
  /** One note after the other, so that limits hold. */
  last: Promise<unknown>;
}

/**
 * Answers `/notes/:room` for this machine's own programs: GET lists the notes of a room, POST writes one into the
 * evidence log. Undefined for any other address. Who may write is decided before.
 */
export function openTallyNotes({
  clock,
  evidence,
}: TallyNotesDeps): (request: Request) => Promise<Response> | undefined {
  const rooms = new Map<string, Kept>();

  async function read(room: string): Promise<RoomNotes> {
    const notes = new RoomNotes();
    for await (const { index, entry } of evidence.entries(room))
      notes.add({ index, entry: JSON.parse(entry) });
    return notes;
  }

  function kept(room: string): Kept {
    const notes = rooms.get(room)?.notes ?? read(room);
    const one = rooms.get(room) ?? { notes, last: Promise.resolve() };
    rooms.delete(room);
    rooms.set(room, one);
    notes.catch(() => rooms.delete(room));
    const [oldest] = rooms.keys();
    if (rooms.size > MOST_ROOMS && oldest !== undefined) rooms.delete(oldest);
    return one;
  }

  async function write(room: string, wish: NoteWish, one: Kept): Promise<Response> {
    const notes = await one.notes;
    const before = notes.of(wish.key);
    if (before) return Response.json(before, { status: 201 });
    const content = notes.content(wish, clock.wall());
    if ('refused' in content) return answer(problem(content.refused, content.detail));
    const done = await evidence.appendOf(room, content satisfies NoteContent);
    if (!done.kept)
      return answer(
        problem('evidence-unreadable', 'The note was not written: the evidence log takes no entries.'),
      );
    const { index, seq = 0 } = done;
    notes.add({ index, entry: { ...content, room, seq, previous: '' } });
    return Response.json(notes.all.at(-1), { status: 201 });
  }

  async function answered(request: Request, room: string): Promise<Response> {
    const one = kept(room);
    if (request.method === 'GET') return Response.json({ notes: (await one.notes).all });
    const text = await request.text();
    if (text.length > MOST_BODY) return answer(problem('too-large'));
    const wish = JSON.parse(text) as NoteWish;
    const done = one.last.then(() => write(room, wish, one));
    one.last = done.catch(() => undefined);
    return done;
  }

  return (request) => {
    const { pathname } = new URL(request.url);
    if (!pathname.startsWith(PREFIX)) return undefined;
    const room = pathname.slice(PREFIX.length);
    if (!SLUG.test(room)) return Promise.resolve(answer(problem('not-found')));
    return answered(request, room).catch(() => answer(problem('evidence-unreadable')));
  };
}

/** Reads the notes of a room from what answers about them. */
export const notesFrom =
  (notes: ReturnType<typeof openTallyNotes>) =>
  async (room: string): Promise<readonly HostNote[]> => {
    const answered = await notes(new Request(`http://tally${PREFIX}${room}`));
    if (answered?.status !== 200) throw new Error('the notes of a room could not be read');
    return ((await answered.json()) as { notes: readonly HostNote[] }).notes;
  };

const answer = ({ status, headers, body }: Reply): Response =>
  new Response(String(body), { status, headers });
