import { z } from 'zod';
import { describe } from '../../api/index.ts';
import { ERRORS, type ErrorCode } from '../../base/errors.ts';
import { METRICS } from '../../wire/metrics.ts';
import { MOST_CLAIMS_SHOWN } from './book-routes.ts';
import { ADDITION, QUESTION, REASON, SAID } from './question.ts';

const text = { type: 'string' } as const;
const number = { type: 'number' } as const;
const metric = { enum: METRICS.map(({ id }) => id) };
const room = { name: 'slug', in: 'path', required: true, schema: text } as const;
const id = { name: 'id', in: 'path', required: true, schema: text, description: 'Of the claim' } as const;
const token = [{ link: [] }, {}];

const input = (schema: z.ZodType): object =>
  z.toJSONSchema(schema, { io: 'input', target: 'draft-2020-12', unrepresentable: 'any' });
const body = (schema: z.ZodType): object => ({
  required: true,
  content: { 'application/json': { schema: input(schema) } },
});
const json = (description: string, properties: Record<string, object>): object => ({
  description,
  content: { 'application/json': { schema: { type: 'object', properties } } },
});

function refusals(codes: readonly ErrorCode[]): Record<string, object> {
  const byStatus = Map.groupBy(new Set(codes), (code) => ERRORS[code].status);
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

const BODY: readonly ErrorCode[] = ['bad-request', 'too-large', 'unsupported-media-type', 'unprocessable'];
const ASKING: readonly ErrorCode[] = ['room-unknown', 'unprocessable', 'too-often', 'numbers-away'];
const VERDICT = json('What the figures say', {
  verdict: { enum: ['matches', 'named-wrongly', 'sum-of-unlike', 'no-match'] },
  ...{ number, noun: text, metric, value: number },
  nearest: { type: 'array', items: { type: 'object', properties: { metric, value: number, ratio: number } } },
  entry: { type: 'integer', description: 'Index in the evidence log' },
});
const WRITTEN: Record<string, object> = {
  201: json('Published', { id: text, waits: { const: false } }),
  202: json('Waits for the operator', { id: text, waits: { const: true } }),
};
const DECIDING: readonly ErrorCode[] = ['token-missing', 'operator-only', 'room-unknown', 'not-found'];
const parameters = ['text', 'room', 'at', 'zone', 'language'].map((name) => ({
  ...{ name, in: 'query', required: name === 'text' || name === 'room', schema: text },
}));
const writing = (summary: string, more: readonly ErrorCode[] = []): object => ({
  post: {
    ...{ summary, security: token, requestBody: body(SAID) },
    responses: {
      ...WRITTEN,
      ...refusals([...ASKING, ...BODY, 'token-invalid', ...more]),
    },
  },
});

/** The addresses of claims for the description of the API, made from the schemas that check them. Spec: OpenAPI 3.1. */
export const claimPaths = (): Readonly<Record<string, object>> => ({
  '/api/claims/check': {
    get: {
      summary: 'Checks a number that somebody said',
      parameters,
      responses: { 200: VERDICT, ...refusals([...ASKING, 'numbers-unknown']) },
    },
    post: {
      ...{ summary: 'The same', requestBody: body(QUESTION) },
      responses: { 200: VERDICT, ...refusals([...ASKING, ...BODY, 'numbers-unknown']) },
    },
  },
  '/api/claims/add': {
    post: {
      ...{ summary: 'Adds figures that may be added', requestBody: body(ADDITION) },
      responses: {
        200: json('Their sum', {
          value: number,
          unit: text,
          terms: { type: 'array', items: { type: 'object' } },
        }),
        ...refusals([...ASKING, ...BODY, 'unlike-figures', 'numbers-unknown']),
      },
    },
  },
  '/api/rooms/{slug}/claims': {
    parameters: [room],
    get: {
      summary: 'What was said about a room, newest first; with the operator’s key also what waits',
      security: token,
      parameters: describe.pageParameters(MOST_CLAIMS_SHOWN, MOST_CLAIMS_SHOWN),
      responses: {
        200: describe.json(
          describe.page('claims', { type: 'object' }),
          'A page; refusals stand on the first',
        ),
        ...refusals(['room-unknown', 'too-often', 'unprocessable']),
      },
    },
    ...writing('Writes down what somebody said'),
  },
  '/api/rooms/{slug}/claims/{id}/disputes': {
    parameters: [room, id],
    ...writing('Disputes a claim', ['not-found']),
  },
  '/api/rooms/{slug}/claims/{id}/answers': {
    parameters: [room, id],
    ...writing('Answers a claim, as a host or the operator', ['token-missing', 'not-found']),
  },
  '/api/rooms/{slug}/claims/{id}/corrections': {
    parameters: [room, id],
    ...writing('Corrects a claim; both wordings stay', ['token-missing', 'not-found']),
  },
  '/api/claims/waiting': {
    get: {
      ...{
        summary: 'What strangers said and nobody has seen yet (operator only)',
        security: token.slice(0, 1),
      },
      parameters: describe.pageParameters(MOST_CLAIMS_SHOWN, MOST_CLAIMS_SHOWN),
      responses: {
        200: describe.json(describe.page('waiting', { type: 'object' }), 'A page, the oldest first'),
        ...refusals(['token-missing', 'operator-only', 'unprocessable']),
      },
    },
  },
  '/api/rooms/{slug}/claims/waiting/{id}/publish': {
    parameters: [room, id],
    post: {
      ...{ summary: 'Publish what waits (operator only)', security: token.slice(0, 1) },
      responses: { ...WRITTEN, ...refusals(DECIDING) },
    },
  },
  '/api/rooms/{slug}/claims/waiting/{id}/refuse': {
    parameters: [room, id],
    post: {
      ...{ summary: 'Refuse what waits, with a reason that is published (operator only)' },
      ...{ security: token.slice(0, 1), requestBody: body(REASON) },
      responses: { ...WRITTEN, ...refusals([...DECIDING, ...BODY]) },
    },
  },
  '/r/{slug}/claims/{id}.json': {
    parameters: [room, id],
    get: {
      summary: 'The signed card of a claim; .svg is its picture',
      responses: { 200: json('The card', {}), ...refusals(['not-found', ...ASKING]) },
    },
  },
});
