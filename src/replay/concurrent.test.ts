import { beforeEach, expect, test } from 'vitest';
import { manualClock } from '../../test/clock.ts';
import { silentLog } from '../base/log.ts';
import { ms } from '../base/time.ts';
import { NO_EDITS, type RecordingEdits } from '../wire/replay/edits.ts';
import type { RoomCard } from '../wire/room.ts';
import { open, type Replays } from './index.ts';

const HOUR_MS = 3_600_000;
let clock = manualClock();
let edits: RecordingEdits;
let witnessed: string[];
let replays: Replays;

interface Told {
  readonly status: number;
  readonly etag: string | undefined;
  readonly link: string | undefined;
  readonly json: {
    readonly id: string;
    readonly title: string;
    readonly etag: string;
    readonly code: string;
    readonly next?: string;
    readonly current: { readonly title: string; readonly etag: string };
    readonly clips: readonly { readonly id: string; readonly title: string }[];
  };
}
/** Asks as the holder of a link; the row header is what a request with an `Idempotency-Key` has behind the table of answers. */
async function ask(
  method: string,
  path: string,
  body?: object,
  more: Record<string, string> = {},
  who = 'ana',
): Promise<Told> {
  // No pace is looked at here.
  clock.advance(ms(2_000));
  const answer = await replays.fetch(
    new Request(`http://x.example/api/rooms/hall/${path}`, {
      method,
      headers: { 'content-type': 'application/json', authorization: `Bearer ${who}`, ...more },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }),
  );
  const text = await answer.text();
  return {
    status: answer.status,
    etag: answer.headers.get('etag') ?? undefined,
    link: answer.headers.get('link') ?? undefined,
    json: text === '' ? undefined : JSON.parse(text),
  };
}

beforeEach(() => {
  clock = manualClock();
  edits = NO_EDITS;
  witnessed = [];
  const began = clock.wall();
  const card: RoomCard = {
    ...{ slug: 'hall', title: 'Town hall', hosts: ['Ana'], zero: began, status: 'ended' },
    clocks: { opened: began, firstSpeech: began, ended: began + HOUR_MS },
  };
  let last: Promise<unknown> = Promise.resolve();
  replays = open({
    ...{ clock, log: silentLog },
    edits: {
      of: async () => edits,
      change(_, change) {
        const done = last.then(async () => {
          edits = await change(edits);
          return edits;
        });
        last = done.catch(() => undefined);
        return done;
      },
    },
    memberOf: async (_, token = '') => ({
      ...{ card, operator: false, speaker: token, role: token === 'ana' ? 'host' : 'speaker' },
    }),
    cardOf: async () => card,
    original: async () => ({ rendition: 'aac96', bytes: async function* () {} }),
    mark: async () => ({ rendition: 'aac96', sha256: 'a'.repeat(64), bytes: 8 }),
    async witness(_, __, ___, key) {
      witnessed.push(key);
      return true;
    },
  });
});

const at = (seconds: number): string => new Date(Date.parse(began()) + seconds * 1_000).toISOString();
const began = (): string => new Date(manualClock().wall()).toISOString();
const makes = [
  ['chapters', { title: 'Questions' }, () => edits.chapters],
  ['clips', { title: 'A word', from: at(10), to: at(40) }, () => edits.clips],
  ['trims', { note: 'A name', from: at(10), to: at(40) }, () => edits.trims],
] as const;

test.each(makes)(
  'of two edits of %s at once the second is told what there is now, and loses nothing',
  async (what, wish) => {
    const made = await ask('POST', what, wish);
    expect(made.status).toBe(201);
    expect(made.etag).toBe(made.json.etag);
    const one = `${what}/${made.json.id}`;
    const stale = { 'if-match': made.json.etag };
    if (what === 'trims') {
      expect((await ask('DELETE', one, undefined, { 'if-match': '"other"' })).status).toBe(412);
      expect((await ask('DELETE', one, undefined, stale)).status).toBe(204);
      return;
    }
    const both = await Promise.all([
      ask('PATCH', one, { title: 'By Ana' }, stale),
      ask('PATCH', one, { title: 'By the operator' }, stale),
    ]);
    expect(both.map(({ status }) => status).sort()).toEqual([200, 412]);
    const [won, lost] = both[0].status === 200 ? [both[0], both[1]] : [both[1], both[0]];
    expect(lost.json).toMatchObject({ code: 'etag-mismatch', current: { title: won.json.title } });
    expect(lost.etag).toBe(won.etag);
    expect((await ask('DELETE', one, undefined, stale)).status).toBe(412);
    // What was told is what a decided edit is held against.
    const again = await ask('PATCH', one, { title: 'Decided' }, { 'if-match': lost.json.current.etag });
    expect([again.status, again.json.title]).toEqual([200, 'Decided']);
    expect((await ask('DELETE', one, undefined, { 'if-match': again.json.etag })).status).toBe(204);
  },
);

test('an edit of one thing is not refused because another one changed', async () => {
  const [one, other] = [
    await ask('POST', 'chapters', makes[0][1]),
    await ask('POST', 'chapters', makes[0][1]),
  ];
  await ask('PATCH', `chapters/${other.json.id}`, { title: 'Changed' });
  const answer = await ask(
    'PATCH',
    `chapters/${one.json.id}`,
    { title: 'Mine' },
    { 'if-match': one.json.etag },
  );
  expect(answer.status).toBe(200);
});

test('how long a recording is kept is changed only as it was read', async () => {
  const { etag = '' } = await ask('GET', 'replay');
  expect((await ask('GET', 'replay', undefined, { 'if-none-match': etag })).status).toBe(304);
  await ask('POST', 'chapters', makes[0][1]);
  expect((await ask('GET', 'replay', undefined, { 'if-none-match': etag })).status).toBe(200);
  const first = await ask('PATCH', 'replay', { days: 30 }, { 'if-match': etag });
  expect(first.status).toBe(200);
  expect((await ask('PATCH', 'replay', { days: 60 }, { 'if-match': etag })).status).toBe(412);
  expect((await ask('PATCH', 'replay', { days: 60 }, { 'if-match': first.etag ?? '' })).status).toBe(200);
  expect(edits.keepDays).toBe(60);
});

test.each(makes)(
  'of %s the same request makes one, also when nobody kept its first answer',
  async (what, wish, list) => {
    const row = { 'earshot-row-id': '0197f3b0-5b1c-8cc2-a9a5-5a8f4b3d2e11' };
    const [first, again] = [await ask('POST', what, wish, row), await ask('POST', what, wish, row)];
    expect([first.status, again.status]).toEqual([201, 201]);
    expect(again.json).toEqual(first.json);
    expect(list()).toHaveLength(1);
    expect(new Set(witnessed).size).toBe(what === 'trims' ? 1 : 0);
    expect((await ask('POST', what, wish)).json.id).not.toBe(first.json.id);
    expect(list()).toHaveLength(2);
  },
);

test('the list of clips comes in pages, each with what the link may see, and none is lost while clips are made', async () => {
  for (let n = 0; n < 5; n++) await ask('POST', 'clips', { ...makes[1][1], title: `Clip ${n}` });
  await ask('POST', 'clips', { ...makes[1][1], title: 'By Ben' }, {}, 'ben');
  const first = await ask('GET', 'clips?limit=2');
  expect(first.json.clips.map(({ title }) => title)).toEqual(['By Ben', 'Clip 4']);
  expect(first.link).toContain('rel="next"');
  await ask('POST', 'clips', { ...makes[1][1], title: 'Made meanwhile' });
  const second = await ask('GET', `clips?limit=2&cursor=${first.json.next}`);
  expect(second.json.clips.map(({ title }) => title)).toEqual(['Clip 3', 'Clip 2']);
  const third = await ask('GET', `clips?limit=9&cursor=${second.json.next}`);
  expect(third.json.clips.map(({ title }) => title)).toEqual(['Clip 1', 'Clip 0']);
  expect([third.json.next, third.link]).toEqual([undefined, undefined]);
  const theirs = await ask('GET', 'clips', undefined, {}, 'ben');
  expect(theirs.json.clips.map(({ title }) => title)).toEqual(['By Ben']);
  for (const wrong of ['limit=0', 'limit=101', 'limit=x', 'cursor=x'])
    expect((await ask('GET', `clips?${wrong}`)).status, wrong).toBe(422);
});
