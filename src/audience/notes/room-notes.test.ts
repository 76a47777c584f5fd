import { expect, test } from 'vitest';
import type { EvidenceEntry } from '../../wire/evidence-entry.ts';
import type { NoteWish } from '../../wire/figures/host-note.ts';
import { RoomNotes } from './room-notes.ts';

const NOW = 1_800_000_000_000;
const place = { room: 'hall', previous: '' };

/** The notes of a room that opened an hour ago, and a way to write more. */
function opened() {
  const notes = new RoomNotes();
  let seq = 1;
  const at = NOW - 3_600_000;
  notes.add({ index: 7, entry: { v: 1, kind: 'happening', what: 'opened', at, seq, ...place } });
  const write = (wish: Partial<NoteWish>, now = NOW) => {
    const content = notes.content({ author: 'host', text: 'a note', ...wish }, now);
    if ('refused' in content) return content;
    seq += 1;
    notes.add({ index: seq + 6, entry: { ...content, ...place, seq } as EvidenceEntry });
    return seq;
  };
  return { notes, write };
}

test('a note is about a moment and says when it was written', () => {
  const { notes, write } = opened();
  expect(write({ text: ' the guest’s line\ndropped ', at: NOW - 60_000 })).toBe(2);
  expect(notes.all).toEqual([
    {
      ...{ seq: 2, entry: 8, at: NOW - 60_000, written: NOW, author: 'host' },
      text: 'the guest’s line dropped',
    },
  ]);
});

test('a note is answered, and another takes its place; the first stays', () => {
  const { notes, write } = opened();
  write({ text: 'the line dropped' });
  expect(write({ author: 'operator', text: 'our switch', answers: 2 })).toBe(3);
  expect(write({ text: 'the guest’s line dropped', corrects: 2 })).toBe(4);
  expect(notes.all.map(({ text, answers, corrects }) => [text, answers, corrects])).toEqual([
    ['the line dropped', undefined, undefined],
    ['our switch', 2, undefined],
    ['the guest’s line dropped', undefined, 2],
  ]);
  expect(write({ corrects: 2 })).toMatchObject({ refused: 'unprocessable' });
  expect(write({ corrects: 4 })).toBe(5);
});

test.each([
  ['empty', { text: ' \u200b ' }, 'unprocessable'],
  ['of 281 letters', { text: 'x'.repeat(281) }, 'unprocessable'],
  ['with half a letter', { text: 'a\ud800' }, 'unprocessable'],
  ['about what has not come', { at: NOW + 60_000 }, 'unprocessable'],
  ['about what was before the room', { at: NOW - 3_700_000 }, 'unprocessable'],
  ['to a note that is not there', { answers: 9 }, 'not-found'],
  ['that is not there, to take its place', { corrects: 9 }, 'not-found'],
  ['to the opening, which is no note', { answers: 1 }, 'not-found'],
  ['both at once', { answers: 2, corrects: 2 }, 'unprocessable'],
  ['to an answer', { answers: 3 }, 'unprocessable'],
  ['of the operator, by a host', { corrects: 3 }, 'operator-only'],
] as const)('refused: a note %s', (_, wish, refused) => {
  const { notes, write } = opened();
  write({ text: 'first' });
  write({ author: 'operator', text: 'an answer', answers: 2 });
  expect(write(wish)).toMatchObject({ refused });
  expect(notes.all).toHaveLength(2);
});

test('a room has at most two hundred notes', () => {
  const { notes, write } = opened();
  for (let i = 0; i < 200; i++) write({ text: `note ${i}` });
  expect(write({})).toMatchObject({ refused: 'too-many-changes' });
  expect(notes.all).toHaveLength(200);
});
