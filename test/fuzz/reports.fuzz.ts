/** Reports of abuse as strangers send them, the words that are not accepted, and the requests of moderators. */
import { readAbuseForm } from '../../src/moderation/abuse-form.ts';
import { NEW_DECISION, NEW_REPORT, NEW_RULE, REPORT_CHOICE } from '../../src/moderation/requests.ts';
import { checkText, compileBlockRule } from '../../src/wire/moderation/block-words.ts';
import { abuseNumberOf } from '../../src/wire/moderation/moderation.ts';
import type { RoomCard } from '../../src/wire/room.ts';
import { target } from './engine/target.ts';

const NOW = Date.UTC(2026, 10, 30);
const HALL: RoomCard = {
  ...{
    slug: 'hall',
    title: 'Hall',
    hosts: ['Ana'],
    status: 'live',
    clocks: { firstSpeech: NOW - 7_200_000 },
  },
};
const PEOPLE = [
  { id: 'p1', name: 'Max', role: 'speaker' },
  { id: 'h1', name: 'Ana', role: 'host' },
] as const;
const THINGS = {
  clip: { id: 'c1', title: 'Clip', from: NOW - 60_000 },
  question: { id: 'q1', text: 'Why?' },
};
const RULES = ['twerp*', 'cheap pill*', '垃圾'].flatMap(
  (pattern) => compileBlockRule({ name: 'n', pattern }) ?? [],
);

export default target({
  covers: [
    ...['src/moderation/abuse-form.ts', 'src/moderation/requests.ts'],
    'src/wire/moderation/block-words.ts',
  ],
  run(bytes) {
    const text = bytes.toString('utf8');
    const wish = readAbuseForm(new URLSearchParams(text), HALL, PEOPLE, THINGS, NOW);
    if (typeof wish !== 'string') {
      if ([...wish.words].length > 1_000 || [...wish.name].length > 60) throw new Error('too long a text');
      if (!(wish.moment <= NOW && wish.moment >= NOW - 604_800_000)) throw new Error('a moment that was not');
      const isAboutHost = wish.subject === 'room' || wish.target === 'h1';
      if (isAboutHost && !wish.operatorOnly) throw new Error('a host would see what is said about them');
    }
    abuseNumberOf(text);
    checkText(text, RULES);
    const rule = compileBlockRule({ name: 'n', pattern: text.slice(0, 60) });
    if (rule) checkText(text, [rule]);
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      return;
    }
    for (const schema of [NEW_REPORT, REPORT_CHOICE, NEW_DECISION, NEW_RULE]) schema.safeParse(value);
  },
  seeds: [
    'about=person%3Ap1&reason=hate&words=He+said+it&ago=10&only=1',
    'about=person%3A&name=Zed&reason=other&words=x&t=120',
    'about=clip%3Ac1&reason=private',
    'about=room&reason=spam&ago=99999',
    'you tw3rp, t.w.e.r.p, ch3ap pills, 这是垃圾信息',
    'a*b*',
    '{"about":"person:p1","reason":"hate","words":"x","ago":3,"operatorOnly":true}',
    '{"choice":"ban","reason":"r","until":"2026-12-01T00:00:00Z"}',
    '{"act":"suspend","target":"x","reason":"r"}',
    '{"name":"insults","pattern":"twerp*"}',
  ],
  words: ['about=', 'person:', 'clip:', 'reason=', '\u200b', '\ud800', '__proto__', '%00', '*'],
  mostBytes: 8_192,
  patienceMs: 500,
});
