import { Hono } from 'hono';
import type { Log } from '../base/log.ts';
import { addBackstage } from './backstage-routes.ts';
import { Entrance, type EntranceDeps, refuse } from './entrance.ts';
import { addHands } from './hands/hand-routes.ts';
import { addSignalling, type SignallingDeps } from './signalling-routes.ts';

/** What the routes need. */
export interface RouteDeps extends EntranceDeps, SignallingDeps {
  readonly log: Log;
}

/** The stage's HTTP routes: WHIP, WHEP, backstage and raised hands. */
export function routes(deps: RouteDeps): Hono {
  const app = new Hono({ strict: false });
  const entrance = new Entrance(deps);
  addSignalling(app, deps, entrance);
  addBackstage(app, entrance);
  addHands(app, deps, entrance);
  app.notFound(() => refuse('not-found'));
  app.onError((error) => {
    deps.log.error(
      { error: error.stack ?? String(error) },
      'a bug in Earshot made a request to the stage fail: please report it with this line',
    );
    return refuse('internal', undefined, { 'retry-after': '1' });
  });
  return app;
}
