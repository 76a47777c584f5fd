import type { Search } from './search.ts';

/** Limits of a kept corpus: it lives in the repository. */
const MOST_INPUTS = 160;
const MOST_INPUT_BYTES = 1_200;
/** Attempts to shorten one input, and the time after which none is shortened any more. */
const TRIES = 160;
const PATIENCE_MS = 30_000;

/** A few short inputs that take the same branches as `all`. */
export async function smallest(search: Search, all: readonly Buffer[]): Promise<Buffer[]> {
  const until = performance.now() + PATIENCE_MS;
  const taken = new Set<number>();
  const chosen: Buffer[] = [];
  const bySize = [...all]
    .sort((a, b) => a.length - b.length)
    .filter(({ length }) => length <= MOST_INPUT_BYTES);
  for (const input of bySize) {
    const fresh = (await search.branchesOf(input)).filter((branch) => !taken.has(branch));
    if (fresh.length === 0 || chosen.length >= MOST_INPUTS) continue;
    const short = performance.now() < until ? await shortened(search, input, fresh) : input;
    for (const branch of await search.branchesOf(short)) taken.add(branch);
    chosen.push(short);
  }
  return chosen;
}

/** The input without what it does not need to take some branches. */
async function shortened(search: Search, input: Buffer, branches: readonly number[]): Promise<Buffer> {
  let best = input;
  let tries = 0;
  for (let step = Math.ceil(best.length / 2); step >= 1 && tries < TRIES; step = Math.floor(step / 2))
    for (let at = 0; at < best.length && tries < TRIES; ) {
      tries += 1;
      const shorter = Buffer.concat([best.subarray(0, at), best.subarray(at + step)]);
      const still = new Set(await search.branchesOf(shorter));
      if (branches.every((branch) => still.has(branch))) best = shorter;
      else at += step;
    }
  return best;
}
