/** Leaves a promise behind that nobody waits for. */
import { target } from '../engine/target.ts';

async function forgotten(text: string): Promise<void> {
  if (text.includes('%')) throw new Error('planted');
}

export default target({
  covers: ['test/fuzz/planted/rejecting.ts'],
  run: (bytes) => void forgotten(bytes.toString('latin1')),
  seeds: ['hello'],
});
