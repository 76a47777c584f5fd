import type { Hono } from 'hono';
import { notAccepted } from '../wire/moderation/block-words.ts';
import { LinkAllowance } from './allowance.ts';
import { contentType, cors, type Entrance, readText, refuse } from './entrance.ts';

const MAX_ACTION_BYTES = 16_384;
/** Limit per link. */
const ACTIONS = { burst: 60, perSecond: 10 };

/** Adds the routes by which studio pages read the state of the stage and act on it. */
export function addBackstage(app: Hono, entrance: Entrance): void {
  const actions = new LinkAllowance(ACTIONS);
  app.get('/r/:slug/backstage', async (context) => {
    const entry = await entrance.enter(context);
    if (entry instanceof Response) return entry;
    const first = entry.room.backstage(entry.grant);
    if ('refused' in first) return refuse(first.refused, first.detail);
    const stream = entry.room.readers.open(entry.grant, first, context.req.raw.signal);
    if (!stream)
      return refuse('stage-full', 'Too many studio pages are open for this room', { 'retry-after': '10' });
    const headers = cors();
    headers.set('content-type', 'application/x-ndjson');
    headers.set('cache-control', 'no-store');
    headers.set('x-accel-buffering', 'no');
    return new Response(stream, { headers });
  });
  app.post('/r/:slug/backstage', async (context) => {
    const entry = await entrance.enter(context, actions);
    if (entry instanceof Response) return entry;
    if (contentType(context) !== 'application/json')
      return refuse('unsupported-media-type', 'Send application/json');
    const text = await readText(context.req.raw, MAX_ACTION_BYTES);
    if (text === undefined)
      return refuse('too-large', `An action may have at most ${MAX_ACTION_BYTES} bytes`);
    // The validator is loaded with the first action, because it takes more memory than the stage.
    const { readAction } = await import('./action.ts');
    const action = readAction(text);
    if (typeof action === 'string') return refuse('unprocessable', action);
    const rule = action.do === 'rename' ? entrance.brokenRule(entry.room.slug, action.name) : undefined;
    if (rule !== undefined) return refuse('unprocessable', notAccepted('name', rule));
    const refusal = entry.room.act(entry.grant, action);
    return refusal
      ? refuse(refusal.refused, refusal.detail)
      : new Response(null, { status: 204, headers: cors() });
  });
  app.options('/r/:slug/backstage', () => {
    const headers = cors();
    headers.set('access-control-allow-methods', 'GET, POST, OPTIONS');
    headers.set('access-control-allow-headers', 'Authorization, Content-Type');
    headers.set('access-control-max-age', '86400');
    return new Response(null, { status: 204, headers });
  });
  app.all('/r/:slug/backstage', () =>
    refuse('method-not-allowed', undefined, { allow: 'GET, POST, OPTIONS' }),
  );
}
