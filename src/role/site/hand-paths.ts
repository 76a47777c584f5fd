import { describe } from '../../api/index.ts';
import type { ErrorCode } from '../../base/errors.ts';
import { STAGE_NAME_LENGTH, TOPIC_LENGTH } from '../../wire/stage/hands.ts';

const { json, refusals } = describe;
const text = { type: 'string' } as const;
const secret = { ...text, description: 'From the answer to the raised hand' } as const;
const slug = { name: 'slug', in: 'path', required: true, schema: text } as const;
const id = { name: 'id', in: 'path', required: true, schema: text } as const;
/** What any request of a listener may be refused for. */
const ANY: readonly ErrorCode[] = [
  ...describe.BODY,
  ...(['room-unknown', 'room-not-open', 'room-ended', 'room-stopped', 'studio-away', 'too-often'] as const),
];
const OWN: readonly ErrorCode[] = [...ANY, 'hand-over'];

const hand = (more: Readonly<Record<string, object>>) => ({
  type: 'object',
  properties: {
    id: text,
    standing: { enum: ['up', 'called', 'stage', 'listening', 'declined', 'lowered', 'banned'] },
    place: { type: 'integer', minimum: 1, description: '1 is the next one' },
    up: { type: 'integer', minimum: 0, description: 'Hands that are up' },
    word: { ...text, description: 'What a host wrote to this person' },
    again: { type: 'integer', description: 'Seconds until the page says that it is there' },
    ...more,
  },
});
const body = (properties: Readonly<Record<string, object>>, required: readonly string[]) => ({
  required: true,
  content: {
    'application/json': { schema: { type: 'object', additionalProperties: false, properties, required } },
  },
});
const own = (what: string, summary: string, more: Readonly<Record<string, object>> = {}, fields = {}) => ({
  [`/r/{slug}/hand/{id}/${what}`]: {
    parameters: [slug, id],
    post: {
      summary,
      requestBody: body({ secret, ...fields }, ['secret']),
      responses: { 200: json(hand(more), 'The hand'), ...refusals(OWN) },
    },
  },
});

/** Raised hands, as the description of the HTTP API has them. The room's cell answers. */
export const handPaths = (): Record<string, object> => ({
  '/r/{slug}/hand': {
    parameters: [slug],
    post: {
      summary: 'Raise a hand, or renew the one that this device has',
      requestBody: body(
        {
          name: { ...text, minLength: 1, maxLength: STAGE_NAME_LENGTH },
          topic: { ...text, maxLength: TOPIC_LENGTH },
          device: { ...text, pattern: '^[A-Za-z0-9_-]{16,64}$', description: 'Random, the same each time' },
        },
        ['name', 'device'],
      ),
      responses: {
        201: json(hand({ secret: text }), 'The hand, and the secret that answers for it'),
        ...refusals([...ANY, 'hands-closed', 'hands-full', 'banned']),
      },
    },
  },
  ...own(
    'here',
    'Say that the page is there, and perhaps why it cannot speak',
    {},
    {
      trouble: { enum: ['denied', 'none', 'busy', 'insecure', 'failed'] },
    },
  ),
  ...own('take', 'Answer a call: a speaker’s token for a quarter of an hour, to be renewed in the same way', {
    token: text,
  }),
  ...own('lower', 'Lower the hand, or leave the stage'),
});
