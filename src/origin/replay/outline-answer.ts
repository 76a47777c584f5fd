import { gunzipSync } from 'node:zlib';
import type { Clock } from '../../base/clock.ts';
import { problem, type Reply } from '../../base/reply.ts';
import { ms } from '../../base/time.ts';
import type { ReplayOutline } from '../../wire/replay/outline.ts';
import { LIVE_LIST, OPEN_TO_ALL, type RequestHeaders } from '../packed.ts';
import { listReply, notNow } from './replay.ts';
import { type Asker, isNotNow, type ReplayDesk } from './replay-desk.ts';

/** A page is shown without chapters when they take longer. */
const WAIT = ms(1_000);

/** Answers `outline.json` and `waveform.json`. */
export async function outlineReply(
  desk: ReplayDesk,
  slug: string,
  over: boolean,
  what: 'outline' | 'waveform',
  headers: RequestHeaders,
  asker: Asker,
): Promise<Reply> {
  const made = await desk.text(slug, over, what, asker);
  if (isNotNow(made)) return notNow(made);
  if (!made) return problem('not-found', 'Nothing is recorded yet.', OPEN_TO_ALL);
  return listReply(made, headers, { 'content-type': 'application/json', 'cache-control': LIVE_LIST });
}

/** The outline for a page that is being made. */
export async function readOutline(
  clock: Clock,
  desk: ReplayDesk,
  slug: string,
  over: boolean,
): Promise<ReplayOutline | undefined> {
  const enough = new AbortController();
  using _ = clock.after(WAIT, () => enough.abort());
  const facts = await desk.facts(slug, over, { signal: enough.signal });
  if (!facts || isNotNow(facts) || facts.removed || (!facts.began && !over)) return undefined;
  const made = await desk.text(slug, over, 'outline', { signal: enough.signal });
  if (!made || isNotNow(made)) return undefined;
  return JSON.parse(String(Buffer.from(made.plain ?? gunzipSync(made.gzip)))) as ReplayOutline;
}
