/** Bodies of raised hands, what hosts do with them, and the file in which they are kept. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLog } from '../../src/base/log.ts';
import { readAction } from '../../src/stage/action.ts';
import { readOwn, readRaise } from '../../src/stage/hands/hand-body.ts';
import { openHandFile } from '../../src/stage/hands/hand-file.ts';
import { HandQueue } from '../../src/stage/hands/hand-queue.ts';
import { target } from './engine/target.ts';

const dir = mkdtempSync(join(tmpdir(), 'earshot-fuzz-hands-'));
process.once('exit', () => rmSync(dir, { recursive: true, force: true }));
const device = 'd'.repeat(20);

export default target({
  covers: ['src/stage/hands/hand-body.ts', 'src/stage/hands/hand-file.ts', 'src/stage/action.ts'],
  run(bytes) {
    const text = bytes.toString('utf8');
    const raised = readRaise(text);
    if (typeof raised !== 'string') {
      const queue = new HandQueue(() => undefined);
      const made = queue.raise({ ...raised, network: 'n' }, 1);
      if (typeof made !== 'string') queue.own(made.hand);
      if ([...raised.topic].length > 140 || [...raised.name].length > 60) throw new Error('too long a text');
    }
    readOwn(text);
    readAction(text);
    writeFileSync(join(dir, 'hall.jsonl'), bytes);
    using file = openHandFile(dir, 'hall', silentLog);
    const queue = new HandQueue((hand) => file.write(hand), file.before);
    queue.tick(1_000);
    queue.shown(1_000);
    queue.told(true, 1_000);
  },
  seeds: [
    `{"name":"Zoe","topic":"Why?","device":"${device}"}`,
    `{"secret":"${'s'.repeat(24)}","trouble":"denied"}`,
    '{"do":"call","hand":"h1","check":true}',
    '{"do":"decline","hand":"h1","word":"later"}',
    '{"do":"ban","who":"p","reason":"r"}',
    `{"id":"h","secret":"s","n":1,"name":"Z","topic":"","device":"d","since":1,"speaker":"h-1","standing":"up","turned":1,"check":false,"seen":1}\n{"id":"i","secret":"s","n":2`,
  ],
  words: [
    '"standing":"',
    'called',
    'listening',
    'stage',
    'lowered',
    '"n":',
    '"device":"',
    '\\ud800',
    '__proto__',
  ],
  mostBytes: 8_192,
  patienceMs: 500,
});
