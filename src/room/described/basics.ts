import type { ErrorCode } from '../../base/errors.ts';
import { requests } from '../requests.ts';

/** Any text. */
export const text = { type: 'string' } as const;
/** An address. */
export const url = { type: 'string', format: 'uri' } as const;
/** A moment. */
export const instant = { type: 'integer', description: 'Milliseconds since 1970-01-01T00:00:00Z' } as const;
/** A count from 1. */
export const number = { type: 'integer', minimum: 1 } as const;

/** An object whose properties are all there, except those named. */
export const object = (properties: Record<string, object>, optional: readonly string[] = []) => ({
  type: 'object',
  required: Object.keys(properties).filter((key) => !optional.includes(key)),
  properties,
});

/** Why somebody may not do what hosts do. */
export const HOST: readonly ErrorCode[] = [
  'token-missing',
  'token-invalid',
  'token-expired',
  'token-other-room',
  'not-host',
  'link-withdrawn',
  'removed',
  'room-unknown',
];
/** Who. */
export const idParameter = {
  ...{ name: 'id', in: 'path', required: true, schema: text },
  description: 'As in the roster, and in the answer to an invitation',
};
/** Which room. */
export const slugParameter = { name: 'slug', in: 'path', required: true, schema: text };
/** What is sent is described whatever the time is. */
export const sent = () => requests(() => 0);
