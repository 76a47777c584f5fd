import { gunzipSync } from 'node:zlib';
import { beforeEach, describe, expect, it } from 'vitest';
import { type ManualClock, manualClock } from '../../../test/clock.ts';
import { testTag } from '../../../test/segment-tag.ts';
import { markedFragment } from '../../../test/synthetic.ts';
import { silentLog } from '../../base/log.ts';
import { epochMs, FRAGMENT_MS } from '../../base/time.ts';
import { boxes } from '../../media/boxes.ts';
import { EMPTY } from '../../wire/feed.ts';
import { RENDITIONS } from '../../wire/renditions.ts';
import { stateOfCard } from '../../wire/room.ts';
import { type Origin, open } from '../index.ts';

const ZERO = epochMs(Date.UTC(2026, 0, 1));
const SLUG = 'room';
const KEPT = RENDITIONS.filter(({ id }) => ['opus64', 'aac96', 'radio-aac'].includes(id));

let clock: ManualClock;
let origin: Origin;
let next: number;
beforeEach(() => {
  clock = manualClock(ZERO);
  origin = open({
    clock,
    log: silentLog,
    archive: {
      recording: async () => undefined,
      init: async () => undefined,
      read: async (_, rendition, { first, count }) =>
        Buffer.from(`from disk: ${rendition} ${first}-${count}`),
    },
    holdWhileAway: true,
    tag: testTag,
  });
  const card = {
    slug: SLUG,
    title: 'A room',
    hosts: [],
    status: 'live' as const,
    clocks: {},
    zero: ZERO,
    cell: 0,
  };
  origin.receive({
    head: { kind: 'rooms', rooms: [card, { ...card, slug: 'later', status: 'scheduled' }] },
    body: EMPTY,
  });
  origin.receive({ head: { kind: 'program', slug: SLUG, zero: ZERO, renditions: KEPT }, body: EMPTY });
  for (const { id } of KEPT)
    origin.receive({ head: { kind: 'init', slug: SLUG, rendition: id }, body: Buffer.from(`init ${id}`) });
  next = 0;
});

/** Lets everything up to fragment `to` arrive at its time; `from` begins a program in mid grid. */
function run(to: number, from = next): void {
  for (next = from; next <= to; next++) {
    clock.advance(Math.max(0, ZERO + (next + 1) * FRAGMENT_MS - clock.wall()));
    for (const { id } of KEPT) {
      const head = { kind: 'fragment', slug: SLUG, rendition: id, seq: next } as const;
      origin.receive({ head, body: markedFragment(id, next) });
    }
  }
}

/** A request and what it came to; `done` tells whether it is answered already. */
function ask(path: string, headers: Record<string, string> = {}) {
  const url = new URL(`http://door/r/${SLUG}/live/${path}`);
  const answer = origin.answer(url.pathname, url.searchParams, headers, AbortSignal.timeout(60_000));
  if (!answer) throw new Error(`${path} is not ours`);
  const asked = { done: false, reply: answer };
  void answer.then(() => {
    asked.done = true;
  });
  return asked;
}
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const read = async (path: string, headers: Record<string, string> = {}) => {
  const { status, headers: sent, body } = await ask(path, headers).reply;
  return {
    status,
    headers: sent,
    body: Buffer.from(body as Uint8Array),
    text: Buffer.from(body as Uint8Array).toString(),
  };
};
const tags = (text: string, tag: string): string[] => text.split('\n').filter((line) => line.startsWith(tag));

describe('the live playlist', () => {
  it('lists what is whole, newest parts, and what comes next', async () => {
    run(16 * 5 + 4);
    const { text, headers } = await read('opus64.m3u8');
    expect(headers['content-type']).toBe('application/vnd.apple.mpegurl');
    expect(headers['access-control-allow-origin']).toBe('*');
    expect(headers['set-cookie']).toBeUndefined();
    expect(tags(text, '#EXT-X-MEDIA-SEQUENCE')).toEqual(['#EXT-X-MEDIA-SEQUENCE:0']);
    expect(tags(text, 'opus64/')).toEqual([0, 1, 2, 3, 4].map((msn) => `opus64/${msn}.m4s`));
    // Parts of the last three segments and the two of the running one.
    expect(tags(text, '#EXT-X-PART:')).toHaveLength(3 * 8 + 2);
    expect(tags(text, '#EXT-X-PART:').at(-1)).toBe(
      '#EXT-X-PART:DURATION=0.639990,URI="opus64/5.1.m4s",INDEPENDENT=YES',
    );
    expect(tags(text, '#EXT-X-PRELOAD-HINT')).toEqual(['#EXT-X-PRELOAD-HINT:TYPE=PART,URI="opus64/5.2.m4s"']);
    // Reports are about the other renditions of its own multivariant playlist, and there are none of Opus here.
    expect(tags(text, '#EXT-X-RENDITION-REPORT')).toEqual([]);
    expect(tags(text, '#EXTINF')[0]).toBe('#EXTINF:5.119920,');
    // 312 ticks of Opus are 6.5 ms, 2,048 of AAC 42.7 ms: that much earlier was said what is heard there.
    expect(tags(text, '#EXT-X-PROGRAM-DATE-TIME')[1]).toBe(
      '#EXT-X-PROGRAM-DATE-TIME:2026-01-01T00:00:05.114Z',
    );
    expect(tags((await read('aac96.m3u8')).text, '#EXT-X-PROGRAM-DATE-TIME')[1]).toBe(
      '#EXT-X-PROGRAM-DATE-TIME:2026-01-01T00:00:05.077Z',
    );
  });

  it('obeys the durations that players check', async () => {
    run(16 * 9 + 5);
    const { text } = await read('opus64.m3u8');
    const target = Number(/TARGETDURATION:(\d+)/.exec(text)?.[1]);
    const partTarget = Number(/PART-TARGET=([\d.]+)/.exec(text)?.[1]);
    for (const line of tags(text, '#EXTINF'))
      expect(Math.round(Number.parseFloat(line.slice(8)))).toBeLessThanOrEqual(target);
    for (const line of tags(text, '#EXT-X-PART:'))
      expect(Number.parseFloat(line.slice('#EXT-X-PART:DURATION='.length))).toBeLessThanOrEqual(partTarget);
    expect(Number(/[,:]HOLD-BACK=([\d.]+)/.exec(text)?.[1])).toBeGreaterThanOrEqual(3 * target);
    expect(Number(/PART-HOLD-BACK=([\d.]+)/.exec(text)?.[1])).toBeGreaterThanOrEqual(3 * partTarget);
    expect(Number(/CAN-SKIP-UNTIL=([\d.]+)/.exec(text)?.[1])).toBeGreaterThanOrEqual(6 * target);
  });

  it.each([
    ['main.m3u8', 'aac96.m3u8', 'mp4a.40.2'],
    ['slow.m3u8', 'aac96.slow.m3u8', 'mp4a.40.2'],
    ['opus.m3u8', 'opus64.m3u8', 'opus'],
    ['opus.slow.m3u8', 'opus64.slow.m3u8', 'opus'],
  ])(
    '%s has fMP4 of one codec: players that decode HLS themselves cannot change it',
    async (file, uri, codecs) => {
      run(20);
      const { text } = await read(file);
      expect(text.split('\n').filter((line) => line && !line.startsWith('#'))).toEqual([uri]);
      expect(tags(text, '#EXT-X-STREAM-INF').map((line) => /CODECS="([^"]+)"/.exec(line)?.[1])).toEqual([
        codecs,
      ]);
    },
  );

  it('waits for the first whole segment instead of giving an empty list', async () => {
    run(4);
    const asked = ask('opus64.m3u8');
    await turn();
    expect(asked.done).toBe(false);
    run(15);
    expect((await asked.reply).status).toBe(200);
  });

  it('does not list a segment of which a late door has only the end', async () => {
    run(16 * 3 + 1, 21);
    const { text } = await read('opus64.m3u8');
    expect(tags(text, 'opus64/')).toEqual(['opus64/2.m4s']);
    expect(tags(text, '#EXT-X-MEDIA-SEQUENCE')).toEqual(['#EXT-X-MEDIA-SEQUENCE:2']);
  });

  it('leaves out old segments of a delta update, and nothing else', async () => {
    run(16 * 12 + 3);
    const whole = (await read('opus64.m3u8')).text.split('\n');
    const delta = (await read('opus64.m3u8?_HLS_skip=YES')).text.split('\n');
    const skipped = Number(/SKIPPED-SEGMENTS=(\d+)/.exec(delta.join())?.[1]);
    expect(skipped).toBeGreaterThan(0);
    expect(delta.filter((line) => line.startsWith('opus64/'))).toEqual(
      whole.filter((line) => line.startsWith('opus64/')).slice(skipped),
    );
    // What is left covers the skip boundary of 30 s.
    expect(
      (whole.filter((line) => line.startsWith('opus64/')).length - skipped) * 5.12,
    ).toBeGreaterThanOrEqual(30 - 1.28);
  });

  it('gives the same compressed bytes to everyone who accepts them, compressed once', async () => {
    run(16 * 3);
    const plain = await read('opus64.m3u8');
    const packed = await read('opus64.m3u8', { 'accept-encoding': 'br, gzip' });
    expect(packed.headers['content-encoding']).toBe('gzip');
    expect(gunzipSync(packed.body).equals(plain.body)).toBe(true);
    expect(
      (await read('opus64.m3u8', { 'accept-encoding': 'gzip;q=0' })).headers['content-encoding'],
    ).toBeUndefined();
    const tag = plain.headers.etag ?? '';
    expect(packed.headers.etag).toBe(tag.replace(/"$/, '-gzip"'));
    expect((await read('opus64.m3u8', { 'if-none-match': tag, 'accept-encoding': 'gzip' })).status).toBe(200);
    expect((await read('opus64.m3u8', { 'if-none-match': tag })).status).toBe(304);
    // What a compressing proxy makes of it, and a cache that has several.
    expect((await read('opus64.m3u8', { 'if-none-match': `"other", W/${tag}` })).status).toBe(304);
  });

  it('has a form of whole segments only, which waits for nothing and is the same between two segments', async () => {
    run(16 * 3 + 4);
    const { text, headers } = await read('opus64.slow.m3u8?_HLS_msn=9');
    expect(tags(text, '#EXT-X-PART')).toEqual([]);
    expect(tags(text, '#EXT-X-PRELOAD')).toEqual([]);
    expect(text).not.toContain('CAN-BLOCK-RELOAD');
    expect(tags(text, 'opus64/')).toEqual(['opus64/0.m4s', 'opus64/1.m4s', 'opus64/2.m4s']);
    expect(headers['cache-control']).toBe('public, max-age=1, stale-while-revalidate=2, stale-if-error=60');
    run(16 * 4 - 2);
    expect((await read('opus64.slow.m3u8')).text).toBe(text);
    run(16 * 4 - 1);
    expect((await read('opus64.slow.m3u8')).text).toContain('opus64/3.m4s');
    origin.receive({ head: { kind: 'end', slug: SLUG, last: next - 1 }, body: EMPTY });
    expect((await read('opus64.slow.m3u8')).text.trimEnd().endsWith('#EXT-X-ENDLIST')).toBe(true);
  });

  it.each(['opus64.m3u8', 'opus64.slow.m3u8'])(
    '%s is not given out before its first whole segment, even when asked for before the first fragment',
    async (file) => {
      const asked = ask(file);
      run(7, 4);
      await turn();
      expect(asked.done).toBe(false);
      run(31);
      const { body } = await asked.reply;
      expect(tags(Buffer.from(body as Uint8Array).toString(), 'opus64/')).toEqual(['opus64/1.m4s']);
    },
  );

  it('drops a request at once when its client has gone, and no other', async () => {
    run(16 * 3 + 4);
    const gone = new AbortController();
    const wait = (signal: AbortSignal) =>
      origin.answer(`/r/${SLUG}/live/opus64/3.3.m4s`, new URLSearchParams(), {}, signal);
    const left = wait(gone.signal);
    const stays = wait(new AbortController().signal);
    const before = clock.now();
    gone.abort();
    expect((await left)?.status).toBe(404);
    expect(clock.now()).toBe(before);
    run(16 * 3 + 8);
    expect((await stays)?.status).toBe(200);
  });

  it('ends with the program and answers everyone who waits', async () => {
    run(16 * 3 + 4);
    const asked = ask('opus64.m3u8?_HLS_msn=3&_HLS_part=3');
    await turn();
    expect(asked.done).toBe(false);
    origin.receive({ head: { kind: 'end', slug: SLUG, last: next - 1 }, body: EMPTY });
    const text = Buffer.from((await asked.reply).body as Uint8Array).toString();
    // The last of it was in no list before: what players that have everything else notice the end by.
    const end = '#EXTINF:1.279980,\nopus64/3.m4s\n#EXTINF:0.319995,\nopus64/3.2.m4s\n#EXT-X-ENDLIST';
    expect(text.trimEnd().endsWith(end)).toBe(true);
    expect((await read('opus64.slow.m3u8')).text.trimEnd().endsWith(end)).toBe(true);
    expect(tags(text, '#EXT-X-PRELOAD-HINT')).toEqual([]);
    const size = markedFragment('opus64', 50).length;
    expect((await read('opus64/3.m4s')).body.length).toBe(4 * size);
    expect((await read('opus64/3.2.m4s')).body.length).toBe(size);
  });
});

describe('blocking reload', () => {
  const blocked = async (query: string) => {
    const asked = ask(`opus64.m3u8?${query}`);
    await turn();
    return asked;
  };

  it('answers when the part is there, not before, and never without it', async () => {
    run(16 * 3 + 3);
    const asked = await blocked('_HLS_msn=3&_HLS_part=2');
    run(16 * 3 + 4);
    await turn();
    expect(asked.done).toBe(false);
    run(16 * 3 + 5);
    const reply = await asked.reply;
    expect(Buffer.from(reply.body as Uint8Array).toString()).toContain('opus64/3.2.m4s');
    expect(reply.headers['cache-control']).toBe('public, max-age=0, s-maxage=1');
  });

  it('waits for the whole segment when no part is named', async () => {
    run(16 * 3 + 3);
    const asked = await blocked('_HLS_msn=3');
    run(16 * 4 - 2);
    await turn();
    expect(asked.done).toBe(false);
    run(16 * 4 - 1);
    expect(Buffer.from((await asked.reply).body as Uint8Array).toString()).toContain('\nopus64/3.m4s');
  });

  it('takes a part beyond the last for the first of the next segment', async () => {
    run(16 * 4 - 3);
    const asked = await blocked('_HLS_msn=3&_HLS_part=8');
    run(16 * 4);
    await turn();
    expect(asked.done).toBe(false);
    run(16 * 4 + 1);
    expect((await asked.reply).status).toBe(200);
  });

  it('answers at once when the part is there already', async () => {
    run(16 * 4);
    expect((await ask('opus64.m3u8?_HLS_msn=3&_HLS_part=1').reply).status).toBe(200);
    expect((await ask('opus64.m3u8?_HLS_msn=0').reply).status).toBe(200);
  });

  for (const [query, why] of [
    ['_HLS_part=1', 'a part without a segment'],
    ['_HLS_msn=6', 'more than two segments ahead'],
    ['_HLS_msn=5&_HLS_part=2', 'more than three seconds ahead'],
    ['_HLS_msn=-1', 'a negative number'],
    ['_HLS_msn=1e3', 'no plain number'],
    ['_HLS_msn=3&_HLS_part=x', 'a part that is no number'],
  ] as const)
    it(`refuses ${why}`, async () => {
      run(16 * 4 + 3);
      const { status, body } = await ask(`opus64.m3u8?${query}`).reply;
      expect(status).toBe(400);
      expect(JSON.parse(String(body))).toMatchObject({ code: 'bad-request' });
    });

  it('gives up after three target durations', async () => {
    run(16 * 4 + 3);
    const asked = await blocked('_HLS_msn=4&_HLS_part=2');
    clock.advance(15_001);
    const { status, headers } = await asked.reply;
    expect([status, headers['retry-after']]).toEqual([503, '1']);
  });
});

describe('parts and segments', () => {
  it('are the fragments that the stream carries, byte for byte, and never change', async () => {
    run(16 * 4);
    const part = await read('opus64/2.3.m4s');
    expect(
      part.body.equals(Buffer.concat([markedFragment('opus64', 38), markedFragment('opus64', 39)])),
    ).toBe(true);
    expect(part.headers['cache-control']).toContain('immutable');
    const parts = await Promise.all([0, 1, 2, 3, 4, 5, 6, 7].map((n) => read(`opus64/2.${n}.m4s`)));
    expect((await read('opus64/2.m4s')).body.equals(Buffer.concat(parts.map(({ body }) => body)))).toBe(true);
    expect((await read('opus64/init.mp4')).text).toBe('init opus64');
  });

  it('are held when they were hinted, and unknown beyond', async () => {
    run(16 * 4 + 1);
    const hinted = ask('opus64/4.1.m4s');
    await turn();
    expect(hinted.done).toBe(false);
    expect((await read('opus64/4.4.m4s')).status).toBe(404);
    expect((await read('opus64/5.m4s')).status).toBe(404);
    run(16 * 4 + 3);
    expect((await hinted.reply).status).toBe(200);
  });

  it('are there without any sound when the program ended before the hinted one began', async () => {
    run(16 * 4 + 3);
    const asked = ask('opus64/4.2.m4s');
    await turn();
    origin.receive({ head: { kind: 'end', slug: SLUG, last: next - 1 }, body: EMPTY });
    const { status, body } = await asked.reply;
    expect(status).toBe(200);
    expect([...boxes(body as Uint8Array)].map(({ type }) => type)).toEqual(['free']);
    // Whoever read the list a moment ago asks now.
    expect((await read('opus64/4.2.m4s')).status).toBe(200);
    expect((await read('opus64/4.3.m4s')).status).toBe(404);
    expect((await read('opus64/4.1.m4s')).body.length).toBe(2 * markedFragment('opus64', 66).length);
  });

  it('are as short as the program was', async () => {
    run(16 * 4 + 2);
    const asked = ask('opus64/4.1.m4s');
    await turn();
    origin.receive({ head: { kind: 'end', slug: SLUG, last: next - 1 }, body: EMPTY });
    expect(Buffer.from((await asked.reply).body as Uint8Array)).toEqual(
      Buffer.from(markedFragment('opus64', 66)),
    );
  });

  it('come from the disk when they have left the window', async () => {
    run(16 * 21);
    expect((await read('opus64/2.m4s')).text).toBe('from disk: opus64 32-16');
  });

  for (const path of [
    'none/1.m4s',
    'none.m3u8',
    'opus64/x.m4s',
    'opus64/1.9.m4s',
    'opus64/1.m4s/2',
    'radio-aac.m3u8',
    'x',
  ])
    it(`does not know ${path}`, async () => {
      run(40);
      expect((await read(path)).status).toBe(404);
    });
});

describe('rooms that are not on the air', () => {
  const status = async (path: string): Promise<number | undefined> =>
    (await origin.answer(path, new URLSearchParams(), {}, AbortSignal.timeout(1000)))?.status;

  it('say so', async () => {
    expect(await status('/r/none/live/main.m3u8')).toBe(404);
    expect(await status('/r/later/live/main.m3u8')).toBe(409);
    expect(await status('/r/later/replay/main.m3u8')).toBe(409);
    expect(await status('/r/none/state.json')).toBe(404);
    expect(await status('/r/later/state.json')).toBe(200);
  });

  it('are not asked about other addresses', () => {
    for (const path of [
      '/',
      '/r/room',
      '/r/room/stream',
      '/r/room/live/../x?',
      '/r/ROOM/state.json',
      '/rooms',
    ])
      expect(origin.answer(path, new URLSearchParams(), {}, AbortSignal.timeout(1000))).toBeUndefined();
  });
});

describe('content steering', () => {
  it('names each cache as a pathway, and sends players there when the ladder says so', async () => {
    const steered = open({
      ...{
        clock,
        log: silentLog,
        holdWhileAway: true,
        tag: testTag,
        caches: ['https://a.example', 'https://b.example'],
      },
      archive: { recording: async () => undefined, init: async () => undefined, read: async () => undefined },
    });
    const card = {
      slug: SLUG,
      title: '',
      hosts: [],
      status: 'live' as const,
      clocks: {},
      zero: ZERO,
      cell: 0,
    };
    steered.receive({ head: { kind: 'rooms', rooms: [card] }, body: EMPTY });
    steered.receive({ head: { kind: 'program', slug: SLUG, zero: ZERO, renditions: KEPT }, body: EMPTY });
    const text = async (file: string) =>
      String(
        (
          await steered.answer(
            `/r/${SLUG}/live/${file}`,
            new URLSearchParams({ _HLS_pathway: 'here', _HLS_throughput: '1' }),
            {},
            AbortSignal.timeout(1000),
          )
        )?.body,
      );
    const main = await text('main.m3u8');
    expect(main).toContain('#EXT-X-CONTENT-STEERING:SERVER-URI="steering.json",PATHWAY-ID="here"');
    expect(tags(main, 'https://a.example')).toEqual([`https://a.example/r/${SLUG}/live/aac96.slow.m3u8`]);
    expect(tags(await text('opus.m3u8'), 'https://a.example')).toEqual([
      `https://a.example/r/${SLUG}/live/opus64.slow.m3u8`,
    ]);
    const ways = async () => JSON.parse(await text('steering.json'))['PATHWAY-PRIORITY'];
    expect(await ways()).toEqual(['here', 'cache-0', 'cache-1']);
    const state = stateOfCard(card, ZERO);
    const delivery = { ...state.delivery, rung: 2 as const, newcomers: 'cache' as const };
    steered.receive({ head: { kind: 'state', slug: SLUG, state: { ...state, delivery } }, body: EMPTY });
    expect(await ways()).toEqual(['cache-0', 'cache-1', 'here']);
    expect(await (await read('main.m3u8')).text).not.toContain('STEERING');
    await steered[Symbol.asyncDispose]();
  });
});
