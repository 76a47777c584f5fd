import { expect, test } from 'vitest';
import { appendNotes, logFolder, openTestLog } from '../../../test/evidence.ts';
import { notesFrom, openTallyNotes } from './notes.ts';
import { openStatements } from './statements.ts';

test('notes of 200 rooms are read from the log once, and no head is signed for them', async () => {
  using folder = logFolder();
  await using log = await openTestLog(folder.path);
  const rooms = Array.from({ length: 200 }, (_, i) => `room-${i}`);
  await appendNotes(
    log,
    rooms.map((room) => [room, `of ${room}`] as const),
  );
  const head = log.signedHead();
  const read: string[] = [];
  const evidence = {
    appendOf: log.appendOf,
    entries(room: string) {
      read.push(room);
      return log.entries(room);
    },
  };
  const notesOf = notesFrom(openTallyNotes({ clock: log.clock, evidence }));
  for (let round = 0; round < 3; round += 1)
    for (const room of rooms) expect((await notesOf(room))[0]?.text).toBe(`of ${room}`);
  expect(read).toEqual(rooms);
  expect(log.signedHead()).toBe(head);
});

test('a note that was just written is read, and a log that cannot be read is said and asked again', async () => {
  using folder = logFolder();
  await using log = await openTestLog(folder.path);
  await appendNotes(log, [['hall', 'first']]);
  let broken = true;
  const notes = openTallyNotes({
    clock: log.clock,
    evidence: {
      appendOf: log.appendOf,
      async *entries(room) {
        if (broken) throw new Error('EIO');
        yield* log.entries(room);
      },
    },
  });
  await expect(notesFrom(notes)('hall')).rejects.toThrow('could not be read');
  const statements = openStatements({
    ...{ claims: folder.path, notesOf: notesFrom(notes), running: () => ['hall'] },
  });
  const incident = { window: { from: log.clock.wall() }, rooms: [] } as never;
  expect(await statements(incident, log.clock.wall())).toEqual([]);
  broken = false;
  expect((await notesFrom(notes)('hall')).map(({ text }) => text)).toEqual(['first']);
});

test('a wish with the same key is written once, also by a process that has just started', async () => {
  using folder = logFolder();
  await using log = await openTestLog(folder.path);
  const write = async (key?: string): Promise<unknown> => {
    // Each time what a new process opens.
    const notes = openTallyNotes({ clock: log.clock, evidence: log });
    const wish = { author: 'host', text: 'The sound was gone', ...(key === undefined ? {} : { key }) };
    let isAnswered = false;
    const asked = notes(
      new Request('http://tally/notes/hall', { method: 'POST', body: JSON.stringify(wish) }),
    )?.finally(() => {
      isAnswered = true;
    });
    // The time passes in which a group gathers.
    while (!isAnswered) {
      log.clock.advance(200);
      await new Promise((resolve) => setImmediate(resolve));
    }
    return (await asked)?.json();
  };
  const first = await write('one');
  expect(await write('one')).toEqual(first);
  expect(await write('two')).not.toEqual(first);
  await write();
  await write();
  expect(await notesFrom(openTallyNotes({ clock: log.clock, evidence: log }))('hall')).toHaveLength(4);
});
