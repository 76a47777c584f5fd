/** Keeps something of every input. */
import { target } from '../engine/target.ts';

const kept: string[] = [];

export default target({
  covers: ['test/fuzz/planted/keeping.ts'],
  run: (bytes) => void kept.push(`${bytes.toString('latin1')} ${kept.length}`.padEnd(600).slice(1)),
  seeds: ['hello'],
});
