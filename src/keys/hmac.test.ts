import { createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import { chance } from '../../test/chance.ts';
import { openHmac } from './hmac.ts';

test('it is the HMAC of RFC 4231', () => {
  const hmac = openHmac(Buffer.alloc(20, 0x0b));
  expect(hmac('Hi There').toString('hex')).toBe(
    'b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7',
  );
});

test.each([0, 1, 32, 64, 65, 200])('with a key of %i bytes it is what Node computes', (length) => {
  const random = chance(length);
  const key = Buffer.from(Array.from({ length }, () => Math.floor(random() * 256)));
  const hmac = openHmac(key);
  for (const text of ['', 'a', 'é'.repeat(10), '🎙'.repeat(200), 'x'.repeat(318), 'x'.repeat(321), '\ud800'])
    for (const bytes of [undefined, Buffer.from([1, 2, 3]), Buffer.alloc(1_000, 7)]) {
      const known = createHmac('sha256', key).update(text);
      if (bytes) known.update(bytes);
      expect(hmac(text, bytes).equals(known.digest())).toBe(true);
    }
});

test('an answer stays as it is when the next is computed', () => {
  const hmac = openHmac(Buffer.from('key'));
  const first = hmac('one');
  const kept = first.toString('hex');
  hmac('two');
  expect(first.toString('hex')).toBe(kept);
});
