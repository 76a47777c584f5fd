import type { Log } from '../base/log.ts';
import { originOf } from '../http/index.ts';
import type { Store } from '../store/index.ts';
import type { Engine } from './engine.ts';

/** Origins that are kept at once where no public address is set; a request may name any. */
const MOST_ORIGINS = 8;

/** What the engines need. */
export interface EnginesDeps {
  readonly store: Store;
  readonly log: Log;
  readonly secret: Uint8Array;
  readonly publicUrl?: string | undefined;
}

/** One engine for each origin that people use: a cookie belongs to one. */
export interface Engines {
  /** The public address, or what the request came to. */
  originOf(request: Request): string;
  of(origin: string): Promise<Engine>;
}

/**
 * Opens the engines; each is made when it is first asked for. The library is loaded then: it is a second of work and
 * 30 MB, and many servers have no accounts.
 */
export function openEngines(deps: EnginesDeps): Engines {
  const open = new Map<string, Promise<Engine>>();
  const own = deps.publicUrl === undefined ? undefined : new URL(deps.publicUrl).origin;
  return {
    originOf: (request) => own ?? originOf(request),
    of(origin) {
      const known = open.get(origin);
      if (known) return known;
      const made = import('./engine.ts').then(({ openEngine }) =>
        openEngine({
          ...{ store: deps.store, secret: deps.secret, origin },
          warn: (message) => deps.log.warn({ message }, 'the library of accounts reports an error'),
        }),
      );
      const [oldest] = open.keys();
      if (open.size >= MOST_ORIGINS && oldest !== undefined) open.delete(oldest);
      open.set(origin, made);
      return made;
    },
  };
}
