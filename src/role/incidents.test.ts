import { expect, test } from 'vitest';
import { manualClock } from '../../test/clock.ts';
import { silentLog } from '../base/log.ts';
import type { HostNote } from '../wire/figures/host-note.ts';
import { aheadOf, keptNotes } from './incidents.ts';

test('while the notes of one room cannot be read, those read before stand, and other rooms are read as ever', async () => {
  let away = false;
  const note = (text: string): HostNote => ({ seq: 1, entry: 1, at: 1, written: 1, author: 'host', text });
  const notes = keptNotes((room) => {
    if (away && room === 'hall') return Promise.reject(new Error('away'));
    return Promise.resolve([note(`${room}${away ? ' later' : ''}`)]);
  }, silentLog);
  await notes('hall');
  away = true;
  expect(await notes('hall')).toEqual([note('hall')]);
  expect(await notes('barn')).toEqual([note('barn later')]);
});

test('a machine whose clock was set is ahead of the steady one by that, and by nothing while it only drifts', () => {
  const [steady, machine] = [manualClock(), manualClock()];
  machine.stepWall(300);
  expect(aheadOf(steady, machine)).toBe(0);
  machine.stepWall(-3_600_000);
  expect(aheadOf(steady, machine)).toBe(-3_599_700);
});
