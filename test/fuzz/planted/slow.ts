/** A pattern that tries everything twice over. */
import { target } from '../engine/target.ts';

export default target({
  covers: ['test/fuzz/planted/slow.ts'],
  run: (bytes) => void /^(?:[a-z]+ ?)+!$/.test(bytes.toString('latin1', 0, 26)),
  seeds: ['to be or not'],
  patienceMs: 50,
});
