import { createHash } from 'node:crypto';
import type { Context } from 'hono';
import type { ApiRefusal } from './refusal.ts';

const short = (value: unknown): string =>
  createHash('sha256').update(JSON.stringify(value)).digest('base64url').slice(0, 16);

/**
 * The first half of a resource's ETag: it changes with what can be edited, and with nothing else. `editable` is
 * anything that JSON can say.
 */
export const stateOf = (editable: unknown): string => short(editable);

/**
 * An ETag in two halves, `"STATE.SHOWN"`: the state of what can be edited, and the whole answer. So a copy is fresh
 * only when nothing at all has changed, while an edit fails only when somebody else has edited. Spec: RFC 9110, 8.8.3.
 */
export const etagOf = (state: string, shown: unknown): string => `"${state}.${short(shown)}"`;

const CHANGED: ApiRefusal = {
  refused: 'etag-mismatch',
  detail: 'Somebody else has changed it in the meantime: read it again, and decide again.',
};

/**
 * The check that `If-Match` asks for, or undefined without that header. Call it with the current state inside the
 * turn that makes the change, so that nothing comes between. Spec: RFC 9110, 13.1.1.
 */
export function ifMatch(c: Context): ((state: string) => ApiRefusal | undefined) | undefined {
  const wanted = c.req.header('if-match');
  if (wanted === undefined) return undefined;
  if (wanted.trim() === '*') return () => undefined;
  // A weak one never matches: the halves are compared as they were given.
  const states = [...wanted.matchAll(/(W\/)?"([^".]*)[^"]*"/g)]
    .filter(([, weak]) => weak === undefined)
    .map(([, , state]) => state);
  return (state) => (states.includes(state) ? undefined : CHANGED);
}

/**
 * The same for one thing of a list. The refusal has the thing as it is now (`current`) and its ETag, so that nobody has to
 * ask for it. `shown`: the thing as its reader sees it, with its ETag.
 */
export function ifUnchanged(
  c: Context,
): (state: string, shown: { readonly etag: string }) => ApiRefusal | undefined {
  const check = ifMatch(c);
  return (state, shown) => {
    const refusal = check?.(state);
    return refusal && { ...refusal, more: { current: shown }, headers: { etag: shown.etag } };
  };
}

/**
 * A resource as JSON with its ETag; 304 without a body when `If-None-Match` names this very answer. Spec: RFC 9110,
 * 13.1.2.
 */
export function shownWithTag(c: Context, state: string, shown: object): Response {
  const etag = etagOf(state, shown);
  const asked = c.req.method === 'GET' ? c.req.header('if-none-match') : undefined;
  const known = asked?.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag) || asked === '*';
  return known ? c.body(null, 304, { etag }) : c.json(shown, 200, { etag });
}
