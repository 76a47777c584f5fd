/** Passes of those who were asked to wait, and the addresses that carry them. */

import { randomBytes } from 'node:crypto';
import { DEFENCE } from '../../src/door/defence/thresholds.ts';
import { passIn, WaitPasses, withPass } from '../../src/door/defence/wait-pass.ts';
import { target } from './engine/target.ts';

// Of this process: a pass of an earlier one, which the corpus may hold, opens nothing.
let now = 1_796_000_000_000;
const passes = new WaitPasses(randomBytes(32), () => now);
const given = passes.give('203.0.113');
const early = passes.worth(given, '203.0.113');
now += (DEFENCE.waitSeconds + 5) * 1_000;
const HERE = 'https://x.example';

export default target({
  covers: ['src/door/defence/wait-pass.ts'],
  run(bytes) {
    const text = bytes.toString('latin1');
    for (const pass of [text, passIn(text) ?? '']) {
      if (pass !== given && passes.worth(pass, '203.0.113') !== undefined)
        throw new Error('a pass that nobody gave');
      if (passes.worth(pass, '198.51.100') !== undefined) throw new Error('a pass of another network');
    }
    const at = withPass(text, given);
    if (/[\r\n]/.test(at) && !/[\r\n]/.test(text)) throw new Error('a line end that was not there');
    if (!URL.canParse(at, HERE)) throw new Error(`no address: ${at}`);
    const url = new URL(at, HERE);
    if (url.origin !== HERE) throw new Error(`leads to ${url.origin}`);
    if (!text.includes('#') && passIn(at) !== given) throw new Error('the pass is lost');
  },
  seeds: [
    given,
    `/r/hall?a=1&wait=${given}`,
    `https://x.example/r/hall?wait=${given}#x`,
    '//evil.example/x',
    '/\\evil.example',
    `${early}`,
  ],
  words: ['?wait=', '&wait=', '//', '/\\', '\t', 'https:', '@', given],
  mostBytes: 2_048,
});
