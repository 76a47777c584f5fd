/**
 * Many WebRTC speakers in one process: `node bench/bots.ts URL SLUG COUNT DATA FILE…`. They talk until the process is
 * stopped.
 */

import type { Slug, SpeakerId } from '../src/base/ids.ts';
import { silentLog } from '../src/base/log.ts';
import { readSecret } from '../src/keys/secret.ts';
import { openTokens } from '../src/keys/token.ts';
import { paths } from '../src/role/paths.ts';
import { readSound, speak } from '../src/stage/index.ts';

const [url, slug, count, data, ...files] = process.argv.slice(2);
const tokens = openTokens(readSecret(paths(data ?? '').secret));
const stop = new AbortController();
process.on('SIGTERM', () => {
  stop.abort();
  setTimeout(() => process.exit(0), 1000);
});
await Promise.all(
  Array.from({ length: Number(count) }, async (_, i) => {
    const token = await tokens.sign({
      slug: slug as Slug,
      speaker: `bot-${i}` as SpeakerId,
      role: 'speaker',
      name: `Bot ${i}`,
    });
    const sound = await readSound(files[i % files.length] ?? '');
    while (!stop.signal.aborted)
      await speak({
        whip: `${url}/r/${slug}/whip?takeover=1`,
        token,
        sound,
        signal: stop.signal,
        log: silentLog,
      });
  }),
);
