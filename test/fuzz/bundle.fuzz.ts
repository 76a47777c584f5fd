/** Bundles of figures: the verifier that strangers run, and what claims read of them. */
import { factsOfBundle } from '../../src/claims/bundle-facts.ts';
import { verifier } from '../../src/verifier/index.ts';
import { bundleOf, eventOf } from '../bundle.ts';
import { target } from './engine/target.ts';

const small = bundleOf(eventOf({ seed: 3, minutes: 2, witnesses: 1, closed: true }));
const turned = bundleOf(eventOf({ seed: 4, minutes: 3, rotations: [1], others: 1 }));
const WHOLE = new Set([small, turned]);

export default target({
  covers: ['src/verifier/verifier.js', 'src/claims/bundle-facts.ts'],
  async run(bytes) {
    const text = bytes.toString('utf8');
    factsOfBundle(text);
    const found = await verifier.verify(new Blob([bytes]));
    JSON.stringify(found);
    if (found.ok && !WHOLE.has(text) && text.trimEnd() !== '' && !looksAlike(text))
      throw new Error('a changed bundle verifies');
  },
  seeds: [small, turned],
  words: ['"kind":', '"entry"', '"checkpoint"', '\\n\\u2014 ', '\n'],
  mostBytes: 65_536,
  patienceMs: 1_500,
});

/** The same lines as in a bundle that holds, with other line ends. */
function looksAlike(text: string): boolean {
  const lines = (of: string): string =>
    of
      .split('\n')
      .map((line) => line.trim())
      .filter(Boolean)
      .join('\n');
  return [...WHOLE].some((whole) => lines(whole) === lines(text));
}
