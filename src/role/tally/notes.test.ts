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
