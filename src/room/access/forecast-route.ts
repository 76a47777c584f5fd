import type { Hono } from 'hono';
import { isRefusal, refuse, refused } from '../../api/index.ts';
import { measured } from '../change.ts';
import type { RoutesDeps } from '../routes-deps.ts';
import type { Access } from './access.ts';

/** Adds the forecast of a room, for its hosts and the operator. */
export function forecastRoute(
  app: Hono,
  { forecast }: Pick<RoutesDeps, 'forecast'>,
  access: Pick<Access, 'may'>,
): void {
  app.get('/api/rooms/:slug/forecast', async (c) => {
    const caller = await access.may(c, 'read-forecast');
    if (isRefusal(caller)) return refused(caller);
    const told = await forecast?.(measured(caller.entry), caller.operator);
    return told ? c.json(told) : refuse('not-found', 'Nothing is foretold of this room.');
  });
}
