import type { Context, Hono } from 'hono';
import { isRefusal, refused } from '../api/index.ts';
import type { RecordingEdits } from '../wire/replay/edits.ts';
import type { EditRefusal, ReplayDeps, RoomMember } from './replay-deps.ts';

/** Makes an answer of what was changed: `find` finds it in the edits, `show` shows it. */
type EditAnswer = <T>(
  c: Context,
  edits: RecordingEdits | EditRefusal,
  find: (edits: RecordingEdits) => T | undefined,
  show: (one: T, edits: RecordingEdits) => object & { readonly etag: string },
) => Response;

/** What every group of routes shares. */
export interface EditRoutes {
  readonly app: Hono;
  readonly deps: ReplayDeps;
  /** The caller, when a link of these roles lets them change this room now. */
  changing(c: Context, roles: readonly RoomMember['role'][]): Promise<RoomMember | EditRefusal>;
  /** The same without counting it as a change. */
  member(c: Context, roles: readonly RoomMember['role'][]): Promise<RoomMember | EditRefusal>;
  /** Answers 201 with what was made, or the refusal. */
  readonly made: EditAnswer;
  /** The same with 200. */
  readonly mendedAnswer: EditAnswer;
}

/** Answers with one thing of the edits and its ETag. */
export const editAnswer =
  (status: 200 | 201): EditAnswer =>
  (c, edits, find, show) => {
    if (isRefusal(edits)) return refused(edits);
    const one = find(edits);
    if (one === undefined) return refused({ refused: 'not-found' });
    const shown = show(one, edits);
    return c.json(shown, status, { etag: shown.etag });
  };

/** Changes the edits of a room unless `change` refuses; the refusal, or the new edits. */
export async function changed(
  { edits }: Pick<ReplayDeps, 'edits'>,
  slug: string,
  change: (edits: RecordingEdits) => RecordingEdits | EditRefusal | Promise<RecordingEdits | EditRefusal>,
): Promise<RecordingEdits | EditRefusal> {
  let refusal: EditRefusal | undefined;
  const made = await edits.change(slug, async (before) => {
    const after = await change(before);
    if (!isRefusal(after)) return after;
    refusal = after;
    return before;
  });
  return refusal ?? made;
}
