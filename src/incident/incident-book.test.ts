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
