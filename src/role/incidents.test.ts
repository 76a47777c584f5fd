import { expect, test } from 'vitest';
import { silentLog } from '../base/log.ts';
import type { HostNote } from '../wire/figures/host-note.ts';
import { keptNotes } from './incidents.ts';

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
