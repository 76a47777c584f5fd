import type { ServerOptions } from 'node:http';
import type { Limits } from './limits.ts';

/** What the HTTP servers of a door hold their connections to. */
export const serverOptions = (limits: Limits): ServerOptions => ({
  maxHeaderSize: limits.headBytes,
  headersTimeout: limits.headTimeout,
  // Bodies may be long: `slow-bodies.ts` looks whether they move.
  requestTimeout: 0,
  keepAliveTimeout: limits.keepAlive,
  connectionsCheckingInterval: 2_000,
  insecureHTTPParser: false,
});
