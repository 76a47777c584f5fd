import { request } from 'node:http';
import type { Clock } from '../../base/clock.ts';
import { type CountedPost, type CountedPosts, MOST_ASKED_POSTS } from '../../wire/posts/post-figures.ts';

/** What was answered is shown for so long, ms. */
const KEPT_MS = 5_000;
/** Posts whose figures are kept; those asked for longest ago go first. */
const MOST_KEPT = 10_000;
/** A page does not wait longer for figures, ms. */
const PATIENCE_MS = 500;
/** After no answer nobody asks again so soon, ms. */
const AWAY_MS = 2_000;
/** A longer answer is none of ours. */
const MOST_BYTES = 100_000;

/** The figures of posts by their ids, those of which nothing was counted left out; undefined while nobody can say. */
export type AskForPosts = (ids: readonly string[]) => Promise<ReadonlyMap<string, CountedPost> | undefined>;

interface Kept {
  readonly at: number;
  readonly figures: CountedPost | undefined;
}

/** Asks the tally for figures of posts, at most once in five seconds for each. */
export function askForPostFigures(clock: Clock, socketPath: string): AskForPosts {
  const kept = new Map<string, Kept>();
  let awayUntil = Number.NEGATIVE_INFINITY;
  const keep = (id: string, figures: CountedPost | undefined): void => {
    kept.delete(id);
    kept.set(id, { at: clock.now(), figures });
    if (kept.size > MOST_KEPT) kept.delete(kept.keys().next().value as string);
  };
  return async (ids) => {
    const now = clock.now();
    const found = new Map<string, CountedPost>();
    const missing: string[] = [];
    for (const id of new Set(ids)) {
      const known = kept.get(id);
      if (!known || now - known.at >= KEPT_MS) missing.push(id);
      else if (known.figures) found.set(id, known.figures);
    }
    if (missing.length === 0) return found;
    if (now < awayUntil) return undefined;
    try {
      for (let from = 0; from < missing.length; from += MOST_ASKED_POSTS) {
        const some = missing.slice(from, from + MOST_ASKED_POSTS);
        const { posts } = await ask(socketPath, some);
        for (const id of some) {
          const figures = posts[id];
          keep(id, figures);
          if (figures) found.set(id, figures);
        }
      }
      return found;
    } catch {
      awayUntil = clock.now() + AWAY_MS;
      return undefined;
    }
  };
}

const ask = (socketPath: string, ids: readonly string[]): Promise<CountedPosts> =>
  new Promise((resolve, reject) => {
    const signal = AbortSignal.timeout(PATIENCE_MS);
    const path = `/posts?of=${ids.join(',')}`;
    const asked = request({ socketPath, path, agent: false, signal }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('error', reject);
      answer.on('data', (chunk: string) => {
        text += chunk;
        if (text.length > MOST_BYTES) asked.destroy(new Error('too long'));
      });
      answer.on('end', () => {
        try {
          if (answer.statusCode !== 200) throw new Error(`the tally answered ${answer.statusCode}`);
          resolve(JSON.parse(text) as CountedPosts);
        } catch (error) {
          reject(error);
        }
      });
    });
    asked.on('error', reject).end();
  });
