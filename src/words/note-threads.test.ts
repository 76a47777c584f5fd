import { expect, test } from 'vitest';
import type { EveningEvent } from '../wire/evening.ts';
import { noteThreads } from './note-threads.ts';

const note = (seq: number, at: number, more: object = {}): EveningEvent => ({
  ...{ at, what: 'note', detail: `note ${seq}`, entry: seq + 10 },
  note: { seq, author: 'host', written: at + 5, ...more },
});

test('notes stand in the order of their moments, with what took their place and what was answered', () => {
  const threads = noteThreads([
    { at: 1, what: 'opened', entry: 3 },
    note(4, 200),
    note(5, 100),
    note(6, 300, { answers: 4, author: 'operator' }),
    note(7, 50, { corrects: 4 }),
    note(8, 310, { answers: 7 }),
  ]);
  expect(
    threads.map(({ versions, answers }) => [versions.map(({ seq }) => seq), answers.map(({ seq }) => seq)]),
  ).toEqual([
    [
      [4, 7],
      [6, 8],
    ],
    [[5], []],
  ]);
});

test('an evening without notes has none, and a note without its number is left out', () => {
  expect(noteThreads([{ at: 1, what: 'note', detail: 'x' }])).toEqual([]);
});
