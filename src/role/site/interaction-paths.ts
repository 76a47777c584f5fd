import { describe } from '../../api/index.ts';
import type { ErrorCode } from '../../base/errors.ts';
import { PIN_LINK_LENGTH, QUESTION_LENGTH } from '../../wire/interaction/questions.ts';
import { REACTIONS } from '../../wire/interaction/reactions.ts';
import { STAGE_NAME_LENGTH } from '../../wire/stage/hands.ts';

const { json, refusals } = describe;
const text = { type: 'string' } as const;
const slug = { name: 'slug', in: 'path', required: true, schema: text } as const;
const id = { name: 'id', in: 'path', required: true, schema: text } as const;
const device = {
  ...{ ...text, pattern: '^[A-Za-z0-9_-]{16,64}$' },
  description: 'Random, the same each time; without one the network stands for it',
} as const;
/** What any request may be refused for, and any request with a body, and any of a host. */
const READ: readonly ErrorCode[] = [
  ...(['room-unknown', 'room-not-open', 'room-ended', 'room-stopped', 'studio-away'] as const),
];
const SENT: readonly ErrorCode[] = [...READ, ...describe.BODY, 'foreign-page', 'too-often'];
const HOST: readonly ErrorCode[] = [
  ...(['token-missing', 'token-invalid', 'token-expired', 'token-other-room', 'not-host'] as const),
  ...(['link-withdrawn', 'banned', 'too-often'] as const),
];
const question = {
  type: 'object',
  required: ['id', 'text', 'votes', 'asked'],
  properties: {
    ...{ id: text, text, name: text, votes: { type: 'integer', minimum: 0 } },
    ...{ asked: { type: 'integer' }, answered: { type: 'integer' } },
  },
} as const;
const list = (more: Readonly<Record<string, object>> = {}) => ({
  type: 'object',
  properties: {
    ...{ v: { const: 1 }, room: text, open: { type: 'boolean' }, version: { type: 'integer' } },
    waiting: { type: 'integer', description: 'Open questions; the list has the first 50' },
    questions: { type: 'array', items: question },
    answered: { type: 'array', items: question },
    withdrawn: {
      ...{ type: 'array', items: text },
      description: 'Ids of questions that moderators have taken out: who asked one may read why',
    },
    ...more,
  },
});

const body = (schema: object, form = false) => ({
  required: true,
  content: {
    'application/json': { schema },
    ...(form ? { 'application/x-www-form-urlencoded': { schema } } : {}),
  },
});
const object = (properties: Readonly<Record<string, object>>, required: readonly string[]) => ({
  ...{ type: 'object', additionalProperties: false, properties, required },
});

/** Reactions, questions and pins, as the description of the HTTP API has them. Doors and the room's cell answer. */
export const interactionPaths = (): Record<string, object> => ({
  '/r/{slug}/react': {
    parameters: [slug],
    post: {
      summary: 'React: at most three a second of one device count',
      requestBody: body(
        object(
          {
            device,
            reactions: {
              ...{ type: 'object', additionalProperties: false, minProperties: 1 },
              properties: Object.fromEntries(
                REACTIONS.map((name) => [name, { type: 'integer', minimum: 1, maximum: 20 }]),
              ),
            },
          },
          ['device', 'reactions'],
        ),
      ),
      responses: {
        204: { description: 'Counted' },
        ...refusals([...SENT, 'reactions-closed']),
      },
    },
  },
  '/r/{slug}/questions.json': {
    parameters: [slug],
    get: {
      summary:
        'The questions, the same for everyone; read it again when `questions.version` of the state changes',
      responses: {
        200: json(list(), 'The questions'),
        ...refusals(READ),
      },
    },
  },
  '/r/{slug}/questions': {
    parameters: [slug],
    get: {
      summary: 'The same as a page without scripts',
      responses: { 200: { description: 'HTML' }, ...refusals(READ) },
    },
    post: {
      summary: 'Ask; a form is answered with a redirect to the page',
      requestBody: body(
        object(
          {
            text: { ...text, minLength: 1, maxLength: QUESTION_LENGTH },
            name: { ...text, maxLength: STAGE_NAME_LENGTH },
            device,
          },
          ['text'],
        ),
        true,
      ),
      responses: {
        201: json(question, 'The question'),
        ...refusals([...SENT, 'questions-closed', 'banned', 'questions-full']),
      },
    },
  },
  '/r/{slug}/questions/{id}/vote': {
    parameters: [slug, id],
    post: {
      summary: 'Vote for a question, once for each device',
      requestBody: body(object({ device }, []), true),
      responses: {
        201: json(question, 'The question with its votes'),
        ...refusals([...SENT, 'banned', 'not-found', 'questions-full']),
      },
    },
  },
  '/r/{slug}/questions/{id}/own': {
    parameters: [slug, id],
    post: {
      summary: 'Why a question of this device was taken out of the list',
      requestBody: body(object({ device }, [])),
      responses: {
        200: json(object({ id: text, text, reason: text, notice: text }, ['id', 'text']), 'The reason'),
        ...refusals([...SENT, 'not-found']),
      },
    },
  },
  '/r/{slug}/interaction': {
    parameters: [slug],
    get: {
      summary: 'For hosts: the questions, those that were hidden too, and what is pinned',
      responses: {
        200: json(list({ hidden: { type: 'array', items: question } }), 'The questions'),
        ...refusals([...READ, ...HOST]),
      },
    },
    post: {
      summary: 'For hosts: mark as answered, hide, reopen, pin, unpin',
      requestBody: body({
        type: 'object',
        anyOf: [
          object({ do: { enum: ['answered', 'hide', 'reopen'] }, question: text }, ['do', 'question']),
          object(
            {
              do: { const: 'pin' },
              text: { ...text, minLength: 1, maxLength: QUESTION_LENGTH },
              link: { ...text, format: 'uri', maxLength: PIN_LINK_LENGTH, description: 'https' },
            },
            ['do', 'text'],
          ),
          object({ do: { const: 'unpin' } }, ['do']),
        ],
      }),
      responses: {
        204: { description: 'Done' },
        ...refusals([...SENT, ...HOST, 'not-found']),
      },
    },
  },
});
