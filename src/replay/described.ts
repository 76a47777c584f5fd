import type { z } from 'zod';
import { describe } from '../api/index.ts';
import type { ErrorCode } from '../base/errors.ts';
import { CHAPTER, CLIP, KEPT, MADE_TRIM, REPLAY } from './answers.ts';
import { MOST_CLIPS_SHOWN } from './clip-routes.ts';
import { KEEP, MENDED_CHAPTER, MENDED_CLIP, NEW_CHAPTER, NEW_CLIP, NEW_TRIM } from './requests.ts';

const { BODY, REPEAT, bearer, body, idempotencyKey, ifMatchHeader, ifNoneMatchHeader, refusals, tagged } =
  describe;
const param = (name: string, description: string): object => ({
  ...{ name, in: 'path', required: true, schema: { type: 'string' }, description },
});
const SLUG = param('slug', 'The address of the room');
const ID = param('id', 'Of what is changed');
const NOTHING = { description: 'Done' };

const READING: readonly ErrorCode[] = [
  'token-missing',
  'token-invalid',
  'not-host',
  'room-unknown',
  'not-found',
];
const CHANGING: readonly ErrorCode[] = [...READING, 'wrong-moment', 'too-many-changes'];

interface ReplayOperation {
  readonly summary: string;
  readonly answers: Readonly<Record<number, object>>;
  readonly codes?: readonly ErrorCode[];
  readonly sent?: z.ZodType;
}

const making = ({ summary, answers, codes = [], sent }: ReplayOperation): object => ({
  ...{
    summary,
    security: bearer,
    parameters: [idempotencyKey],
    ...(sent ? { requestBody: body(sent) } : {}),
  },
  responses: { ...answers, ...refusals([...CHANGING, ...BODY, ...REPEAT, ...codes]) },
});
const mending = ({ summary, answers, codes = [], sent }: ReplayOperation): object => ({
  ...{ summary, security: bearer, parameters: [ifMatchHeader], ...(sent ? { requestBody: body(sent) } : {}) },
  responses: { ...answers, ...refusals([...CHANGING, ...(sent ? BODY : []), 'etag-mismatch', ...codes]) },
});
const of = (schema: z.ZodType, description: string): object => tagged(describe.schemaOf(schema), description);

/** The routes of this part, for the description of the API. */
export const replayPaths = (): Record<string, object> => ({
  '/api/rooms/{slug}/replay': {
    parameters: [SLUG],
    get: {
      summary: 'What was added to the recording: all of it for hosts, their own clips for speakers',
      ...{ security: bearer, parameters: [ifNoneMatchHeader] },
      responses: {
        200: of(REPLAY, 'Chapters, clips, trims'),
        304: { description: 'As it was' },
        ...refusals(READING),
      },
    },
    patch: mending({
      summary: 'How long the recording is kept',
      answers: { 200: of(KEPT, 'Days, or null') },
      sent: KEEP,
    }),
  },
  '/api/rooms/{slug}/chapters': {
    parameters: [SLUG],
    post: making({
      summary: 'A chapter at a moment; by default now',
      answers: { 201: of(CHAPTER, 'The chapter') },
      sent: NEW_CHAPTER,
    }),
  },
  '/api/rooms/{slug}/chapters/{id}': {
    parameters: [SLUG, ID],
    patch: mending({
      summary: 'Mends a chapter',
      answers: { 200: of(CHAPTER, 'The chapter') },
      sent: MENDED_CHAPTER,
    }),
    delete: mending({ summary: 'Removes a chapter', answers: { 204: NOTHING } }),
  },
  '/api/rooms/{slug}/clips': {
    parameters: [SLUG],
    get: {
      summary: 'The clips, newest first: all for hosts, their own for speakers',
      ...{ security: bearer, parameters: describe.pageParameters(MOST_CLIPS_SHOWN, MOST_CLIPS_SHOWN) },
      responses: {
        200: describe.json(describe.page('clips', describe.schemaOf(CLIP)), 'A page of clips'),
        ...refusals([...READING, 'unprocessable']),
      },
    },
    post: making({
      summary: 'A clip of up to 90 seconds',
      answers: { 201: of(CLIP, 'The clip and its path') },
      sent: NEW_CLIP,
    }),
  },
  '/api/rooms/{slug}/clips/{id}': {
    parameters: [SLUG, ID],
    patch: mending({
      summary: 'Mends title and text of a clip',
      answers: { 200: of(CLIP, 'The clip') },
      sent: MENDED_CLIP,
    }),
    delete: mending({ summary: 'Removes a clip', answers: { 204: NOTHING } }),
  },
  '/api/rooms/{slug}/trims': {
    parameters: [SLUG],
    post: making({
      summary: 'Leaves a stretch out of the replay',
      answers: { 201: of(MADE_TRIM, 'The trim and the hash of the original') },
      ...{ codes: ['evidence-unreadable'], sent: NEW_TRIM },
    }),
  },
  '/api/rooms/{slug}/trims/{id}': {
    parameters: [SLUG, ID],
    delete: mending({
      ...{ summary: 'Puts it back', answers: { 204: NOTHING }, codes: ['evidence-unreadable'] },
    }),
  },
  '/api/rooms/{slug}/original.mp4': {
    parameters: [SLUG],
    get: {
      ...{ summary: 'The untouched recording', security: bearer },
      responses: {
        200: { description: 'Fragmented MP4', content: { 'audio/mp4': {} } },
        ...refusals([...READING, 'wrong-moment']),
      },
    },
  },
});
