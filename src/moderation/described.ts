import { z } from 'zod';
import { describe } from '../api/index.ts';
import { ERRORS, type ErrorCode } from '../base/errors.ts';
import { MOST_LINES, MOST_ROWS } from './api-routes.ts';
import { LIFTED, NEW_DECISION, NEW_REPORT, NEW_RULE, REPORT_CHOICE, UNSUSPENDED } from './requests.ts';

const text = { type: 'string' } as const;
const param = (name: string, description: string): object => ({
  ...{ name, in: 'path', required: true, schema: text, description },
});
const SLUG = param('slug', 'The address of the room');
const ID = param('id', 'Of what it is about');
const CURSOR = {
  ...{ name: 'cursor', in: 'query', schema: text },
  description: 'next of the page before, unchanged; without it the list begins',
} as const;
const STATE = { name: 'state', in: 'query', schema: { enum: ['open', 'closed'], default: 'open' } } as const;

const body = (schema: z.ZodType): object => ({
  required: true,
  content: {
    'application/json': {
      schema: z.toJSONSchema(schema, { io: 'input', target: 'draft-2020-12', unrepresentable: 'any' }),
    },
  },
});
const json = (description: string): object => ({
  ...{ description, content: { 'application/json': { schema: { type: 'object' } } } },
});
const PAGE = describe.pageParameters(MOST_ROWS, MOST_ROWS);
const pageOf = (name: string): object =>
  describe.json(describe.page(name, { type: 'object' }), `A page, the newest first`);
const NOTHING = { description: 'Done' };

function refusals(codes: readonly ErrorCode[]): Record<string, object> {
  return Object.fromEntries(
    [...Map.groupBy(codes, (code) => ERRORS[code].status)].map(([status, list]) => [
      String(status),
      {
        description: list.map((code) => `${code}: ${ERRORS[code].title}`).join('. '),
        content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
      },
    ]),
  );
}

const HOSTS: readonly ErrorCode[] = ['token-missing', 'token-invalid', 'not-host', 'room-unknown'];
const OPERATORS: readonly ErrorCode[] = ['token-missing', 'operator-only'];
const WRITES: readonly ErrorCode[] = [
  ...(['bad-request', 'unprocessable', 'wrong-moment', 'not-found', 'too-large', 'too-often'] as const),
  'unsupported-media-type',
];

const operation = (
  summary: string,
  answers: Readonly<Record<number, object>>,
  codes: readonly ErrorCode[],
  schema?: z.ZodType,
  security: readonly object[] = [{ link: [] }],
): object => ({
  ...{ summary, security, ...(schema ? { requestBody: body(schema) } : {}) },
  responses: { ...answers, ...refusals(codes) },
});

const roomPaths = (): Record<string, object> => ({
  '/api/rooms/{slug}/reports': {
    parameters: [SLUG],
    post: operation(
      'Report something about a room; needs no account and no link',
      { 201: json('A number, and the page on which one sees what became of it') },
      ['room-unknown', 'too-often', 'bad-request', 'unprocessable', 'too-large', 'unsupported-media-type'],
      NEW_REPORT,
      [],
    ),
    get: {
      ...operation(
        'Reports about a room, for its hosts; who reported is not stored',
        { 200: pageOf('reports') },
        [...HOSTS, 'unprocessable'],
      ),
      parameters: [STATE, ...PAGE],
    },
  },
  '/api/rooms/{slug}/reports/{id}': {
    parameters: [SLUG, ID],
    post: operation(
      'Decide about a report: dismiss it, or do something about it, with a reason',
      { 201: json('The decision'), 204: NOTHING },
      [...HOSTS, ...WRITES, 'operator-only'],
      REPORT_CHOICE,
    ),
  },
  '/api/rooms/{slug}/decisions': {
    parameters: [SLUG],
    get: {
      ...operation('What moderators decided in a room and is in force', { 200: pageOf('decisions') }, [
        ...HOSTS,
        'unprocessable',
      ]),
      parameters: PAGE,
    },
  },
  '/api/rooms/{slug}/decisions/{id}/lift': {
    parameters: [SLUG, ID],
    post: operation('Take a decision back', { 204: NOTHING }, [...HOSTS, ...WRITES, 'operator-only'], LIFTED),
  },
  '/api/rooms/{slug}/audit': {
    parameters: [SLUG],
    get: {
      ...operation(
        'What was done in a room about reports and people, the newest first, for its hosts',
        { 200: json('50 lines, and next while there are more') },
        [...HOSTS, 'unprocessable'],
      ),
      parameters: [CURSOR],
    },
  },
  '/api/rooms/{slug}/words': {
    parameters: [SLUG],
    get: operation('Words that are not accepted in a room', { 200: json('The rules') }, HOSTS),
    post: operation('Add a rule', { 201: json('The rule') }, [...HOSTS, ...WRITES], NEW_RULE),
  },
  '/api/rooms/{slug}/words/{id}': {
    parameters: [SLUG, ID],
    delete: operation('Remove a rule', { 204: NOTHING }, [...HOSTS, 'not-found', 'too-often']),
  },
});

const serverPaths = (): Record<string, object> => ({
  '/api/moderation/reports': {
    get: {
      ...operation('Reports about all rooms (operator only)', { 200: pageOf('reports') }, [
        ...OPERATORS,
        'unprocessable',
      ]),
      parameters: [STATE, ...PAGE],
    },
  },
  '/api/moderation/reports/{id}': {
    parameters: [ID],
    post: operation(
      'Decide about a report (operator only)',
      { 201: json('The decision'), 204: NOTHING },
      [...WRITES, ...OPERATORS],
      REPORT_CHOICE,
    ),
  },
  '/api/moderation/audit': {
    get: {
      ...operation(
        'What moderators did, as JSON lines, the oldest first (operator only); the header Link leads to the next page',
        { 200: { description: 'One object a line', content: { 'application/jsonl': { schema: text } } } },
        [...OPERATORS, 'unprocessable'],
      ),
      parameters: describe.pageParameters(MOST_LINES, MOST_LINES),
    },
  },
  '/api/moderation/decisions': {
    get: {
      ...operation('What is in force on this server (operator only)', { 200: pageOf('decisions') }, [
        ...OPERATORS,
        'unprocessable',
      ]),
      parameters: PAGE,
    },
    post: operation(
      'Decide without a report (operator only)',
      { 201: json('The decision') },
      [...WRITES, ...OPERATORS, 'room-unknown'],
      NEW_DECISION,
    ),
  },
  '/api/moderation/suspensions/lift': {
    post: operation(
      'Take the suspension of an account back, by its address (operator only)',
      { 204: NOTHING },
      [...WRITES, ...OPERATORS],
      UNSUSPENDED,
    ),
  },
  '/api/moderation/decisions/{id}/lift': {
    parameters: [ID],
    post: operation(
      'Take a decision back (operator only)',
      { 204: NOTHING },
      [...WRITES, ...OPERATORS],
      LIFTED,
    ),
  },
});

/** The routes of this part, for the description of the API. */
export const moderationPaths = (): Record<string, object> => ({ ...roomPaths(), ...serverPaths() });
