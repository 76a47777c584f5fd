import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { verify } from '../../journal/index.ts';
import { ClaimBook } from './claim-book.ts';
import { journalClaims } from './claim-log.ts';
import { openWaiting } from './waiting-claims.ts';

let dir: string;
let now = 1_000;
let book: ClaimBook;
const openBook = async (): Promise<ClaimBook> =>
  new ClaimBook({
    log: journalClaims(join(dir, 'claims')),
    waiting: await openWaiting(join(dir, 'claims', 'waiting.json')),
    now: () => now++,
    verdictOf: async (_, text) => (/\d/.test(text) ? 'matches peak_concurrent' : undefined),
  });
beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'earshot-claims-'));
  book = await openBook();
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const idOf = async (written: ReturnType<ClaimBook['say']>): Promise<string> => {
  const found = await written;
  if ('refused' in found) throw new Error(found.detail);
  return found.id;
};

test('a host’s claim is there at once, with what the figures said; a later correction outranks it', async () => {
  const id = await idOf(book.say('hall', 'host', '  500   listeners '));
  await book.correct('hall', 'host', id, '412 listeners');
  const [claim] = await book.of('hall');
  expect(claim?.versions.map(({ text }) => text)).toEqual(['500 listeners', '412 listeners']);
  expect(claim?.versions[1]).toMatchObject({ author: 'host', verdict: 'matches peak_concurrent' });
  expect(await book.of('yard')).toEqual([]);
});

test('a stranger’s claim and dispute wait for the operator, who publishes or drops them', async () => {
  const id = await idOf(book.say('hall', 'host', '500 listeners'));
  expect(await book.reply('hall', 'stranger', 'dispute', id, 'It was 412')).toMatchObject({ waits: true });
  expect(await book.say('hall', 'stranger', 'a million')).toMatchObject({ waits: true });
  expect((await book.of('hall'))[0]?.replies).toEqual([]);
  const [dispute, other] = book.waiting('hall');
  // Twice at once is once.
  const admitted = await Promise.all([book.admit('hall', dispute!.id), book.admit('hall', dispute!.id)]);
  expect(admitted).toMatchObject([{ waits: false }, { refused: 'not-found' }]);
  expect(await book.refuse('hall', other!.id, '')).toMatchObject({ refused: 'unprocessable' });
  expect(await book.refuse('hall', other!.id, 'no figure')).toMatchObject({ waits: false });
  expect(await book.refuse('hall', other!.id, 'no figure')).toMatchObject({ refused: 'not-found' });
  expect(book.waiting('hall')).toEqual([]);
  expect(await book.refusals('hall')).toMatchObject([{ why: 'no figure' }]);
  expect(await book.of('hall')).toMatchObject([
    { replies: [{ kind: 'dispute', author: 'stranger', text: 'It was 412' }] },
  ]);
  await book.reply('hall', 'host', 'answer', id, 'We corrected it');
  expect((await book.of('hall'))[0]?.replies).toHaveLength(2);
});

test('hosts correct their own claims, the operator any', async () => {
  await book.say('hall', 'stranger', '900 listeners');
  const id = await idOf(book.admit('hall', book.waiting('hall')[0]!.id));
  expect(await book.correct('hall', 'host', id, '5 listeners')).toMatchObject({ refused: 'operator-only' });
  expect(await book.correct('hall', 'operator', id, '412 listeners')).toMatchObject({ waits: false });
});

test('everything is there after a restart, in a chain that holds', async () => {
  const id = await idOf(book.say('hall', 'host', '500 listeners'));
  await book.reply('hall', 'operator', 'dispute', id, 'no');
  await book.say('hall', 'stranger', 'waiting');
  const again = await openBook();
  expect(await again.of('hall')).toEqual(await book.of('hall'));
  expect(again.waiting('hall')).toHaveLength(1);
  await again.reply('hall', 'host', 'answer', id, 'yes');
  const text = readFileSync(join(dir, 'claims', 'hall.jsonl'), 'utf8');
  expect(verify(text, '')).toMatchObject({ holds: true, entries: 3 });
});

test('what is no text, no claim, or too much is refused and changes nothing', async () => {
  for (const text of ['', '   ', '\u200b', 'x'.repeat(401)])
    expect(await book.say('hall', 'host', text)).toMatchObject({ refused: 'unprocessable' });
  expect(await book.reply('hall', 'stranger', 'dispute', 'nothing', 'no')).toMatchObject({
    refused: 'not-found',
  });
  expect(await book.admit('hall', 'nothing')).toMatchObject({ refused: 'not-found' });
  const all = await Promise.all(
    Array.from({ length: 40 }, (_, i) => book.say('hall', 'stranger', `claim ${i}`)),
  );
  expect(all.filter((one) => 'refused' in one)).toHaveLength(10);
  expect(await book.of('hall')).toEqual([]);
  const id = await idOf(book.say('hall', 'host', 'first'));
  for (let i = 0; i < 50; i++) await book.reply('hall', 'host', 'answer', id, `${i}`);
  expect(await book.reply('hall', 'host', 'answer', id, 'one more')).toMatchObject({
    refused: 'too-many-changes',
  });
});

test('a damaged file of what waits is an empty one', async () => {
  writeFileSync(join(dir, 'damaged.json'), '{"');
  const waiting = await openWaiting(join(dir, 'damaged.json'));
  expect(waiting.of('hall')).toEqual([]);
});

test('what a damaged file has beside claims is left out', async () => {
  await book.say('hall', 'stranger', 'first');
  writeFileSync(
    join(dir, 'claims', 'waiting.json'),
    JSON.stringify([null, 5, { id: 'a' }, { id: 'b', room: 'hall', at: 1, kind: 'claim', text: 'kept' }]),
  );
  const id = await idOf(book.say('hall', 'host', '5 listeners'));
  const path = join(dir, 'claims', 'hall.jsonl');
  writeFileSync(path, `{"room":"hall","kind":"claim"}\n{"room":"hall"}\n${readFileSync(path, 'utf8')}`);
  const again = await openBook();
  expect(again.waiting().map(({ text }) => text)).toEqual(['kept']);
  expect((await again.of('hall')).map((one) => one.id)).toEqual([id]);
});

test('what comes again with the same key is written once, whoever says it, also after a restart', async () => {
  const said = async (): Promise<unknown[]> => {
    const claim = await book.say('hall', 'host', '500 listeners', 'key-1');
    const id = 'id' in claim ? claim.id : '';
    return [
      claim,
      await book.reply('hall', 'host', 'answer', id, 'Counted twice', 'key-2'),
      await book.correct('hall', 'host', id, '412 listeners', 'key-3'),
      await book.say('hall', 'stranger', 'a million', 'key-4'),
      await book.reply('hall', 'stranger', 'dispute', id, 'It was 412', 'key-5'),
    ];
  };
  const first = await said();
  book = await openBook();
  expect(await said()).toEqual(first);
  expect(await book.of('hall')).toMatchObject([{ versions: [{}, {}], replies: [{ kind: 'answer' }] }]);
  expect(book.waiting('hall')).toHaveLength(2);
  // Also once the operator has decided about it.
  const [claim, dispute] = book.waiting('hall');
  await book.refuse('hall', claim!.id, 'no figure');
  await book.admit('hall', dispute!.id);
  expect(await said()).toEqual(first);
  expect(book.waiting('hall')).toEqual([]);
  expect((await book.of('hall'))[0]?.replies).toHaveLength(2);
  expect(await book.say('hall', 'host', '500 listeners', 'key-6')).not.toEqual(first[0]);
});

test('a statement that was published while the process ended is not published twice', async () => {
  await book.say('hall', 'stranger', 'a million');
  const [one] = book.waiting('hall');
  await book.admit('hall', one!.id);
  // As if it had ended before it was taken out of those that wait.
  writeFileSync(join(dir, 'claims', 'waiting.json'), JSON.stringify([one]));
  book = await openBook();
  expect(await book.admit('hall', one!.id)).toMatchObject({ waits: false });
  expect([(await book.of('hall')).length, book.waiting('hall')]).toEqual([1, []]);
});
