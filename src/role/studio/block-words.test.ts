import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { manualClock } from '../../../test/clock.ts';
import { ms } from '../../base/time.ts';
import { openTextCheck } from './block-words.ts';

const dir = mkdtempSync(join(tmpdir(), 'earshot-words-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

test('rules of the server count everywhere, those of a room there, and a change within a second', () => {
  const path = join(dir, 'words.json');
  const clock = manualClock();
  const broken = openTextCheck(clock, path);
  expect(broken('hall', 'twerp')).toBeUndefined();
  writeFileSync(
    path,
    JSON.stringify({
      '': [{ name: 'insults', pattern: 'twerp*' }],
      hall: [{ name: 'ads', pattern: 'pills' }],
    }),
  );
  expect(broken('hall', 'twerps')).toBeUndefined();
  clock.advance(ms(1_000));
  expect([broken('hall', 'twerps'), broken('other', 'twerps')]).toEqual(['insults', 'insults']);
  expect([broken('hall', 'cheap pills'), broken('other', 'cheap pills')]).toEqual(['ads', undefined]);
  writeFileSync(path, '{"":');
  clock.advance(ms(1_000));
  expect(broken('hall', 'twerps')).toBe('insults');
});
