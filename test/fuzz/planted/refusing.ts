/** Refuses what it does not know, which is allowed. */
import { EarshotError } from '../../../src/base/errors.ts';
import { target } from '../engine/target.ts';

export default target({
  covers: ['test/fuzz/planted/refusing.ts'],
  run(bytes) {
    if (bytes.length % 2 === 1) throw new EarshotError('unprocessable', 'Odd.');
  },
  allowed: (error) => error instanceof EarshotError,
  seeds: ['hello'],
});
