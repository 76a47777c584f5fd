import { ERRORS, type ErrorCode } from '../../base/errors.ts';
import { PIN_LINK_LENGTH, QUESTION_LENGTH } from '../../wire/interaction/questions.ts';
import { REACTIONS } from '../../wire/interaction/reactions.ts';
import { STAGE_NAME_LENGTH } from '../../wire/stage/hands.ts';

const text = { type: 'string' } as const;
const slug = { name: 'slug', in: 'path', required: true, schema: text } as const;
const id = { name: 'id', in: 'path', required: true, schema: text } as const;
const device = {
  ...{ ...text, pattern: '^[A-Za-z0-9_-]{16,64}$' },
  description: 'Random, the same each time; without one the network stands for it',
} as const;
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
    ...more,
  },
});

const answer = (schema: object, description: string) => ({
  description,
  content: { 'application/json': { schema } },
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
const refusals = (codes: readonly ErrorCode[]): Record<string, object> =>
  Object.fromEntries(
    [...Map.groupBy(codes, (code) => ERRORS[code].status)].map(([status, some]) => [
      String(status),
      { description: some.map((code) => `${code}: ${ERRORS[code].title}`).join('. ') },
    ]),
  );

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
        ...refusals(['reactions-closed', 'room-unknown', 'room-not-open', 'unprocessable', 'too-often']),
      },
    },
  },
  '/r/{slug}/questions.json': {
    parameters: [slug],
    get: {
      summary:
        'The questions, the same for everyone; read it again when `questions.version` of the state changes',
      responses: {
        200: answer(list(), 'The questions'),
        ...refusals(['room-unknown', 'room-not-open']),
      },
    },
  },
  '/r/{slug}/questions': {
    parameters: [slug],
    get: { summary: 'The same as a page without scripts', responses: { 200: { description: 'HTML' } } },
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
        201: answer(question, 'The question'),
        ...refusals([
          'questions-closed',
          'banned',
          'room-not-open',
          'unprocessable',
          'questions-full',
          'too-often',
        ]),
      },
    },
  },
  '/r/{slug}/questions/{id}/vote': {
    parameters: [slug, id],
    post: {
      summary: 'Vote for a question, once for each device',
      requestBody: body(object({ device }, []), true),
      responses: {
        201: answer(question, 'The question with its votes'),
        ...refusals(['banned', 'not-found', 'room-not-open', 'unprocessable', 'questions-full', 'too-often']),
      },
    },
  },
  '/r/{slug}/interaction': {
    parameters: [slug],
    get: {
      summary: 'For hosts: the questions, those that were hidden too, and what is pinned',
      responses: {
        200: answer(list({ hidden: { type: 'array', items: question } }), 'The questions'),
        ...refusals(['token-missing', 'not-host', 'room-not-open', 'too-often']),
      },
    },
    post: {
      summary: 'For hosts: mark as answered, hide, reopen, pin, unpin',
      requestBody: body({
        oneOf: [
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
        ...refusals([
          'token-missing',
          'not-host',
          'not-found',
          'room-not-open',
          'unprocessable',
          'too-often',
        ]),
      },
    },
  },
});
