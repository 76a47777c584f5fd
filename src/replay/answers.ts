/** What is answered about a recording: the schemas of the description of the API, and what makes an answer of an edit. */
import { z } from 'zod';
import { etagOf, stateOf } from '../api/index.ts';
import type { Clip, NotedChapter, OriginalMark, RecordingEdits, Trim } from '../wire/replay/edits.ts';

const id = z.string();
const moment = z.number().meta({ description: 'Milliseconds since 1970' });
const etag = z.string().meta({ description: 'For If-Match when this one is changed or removed' });

/** A chapter as it is answered. */
export const CHAPTER = z.object({ id, at: moment, title: z.string(), link: z.string().optional(), etag });
/** A clip. */
export const CLIP = z.object({
  ...{ id, from: moment, to: moment, title: z.string(), text: z.string().optional() },
  ...{ made: moment, path: z.string().meta({ description: 'Of its page' }), etag },
});
/** A trim. */
export const TRIM = z.object({
  ...{ id, from: moment, to: moment, note: z.string(), made: moment, etag },
  first: z.int().meta({ description: 'The first fragment of 320 ms that is left out' }),
  end: z.int().meta({ description: 'The fragment before which it ends' }),
});
/** The recording as it was when it was first trimmed. */
const ORIGINAL = z.object({ rendition: z.string(), sha256: z.string(), bytes: z.int() });
/** A trim that was just made. */
export const MADE_TRIM = TRIM.extend({ original: ORIGINAL.optional() });
/** All that was added to a recording. */
export const REPLAY = z.object({
  ...{ v: z.literal(1), chapters: z.array(CHAPTER), clips: z.array(CLIP), trims: z.array(TRIM) },
  ...{ original: ORIGINAL.optional(), keepDays: z.int().optional(), over: z.boolean() },
});
/** How long a recording is kept. */
export const KEPT = z.object({ keepDays: z.int().nullable() });

/** What can be edited of each, as the first half of its ETag. */
export const editedOf = {
  chapter: ({ title, link, at }: NotedChapter): string => stateOf([title, link ?? null, at]),
  clip: ({ title, text }: Clip): string => stateOf([title, text ?? null]),
  trim: ({ id }: Trim): string => stateOf(id),
  keep: ({ keepDays }: RecordingEdits): string => stateOf(keepDays ?? null),
};

/** Each as it is answered. */
export const shownOf = {
  chapter: (one: NotedChapter): z.output<typeof CHAPTER> => ({
    ...one,
    etag: etagOf(editedOf.chapter(one), one),
  }),
  clip(one: Clip, slug: string): z.output<typeof CLIP> {
    // Whose link it was is told to nobody.
    const { by: _, ...clip } = one;
    return { ...clip, path: `/r/${slug}/clip/${one.id}`, etag: etagOf(editedOf.clip(one), clip) };
  },
  trim: (one: Trim): z.output<typeof TRIM> => ({ ...one, etag: etagOf(editedOf.trim(one), one) }),
  made: (one: Trim, original: OriginalMark | undefined): z.output<typeof MADE_TRIM> => ({
    ...shownOf.trim(one),
    ...(original ? { original } : {}),
  }),
  replay: (edits: RecordingEdits, slug: string, over: boolean): z.output<typeof REPLAY> => ({
    ...edits,
    chapters: edits.chapters.map(shownOf.chapter),
    clips: edits.clips.map((one) => shownOf.clip(one, slug)),
    trims: edits.trims.map(shownOf.trim),
    over,
  }),
};
