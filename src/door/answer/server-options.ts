import type { ServerOptions } from 'node:http';
import type { Limits } from '../limits.ts';

/** The options of a door's HTTP servers. */
export const serverOptions = (limits: Limits): ServerOptions => ({
  maxHeaderSize: limits.headBytes,
  headersTimeout: limits.headTimeout,
  // Bodies may be long: `slow-bodies.ts` checks whether they keep coming.
  requestTimeout: 0,
  keepAliveTimeout: limits.keepAlive,
  connectionsCheckingInterval: 2_000,
  insecureHTTPParser: false,
});
