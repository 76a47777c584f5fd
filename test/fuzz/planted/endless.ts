/** Never ends for an input with a certain byte. */
import { target } from '../engine/target.ts';

export default target({
  covers: ['test/fuzz/planted/endless.ts'],
  run(bytes) {
    for (let at = 0; at < bytes.length; ) if (bytes[at] !== 0x1b) at += 1;
  },
  seeds: ['hello'],
});
