/** Files of claims as they are read back: a room's journal, and the statements that wait for the operator. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ClaimBook } from '../../src/claims/book/claim-book.ts';
import { journalClaims } from '../../src/claims/book/claim-log.ts';
import { openWaiting } from '../../src/claims/book/waiting-claims.ts';
import { target } from './engine/target.ts';

const dir = mkdtempSync(join(tmpdir(), 'earshot-fuzz-claims-'));
process.once('exit', () => rmSync(dir, { recursive: true, force: true }));
mkdirSync(join(dir, 'rooms'));
const entry = (more: object): string =>
  `${JSON.stringify({ v: 1, kind: 'claim', room: 'hall', at: 5, claim: 'abcdefghijkl', author: 'host', text: '60 million', seq: 1, previous: '', ...more })}\n`;
const WAITING = { id: 'abcdefghijkl', room: 'hall', at: 5, kind: 'claim', text: '60 million' };

export default target({
  covers: ['src/claims/book/'],
  async run(bytes) {
    writeFileSync(join(dir, 'rooms', 'hall.jsonl'), bytes);
    writeFileSync(join(dir, 'waiting.json'), bytes);
    const waiting = await openWaiting(join(dir, 'waiting.json'));
    const book = new ClaimBook({
      ...{ log: journalClaims(join(dir, 'rooms')), waiting, now: () => 6 },
      verdictOf: async () => undefined,
    });
    for (const { versions, replies } of await book.of('hall'))
      for (const { text } of [...versions, ...replies])
        if (typeof text !== 'string') throw new Error('a claim without words');
    await book.refusals('hall');
    for (const one of book.waiting()) {
      if (typeof one.text !== 'string' || typeof one.id !== 'string')
        throw new Error('a statement without words');
      book.waiting(one.room);
    }
    // What a stranger says waits, whatever stands in the files; said again with its key it waits once.
    for (const key of ['key-of-one-request', 'key-of-one-request'])
      await book.say('hall', 'stranger', '2 million listened', key);
  },
  seeds: [
    entry({}) +
      entry({ kind: 'claim-correction', text: '1.4 million' }) +
      entry({ kind: 'dispute', author: 'stranger', text: 'No.' }),
    entry({ kind: 'refusal', text: 'rude' }),
    JSON.stringify([WAITING, { ...WAITING, id: 'b', kind: 'dispute', claim: 'abcdefghijkl' }]),
  ],
  words: ['"kind":"', '"text":', 'null', '[null]', '{"id":null}'],
});
