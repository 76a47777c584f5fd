import { z } from 'zod';
import { ERRORS, type ErrorCode } from '../base/errors.ts';

/** A part of the description of the API. Spec: OpenAPI 3.1. */
export type Described = Readonly<Record<string, object>>;

/** A schema of Zod as what is sent (`input`) or answered (`output`). Spec: JSON Schema 2020-12. */
export function schemaOf(schema: z.ZodType, io: 'input' | 'output' = 'output'): object {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, {
    ...{ io, target: 'draft-2020-12', unrepresentable: 'any' },
  }) as Record<string, unknown>;
  return rest;
}

/** A named schema. */
export const ref = (name: string): { readonly $ref: string } => ({ $ref: `#/components/schemas/${name}` });

/** Headers of every answer to a counted request. */
const PACE_HEADERS = {
  RateLimit: {
    description: 'How many of these requests are left (r), and in how many seconds there is one more (t)',
    schema: { type: 'string' },
  },
  'RateLimit-Policy': {
    description: 'How many at once (q), and in how many seconds all of them are there again (w)',
    schema: { type: 'string' },
  },
};
const ETAG_HEADER = { ETag: { description: 'For If-Match and If-None-Match', schema: { type: 'string' } } };

/** An answer of JSON. */
export const json = (schema: object, description: string, headers?: object): object => ({
  description,
  ...(headers ? { headers } : {}),
  content: { 'application/json': { schema } },
});
/** The same with an ETag. */
export const tagged = (schema: object, description: string): object => json(schema, description, ETAG_HEADER);

/** A body of JSON as `schema` allows it. */
export const body = (schema: z.ZodType | { readonly type: string }, required = true): object => ({
  required,
  content: {
    'application/json': { schema: schema instanceof z.ZodType ? schemaOf(schema, 'input') : schema },
  },
});

/** Refusals by status. The description of each names its codes. */
export function refusals(codes: readonly ErrorCode[]): Record<string, object> {
  const byStatus = Map.groupBy(new Set(codes), (code) => ERRORS[code].status);
  return Object.fromEntries(
    [...byStatus].map(([status, list]) => [
      String(status),
      {
        description: list.map((code) => `${code}: ${ERRORS[code].title}`).join('. '),
        ...(status === 429
          ? { headers: { ...PACE_HEADERS, 'Retry-After': { schema: { type: 'string' } } } }
          : {}),
        content: { 'application/problem+json': { schema: ref('Problem') } },
      },
    ]),
  );
}

/** What any request with a body may be refused for. */
export const BODY: readonly ErrorCode[] = [
  'bad-request',
  'too-large',
  'unsupported-media-type',
  'unprocessable',
];
/** What any request with an `Idempotency-Key` may be refused for. */
export const REPEAT: readonly ErrorCode[] = ['repeat-running', 'repeat-differs', 'unprocessable'];

/** Makes a POST repeatable. */
export const idempotencyKey = {
  ...{ name: 'Idempotency-Key', in: 'header', required: false },
  description:
    'A new UUID for each thing to do. The same request with the same key gets the first answer, for a day; another request with it is refused',
  schema: { type: 'string', minLength: 16, maxLength: 255 },
};
/** Makes an edit fail when somebody else has edited since. */
export const ifMatchHeader = {
  ...{ name: 'If-Match', in: 'header', required: false },
  description: 'The ETag that was read: 412 when somebody else has edited since',
  schema: { type: 'string' },
};
/** Makes a read answer 304 when nothing has changed. */
export const ifNoneMatchHeader = {
  ...{ name: 'If-None-Match', in: 'header', required: false },
  description: 'The ETag of a copy: 304 while it is still the same',
  schema: { type: 'string' },
};
/** Parameters of a list in pages. */
export const pageParameters = (most: number, usual: number): readonly object[] => [
  { name: 'limit', in: 'query', schema: { type: 'integer', minimum: 1, maximum: most, default: usual } },
  {
    ...{ name: 'cursor', in: 'query', schema: { type: 'string' } },
    description: 'next of the page before, unchanged; without it the list begins',
  },
];
/** A page of a list. */
export const page = (name: string, schema: object): object => ({
  type: 'object',
  required: [name],
  properties: {
    [name]: { type: 'array', items: schema },
    next: { type: 'string', description: 'The cursor of the next page; absent on the last' },
  },
});
/** Needs a link, a session or a key. */
export const bearer: readonly object[] = [{ link: [] }];
