import { once } from 'node:events';
import { createConnection } from 'node:net';
import { expect, test } from 'vitest';
import { systemClock } from '../../base/clock.ts';
import { openGathering } from './remote-member.ts';
import { openLine } from './signed-channel.ts';

const KEY = 'a key for tests';

/** A machine that joins with the key and can hold `capacity` connections. */
async function machine(port: number, capacity: number): Promise<Disposable> {
  const line = await openLine(createConnection({ host: '127.0.0.1', port }), KEY, 'member');
  line.onMessage((message) => {
    const { kind, sent } = message as { kind?: unknown; sent?: number };
    if (kind === 'ping') line.send({ kind: 'pong', sent, wall: Date.now() });
  });
  line.send({ kind: 'ready', capacity, processes: 1 });
  return line;
}

test('a machine that leaves before the start is not a member', async () => {
  await using gathering = await openGathering(systemClock, { host: '127.0.0.1', port: 0 }, KEY, () => {});
  const gone = await machine(gathering.port, 1);
  expect(await gathering.members(1)).toMatchObject([{ capacity: 1 }]);
  gone[Symbol.dispose]();
  let stays: Disposable | undefined;
  for (;;) {
    stays ??= await machine(gathering.port, 2);
    const [first] = await gathering.members(1);
    if (first?.capacity === 2) break;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  stays[Symbol.dispose]();
});

test('a machine that connects and never shows the key does not hold up the end', async () => {
  const gathering = await openGathering(systemClock, { host: '127.0.0.1', port: 0 }, KEY, () => {});
  const silent = createConnection({ host: '127.0.0.1', port: gathering.port }).on('error', () => {});
  silent.write(`{"earshot":"crowd","v":1,"nonce":"${'0'.repeat(32)}"}\n`);
  await once(silent, 'data');
  const gone = new Promise((resolve) => silent.resume().once('close', resolve));
  await gathering[Symbol.asyncDispose]();
  await gone;
});
