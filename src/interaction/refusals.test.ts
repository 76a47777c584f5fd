import { expect, test } from 'vitest';
import { manualClock } from '../../test/clock.ts';
import { silentLog } from '../base/log.ts';
import { questionRefusal } from '../wire/interaction/refusal-words.ts';
import type { ToldRefusal } from '../wire/refusal-facts.ts';
import { open } from './index.ts';
import { MAX_OPEN_PER_DEVICE } from './question-list.ts';

function theatre() {
  const clock = manualClock();
  const part = open({
    ...{ clock, log: silentLog, tokens: { check: async () => 'token-missing' as const } },
    brokenRule: (_slug, text) => (text.includes('twerp') ? 'in<sults' : undefined),
  });
  const room = part.openRoom('hall', {
    ...{ wall: () => clock.wall(), mark: () => {}, changed: () => {}, publish: () => {} },
    ...{ barred: () => undefined, isHost: () => false, banned: () => undefined },
  });
  room.ruled({});
  const send = async (path: string, body: Readonly<Record<string, string>>, form = false) =>
    part.fetch(
      new Request(`http://x/r/hall/${path}`, {
        method: 'POST',
        headers: {
          'content-type': form ? 'application/x-www-form-urlencoded' : 'application/json',
          'accept-language': 'fr',
          'x-forwarded-for': '192.0.2.1',
        },
        body: form ? String(new URLSearchParams(body)) : JSON.stringify(body),
      }),
    );
  const told = async (path: string, body: Readonly<Record<string, string>>): Promise<ToldRefusal> =>
    (await send(path, { device: 'a'.repeat(20), ...body })).json() as Promise<ToldRefusal>;
  return { clock, room, send, told };
}

test('a refusal has what a page needs to say it in its reader’s language', async () => {
  const { clock, room, told } = theatre();
  const ask = (text: string, name = '') => told('questions', { text, name });
  const rule = await ask('you twerp');
  expect(rule).toMatchObject({ code: 'unprocessable', field: 'text', rule: 'in<sults' });
  expect(questionRefusal('fr', rule)).toContain('enfreint la règle « \u2068in<sults\u2069 »');
  const name = await ask('Why?', 'Аna');
  expect(name).toMatchObject({ code: 'unprocessable', field: 'name' });
  expect(questionRefusal('fr', name)).toContain('Un nom a 60 caractères au plus');
  expect(questionRefusal('en', await ask('x'.repeat(281)))).toBe('A question has 1 to 280 characters.');
  let last: ToldRefusal = { code: '' };
  for (let n = 0; n < 4; n++) last = await ask(`Question ${n}`);
  expect(last).toMatchObject({ code: 'too-often', seconds: expect.any(Number) });
  expect(questionRefusal('fr', last)).toBe(`C’était trop rapide. Réessayez dans ${last.seconds} s.`);
  for (let n = 0; n <= MAX_OPEN_PER_DEVICE; n++) {
    clock.advance(60_000);
    last = await ask(`More ${n}`);
  }
  expect(last).toMatchObject({ code: 'questions-full', limit: 'device', most: MAX_OPEN_PER_DEVICE });
  expect(questionRefusal('fr', last)).toContain(`${MAX_OPEN_PER_DEVICE} de vos questions sont ouvertes`);
  expect(questionRefusal('fr', await told('questions/none/vote', {}))).toBe(
    'Cette question n’est plus dans la liste.',
  );
  room.ruled({ rules: { questions: false } });
  clock.advance(60_000);
  expect(questionRefusal('fr', await ask('Still?'))).toContain('L’hôte ne prend pas de questions');
});

test('the page without scripts says it in one language, and takes no markup from the name of a rule', async () => {
  const page = await (await theatre().send('questions', { text: 'you twerp' }, true)).text();
  expect(page).toContain('Cela n’a pas été pris : Ce texte enfreint la règle « \u2068in&lt;sults\u2069 »');
  expect(page).not.toMatch(/not accepted|breaks|in<sults/);
});
