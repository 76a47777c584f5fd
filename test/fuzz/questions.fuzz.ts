/** Bodies of reactions and questions, what hosts do with them, the file of a room, and the page that shows it. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLog } from '../../src/base/log.ts';
import { DoorReactions, readReactions } from '../../src/door/interaction/reactions.ts';
import { formFields, jsonFields, readAct, readAsk, readVote } from '../../src/interaction/bodies.ts';
import { questionsPage } from '../../src/interaction/page.ts';
import { questionWords } from '../../src/interaction/page-words.ts';
import { openQuestionFile } from '../../src/interaction/question-file.ts';
import { InteractionRoom } from '../../src/interaction/room.ts';
import type { RoomCard } from '../../src/wire/room.ts';
import { manualClock } from '../clock.ts';
import { target } from './engine/target.ts';

const dir = mkdtempSync(join(tmpdir(), 'earshot-fuzz-questions-'));
process.once('exit', () => rmSync(dir, { recursive: true, force: true }));
const device = 'd'.repeat(20);
const clock = manualClock();
const HALL = { slug: 'hall', title: 'Hall', hosts: [], status: 'live', clocks: {} } as unknown as RoomCard;
const HOOKS = {
  ...{ wall: () => clock.wall(), mark: () => undefined, changed: () => undefined, publish: () => undefined },
  ...{ barred: () => undefined, isHost: () => true, banned: () => undefined },
};
/** Signs that hide or turn what follows. */
const HIDDEN = /[\p{Cc}\u200b\u202a-\u202e\u2066-\u2069]/u;

/** A text that everybody reads. */
function fine(text: string | undefined, most: number): void {
  if (text === undefined) return;
  if (text === '' || [...text].length > most) throw new Error('a text without an end, or none at all');
  if (HIDDEN.test(text)) throw new Error('a sign that hides or turns text');
}

function readFields(fields: Readonly<Record<string, unknown>> | string, room: InteractionRoom): void {
  if (typeof fields === 'string') return;
  const asked = readAsk(fields);
  if (typeof asked !== 'string') {
    fine(asked.text, 280);
    fine(asked.name, 60);
    room.ask({ text: asked.text, name: asked.name, device: asked.device ?? 'n', network: 'n' });
  }
  readVote(fields);
  const act = readAct(fields);
  if (typeof act === 'string' || act.do !== 'pin') return;
  fine(act.text, 280);
  if (act.link !== undefined && !act.link.startsWith('https://')) throw new Error('a link that is not https');
}

export default target({
  covers: [
    'src/interaction/bodies.ts',
    'src/interaction/question-file.ts',
    'src/interaction/page.ts',
    'src/door/interaction/reactions.ts',
  ],
  run(bytes) {
    const text = bytes.toString('utf8');
    const said = readReactions(text);
    if (typeof said !== 'string') {
      const reactions = new DoorReactions(clock);
      for (let i = 0; i < 3; i += 1) reactions.take(HALL, '192.0.2.1', 'application/json', text);
      const sum = [...(reactions.takeAway().get('hall') ?? [])].reduce((all, one) => all + one, 0);
      if (sum > 3) throw new Error('more than three reactions of one device in a second');
    }
    writeFileSync(join(dir, 'hall.jsonl'), bytes);
    using file = openQuestionFile(dir, 'hall', silentLog);
    using room = new InteractionRoom('hall', HOOKS, file);
    room.ruled({});
    readFields(jsonFields(text), room);
    readFields(formFields(text), room);
    const page = questionsPage({ list: room.list(), words: questionWords('en') });
    if (/<(?:script|img|iframe|svg|a href="(?!\.|https:|questions|\/))/i.test(page))
      throw new Error('markup of a stranger in a page');
  },
  seeds: [
    `{"device":"${device}","reactions":{"applause":2,"heart":1}}`,
    `{"text":"Why?","name":"Zoe","device":"${device}"}`,
    'text=Why%3F&name=Zo%C3%AB',
    '{"do":"pin","text":"Read this","link":"https://example.org/a"}',
    '{"do":"hide","question":"q1"}',
    `{"do":"ask","id":"a","text":"Why?","name":"Zoe","device":"${device}","asked":1}\n{"do":"vote","id":"a","device":"e"}\n{"do":"turn","id":"a","standing":"answered","at":2}\n{"do":"pin","pin":{"text":"t","at":3}}`,
  ],
  words: [
    '"standing":"',
    'answered',
    'hidden',
    'open',
    '"do":"ask"',
    '<script>',
    '\\u202e',
    'laugh',
    'agree',
  ],
});
