/**
 * Caches in front: how each kind of address is treated, as configurations of real programs. Nothing runs here: it is
 * text.
 */
import { cdn } from './cdn.ts';
import { haproxy } from './haproxy.ts';
import { nginx } from './nginx.ts';
import { DEFAULTS, type EdgeOptions, type EdgeProgram } from './options.ts';
import { varnish } from './varnish.ts';

export { CLASSES, classOf, ENDLESS, NEVER, type UrlClass } from './classes.ts';
export { DEFAULTS, EDGES, type EdgeOptions, type EdgeProgram } from './options.ts';

const WRITERS: Readonly<Record<EdgeProgram, (options: EdgeOptions) => string>> = {
  nginx,
  varnish,
  haproxy,
  cdn,
};

/** The configuration of a cache; options that are left out have their `DEFAULTS`. */
export const configuration = (edge: EdgeProgram, options: Partial<EdgeOptions> = {}): string =>
  WRITERS[edge]({ ...DEFAULTS, ...options });
