import { expect, test } from 'vitest';
import { IncidentBook, type IncidentLine } from './incident-book.ts';

test('signs beyond 500 are counted, and keep the incident open while they last, after a restart as well', () => {
  const lines: (IncidentLine | undefined)[] = [];
  const book = new IncidentBook();
  for (let i = 0; i < 503; i += 1) {
    lines.push(book.began('process cell-0', { kind: 'process', from: 1_000 * i }));
    if (i < 502) lines.push(book.ended('process cell-0', 1_000 * i + 500));
  }
  const again = new IncidentBook();
  for (const line of lines) if (line) again.restore(line);
  again.restored();
  for (const one of [book, again]) {
    expect(one.current?.signs).toHaveLength(500);
    expect(one.current?.unlisted).toBe(3);
    expect(one.settle(9_000_000, undefined)).toBeUndefined();
    one.ended('process cell-0', 9_000_000);
    expect(one.settle(9_044_000, undefined)).toBeUndefined();
    expect(one.settle(9_045_000, undefined)).toMatchObject({ what: 'over', to: 9_000_000 });
  }
});

test('the hosts of one room cannot take the places of others, nor all hosts those of the operator', () => {
  const book = new IncidentBook();
  const id = book.opened('No sound', 1_000)?.id ?? '';
  const say = (author: 'host' | 'operator', room?: string): boolean =>
    book.note(id, { at: 2_000, author, text: 'x', ...(room === undefined ? {} : { room }) }) !== undefined;
  const written = (author: 'host' | 'operator', room?: string): number =>
    Array.from({ length: 120 }, () => say(author, room)).filter(Boolean).length;
  expect(written('host', 'hall')).toBe(20);
  expect(['a', 'b', 'c', 'd', 'e'].map((room) => written('host', room))).toEqual([20, 20, 20, 0, 0]);
  expect(written('operator')).toBe(20);
});
