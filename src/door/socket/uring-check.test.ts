import { expect, test } from 'vitest';
import { openUring, type Uring } from '../../native/uring.ts';
import { checkUring } from './uring-check.ts';

const found = await openUring();
const missing = typeof found === 'string';
if (!missing) found[Symbol.dispose]();

test.skipIf(missing)('the io_uring of this machine passes', async () => {
  using uring = (await openUring()) as Uring;
  expect(await checkUring(uring)).toBeUndefined();
});

test.skipIf(missing).each([
  ['that says more than it does', (taken: number) => (taken > 0 ? taken + 1 : taken), 'took'],
  ['that says it did what it did not', (taken: number) => Math.max(0, taken), 'not there'],
] as const)('one %s is found out', async (_, lie, words) => {
  using uring = (await openUring()) as Uring;
  const odd: Uring = {
    ...uring,
    get open() {
      return uring.open;
    },
    submit: (result) => uring.submit((at, taken) => result(at, lie(taken))),
  };
  expect(await checkUring(odd)).toContain(words);
});

test.skipIf(missing)('an io_uring that sends withdrawn writes is detected', async () => {
  using uring = (await openUring()) as Uring;
  expect(await checkUring({ ...uring, open: true, withdraw() {} })).toContain('not what came');
});
