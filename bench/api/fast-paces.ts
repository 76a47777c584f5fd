/**
 * Loaded before the processes of the server: allowances fill up some thousand times as fast, so that a bench from one
 * machine is not told to wait. What a request costs is the same.
 */
import { registerHooks } from 'node:module';

registerHooks({
  load(url, context, next) {
    const loaded = next(url, context);
    if (!url.endsWith('/src/base/allowance.ts')) return loaded;
    return { ...loaded, source: String(loaded.source).replaceAll('clock.now()', '(clock.now() * 4_000)') };
  },
});
