import { ERRORS, type ErrorCode } from '../../base/errors.ts';
import { MOST_LISTED } from './desk-wish.ts';

const text = { type: 'string' } as const;
const bearer: readonly object[] = [{ link: [] }];
const idempotencyKey = {
  ...{ name: 'Idempotency-Key', in: 'header', required: false, schema: text },
  description: 'A new UUID for each thing to do: the same request with the same key is done once',
};
const json = (schema: object, description: string): object => ({
  description,
  content: { 'application/json': { schema } },
});
const body = (schema: object): object => ({ required: true, content: { 'application/json': { schema } } });
const refusals = (codes: readonly ErrorCode[]): Record<string, object> =>
  Object.fromEntries(
    [...Map.groupBy(codes, (code) => ERRORS[code].status)].map(([status, list]) => [
      String(status),
      {
        description: list.map((code) => `${code}: ${ERRORS[code].title}`).join('. '),
        content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
      },
    ]),
  );
const PAGE = [
  {
    ...{ name: 'limit', in: 'query' },
    schema: { type: 'integer', minimum: 1, maximum: MOST_LISTED, default: MOST_LISTED },
  },
  { name: 'cursor', in: 'query', schema: text, description: 'next of the page before, unchanged' },
];
const incident = { type: 'object', required: ['id'], properties: { id: text } };
const id = { name: 'id', in: 'path', required: true, schema: text, description: 'Of the incident' } as const;
const FIELDS = {
  title: { ...text, maxLength: 140 },
  room: { ...text, description: 'A room that it is about' },
  text: { ...text, description: 'At most 500 characters in a note, 30,000 in an account' },
};

const fields = (named: readonly (keyof typeof FIELDS)[], needed: readonly string[]) => ({
  type: 'object',
  required: needed,
  properties: Object.fromEntries(named.map((name) => [name, FIELDS[name]])),
});
const writing = (summary: string, schema: { readonly type: string }) => ({
  post: {
    ...{ summary, security: bearer, parameters: [idempotencyKey] },
    requestBody: body(schema),
    responses: {
      201: json(incident, 'The incident'),
      ...refusals([
        ...(['bad-request', 'too-large', 'unsupported-media-type', 'unprocessable'] as const),
        ...(['repeat-running', 'repeat-differs'] as const),
        ...(['token-missing', 'operator-only', 'not-found', 'room-unknown', 'too-often'] as const),
        ...(['wrong-moment', 'tally-away'] as const),
      ]),
    },
  },
});

/** What people write about incidents, as the description of the HTTP API has it. */
export const incidentPaths = (): Record<string, object> => ({
  '/api/incidents': {
    get: {
      summary: 'All incidents, newest first',
      parameters: PAGE,
      responses: {
        200: json(
          {
            type: 'object',
            required: ['incidents'],
            properties: { incidents: { type: 'array', items: incident }, next: text },
          },
          'A page, without what people wrote',
        ),
        ...refusals(['tally-away', 'unprocessable']),
      },
    },
    ...writing('Open an incident (operator only)', fields(['title', 'room'], ['title'])),
  },
  '/api/incidents/{id}': {
    parameters: [id],
    get: {
      summary: 'One incident; without a key this leads to its public file',
      security: [{}, ...bearer],
      responses: {
        200: json({ type: 'object' }, 'The incident, and a draft of an account'),
        307: { description: 'To the public file' },
        ...refusals(['operator-only', 'not-found', 'too-often', 'tally-away']),
      },
    },
  },
  '/api/incidents/{id}/notes': {
    parameters: [id],
    ...writing('Write a note, as a host of a room in it or the operator', fields(['text'], ['text'])),
  },
  '/api/incidents/{id}/close': {
    parameters: [id],
    ...writing('Close an incident that a person has opened (operator only)', fields([], [])),
  },
  '/api/incidents/{id}/postmortem': {
    parameters: [id],
    ...writing('Publish an account of what happened (operator only)', fields(['text'], ['text'])),
  },
});
