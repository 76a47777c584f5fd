/** A place in a recording, kept on this device; fetched after what sound needs. */
import { keep, kept } from '../../kit/words.ts';

const KEY = 'earshot-places';
/** The most rooms whose place is remembered; the one that was heard longest ago is dropped. */
const MOST = 20;
/** A place nearer to the beginning than this is not kept, seconds. */
const BEGINNING = 5;

type Kept = Record<string, { readonly at: number; readonly when: number }>;

const read = (): Kept => {
  try {
    const known: unknown = JSON.parse(kept(KEY) ?? '{}');
    return known && typeof known === 'object' ? (known as Kept) : {};
  } catch {
    return {};
  }
};

/** Where this device stopped in a room's recording, in seconds; undefined if it did not. */
export function placeIn(slug: string): number | undefined {
  const at = read()[slug]?.at;
  return typeof at === 'number' && at > BEGINNING ? at : undefined;
}

/** Remembers a place; undefined forgets it. */
export function keepPlace(slug: string, at: number | undefined, when = Date.now()): void {
  const all = read();
  delete all[slug];
  if (at !== undefined && at > BEGINNING) all[slug] = { at: Math.floor(at), when };
  const newest = Object.entries(all).sort(([, a], [, b]) => b.when - a.when);
  keep(KEY, JSON.stringify(Object.fromEntries(newest.slice(0, MOST))));
}
