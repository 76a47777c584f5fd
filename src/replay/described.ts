import { z } from 'zod';
import { ERRORS, type ErrorCode } from '../base/errors.ts';
import { KEEP, MENDED_CHAPTER, MENDED_CLIP, NEW_CHAPTER, NEW_CLIP, NEW_TRIM } from './requests.ts';

const text = { type: 'string' } as const;
const param = (name: string, description: string): object => ({
  ...{ name, in: 'path', required: true, schema: text, description },
});
const SLUG = param('slug', 'The address of the room');
const ID = param('id', 'Of what is changed');
const LINK = [{ link: [] }];

const body = (schema: z.ZodType): object => ({
  required: true,
  content: {
    'application/json': {
      schema: z.toJSONSchema(schema, { io: 'input', target: 'draft-2020-12', unrepresentable: 'any' }),
    },
  },
});
const json = (description: string): object => ({
  description,
  content: { 'application/json': { schema: { type: 'object' } } },
});
const NOTHING = { description: 'Done' };

function refusals(codes: readonly ErrorCode[]): Record<string, object> {
  const byStatus = Map.groupBy(codes, (code) => ERRORS[code].status);
  return Object.fromEntries(
    [...byStatus].map(([status, list]) => [
      String(status),
      {
        description: list.map((code) => `${code}: ${ERRORS[code].title}`).join('. '),
        content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
      },
    ]),
  );
}

const READING: readonly ErrorCode[] = ['token-missing', 'token-invalid', 'not-host', 'room-unknown'];
const CHANGING: readonly ErrorCode[] = [
  ...READING,
  ...(['bad-request', 'unprocessable', 'wrong-moment', 'too-many-changes', 'too-large'] as const),
  'unsupported-media-type',
];
const MENDING: readonly ErrorCode[] = [...CHANGING, 'not-found'];

const operation = (
  summary: string,
  [status, answer]: readonly [number, object],
  codes: readonly ErrorCode[],
  schema?: z.ZodType,
): object => ({
  ...{ summary, security: LINK, ...(schema ? { requestBody: body(schema) } : {}) },
  responses: { [status]: answer, ...refusals(codes) },
});

/** The routes of this part, for the description of the API. */
export const replayPaths = (): Record<string, object> => ({
  '/api/rooms/{slug}/replay': {
    parameters: [SLUG],
    get: operation(
      'What was added to the recording: all of it for hosts, their own clips for speakers',
      [200, json('Chapters, clips, trims')],
      READING,
    ),
    patch: operation('How long the recording is kept', [200, json('Days, or null')], CHANGING, KEEP),
  },
  '/api/rooms/{slug}/chapters': {
    parameters: [SLUG],
    post: operation(
      'A chapter at a moment; by default now',
      [201, json('The chapter')],
      CHANGING,
      NEW_CHAPTER,
    ),
  },
  '/api/rooms/{slug}/chapters/{id}': {
    parameters: [SLUG, ID],
    patch: operation('Mends a chapter', [200, json('The chapter')], MENDING, MENDED_CHAPTER),
    delete: operation('Removes a chapter', [204, NOTHING], MENDING),
  },
  '/api/rooms/{slug}/clips': {
    parameters: [SLUG],
    post: operation('A clip of up to 90 seconds', [201, json('The clip and its path')], CHANGING, NEW_CLIP),
  },
  '/api/rooms/{slug}/clips/{id}': {
    parameters: [SLUG, ID],
    patch: operation('Mends title and text of a clip', [200, json('The clip')], MENDING, MENDED_CLIP),
    delete: operation('Removes a clip', [204, NOTHING], MENDING),
  },
  '/api/rooms/{slug}/trims': {
    parameters: [SLUG],
    post: operation(
      'Leaves a stretch out of the replay',
      [201, json('The trim and the hash of the original')],
      [...MENDING, 'evidence-unreadable'],
      NEW_TRIM,
    ),
  },
  '/api/rooms/{slug}/trims/{id}': {
    parameters: [SLUG, ID],
    delete: operation('Puts it back', [204, NOTHING], [...MENDING, 'evidence-unreadable']),
  },
  '/api/rooms/{slug}/original.mp4': {
    parameters: [SLUG],
    get: operation(
      'The untouched recording',
      [200, { description: 'Fragmented MP4', content: { 'audio/mp4': {} } }],
      [...READING, 'wrong-moment', 'not-found'],
    ),
  },
});
