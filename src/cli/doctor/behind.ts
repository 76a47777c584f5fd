import type { Finding } from './finding.ts';

const RENDITION = 'opus64';
/** A cache that has not answered for this long is given up. */
const PATIENCE_MS = 20_000;
/** How long the stream is listened to. */
const LISTEN_MS = 4_000;
/** Headers by which caches report a hit. */
const SIGNS = [
  'x-cache',
  'cf-cache-status',
  'x-cache-status',
  'x-proxy-cache',
  'cache-status',
  'x-vercel-cache',
];

const get = (url: string): Promise<Response> =>
  fetch(url, { signal: AbortSignal.timeout(PATIENCE_MS), headers: { cookie: 'earshot-doctor=1' } });

/** Whether an answer came from a cache; undefined when the cache does not say. */
function kept({ headers }: Response): boolean | undefined {
  const said = SIGNS.flatMap((name) => headers.get(name) ?? []).join(' ');
  if (/hit/i.test(said)) return true;
  if (Number(headers.get('age')) > 0) return true;
  return said === '' ? undefined : false;
}

/**
 * Checks a room through a cache: what is cached, under which key, with which headers, and whether the stream is held
 * back.
 */
export async function behind(room: string): Promise<Finding[]> {
  const base = room.replace(/\/+$/, '');
  const answers: Response[] = [];
  const read = async (path: string): Promise<Response> => {
    const answer = await get(`${base}/${path}`);
    answers.push(answer);
    return answer;
  };
  let list: Response;
  try {
    list = await read(`live/${RENDITION}.slow.m3u8`);
  } catch (error) {
    return [bad('Room behind the cache', (error as Error).message, `can this machine reach ${base}?`)];
  }
  const text = await list.text();
  const numbers = [...text.matchAll(/^\w+\/(\d+)\.m4s$/gm)].map(([, number]) => Number(number));
  const last = numbers.at(-1);
  if (!list.ok || last === undefined)
    return [
      bad('Room behind the cache', `${list.status}`, 'give the address of a room that is on air, /r/NAME'),
    ];
  const findings = [
    good('Room behind the cache', `segment ${last}`),
    ...(await segment(read, last)),
    await stream(base, answers),
    await blocking(read),
    await never(base),
  ];
  const cookie = answers.some(({ headers }) => headers.has('set-cookie'));
  return [
    ...findings,
    cookie
      ? bad('Cookies', 'the cache sets one', 'cached answers go to everyone: drop Set-Cookie')
      : good('Cookies', 'none'),
  ];
}

async function segment(read: (path: string) => Promise<Response>, last: number): Promise<Finding[]> {
  const path = `live/${RENDITION}/${last}.m4s`;
  const first = await read(path);
  const bytes = Buffer.from(await first.arrayBuffer());
  const again = await read(path);
  const same = Buffer.from(await again.arrayBuffer()).equals(bytes);
  const other = await read(`${path}?doctor=${Math.random()}`);
  await other.arrayBuffer();
  const hit = kept(again);
  const hitOther = kept(other);
  const control = first.headers.get('cache-control') ?? 'none';
  return [
    first.ok && same
      ? good('Segment', `${bytes.length} bytes, the same both times`)
      : bad(
          'Segment',
          `${first.status}, ${same ? 'the same' : 'different'} both times`,
          'pass bodies on unchanged',
        ),
    hit === true
      ? good('Segments are kept', 'the second request was answered by the cache')
      : hit === undefined
        ? notice(
            'Segments are kept',
            'the cache does not say',
            'look at its own statistics, or add an X-Cache header',
          )
        : bad(
            'Segments are kept',
            'the second request went to the origin',
            'let the cache obey Cache-Control: segments may be kept for a year',
          ),
    hitOther === true
      ? good('Random query strings', 'ignored: one cached copy answers them all')
      : hitOther === undefined
        ? notice(
            'Random query strings',
            'the cache does not say',
            'leave the query string of segments out of the cache key',
          )
        : bad(
            'Random query strings',
            'each is a request to the origin',
            'leave the query string of segments out of the cache key',
          ),
    /max-age=31536000/.test(control)
      ? good('Cache-Control of a segment', control)
      : bad('Cache-Control of a segment', control, 'pass this header on unchanged'),
    first.headers.get('access-control-allow-origin') === '*'
      ? good('Other pages may read it', 'Access-Control-Allow-Origin: *')
      : bad('Other pages may read it', 'no Access-Control-Allow-Origin', 'pass this header on unchanged'),
  ];
}

/** The longest silence of the stream; a cache that holds it back makes it longer than the write period. */
async function stream(base: string, answers: Response[]): Promise<Finding> {
  const what = 'The stream';
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), PATIENCE_MS);
  try {
    const answer = await fetch(`${base}/stream?codec=opus`, { signal: stop.signal });
    answers.push(answer);
    if (!answer.ok || !answer.body)
      return notice(what, `${answer.status}`, 'listeners must reach the stream at another address');
    const period = Number(answer.headers.get('earshot-period')) || 320;
    const end = performance.now() + Math.max(LISTEN_MS, 3 * period);
    let before = performance.now();
    let longest = 0;
    for await (const _ of answer.body) {
      longest = Math.max(longest, performance.now() - before);
      before = performance.now();
      if (before > end) break;
    }
    const found = `written every ${period} ms; at most ${Math.round(longest)} ms between two pieces`;
    return longest <= period * 2 + 1_000
      ? good(what, found)
      : bad(what, found, 'the cache holds it back: turn buffering off for /r/*/stream and /r/*/radio.*');
  } catch (error) {
    return bad(
      what,
      (error as Error).message,
      'pass /r/*/stream through, unbuffered and without a time limit',
    );
  } finally {
    clearTimeout(timer);
    stop.abort();
  }
}

async function blocking(read: (path: string) => Promise<Response>): Promise<Finding> {
  const what = 'Blocking playlists';
  const now = await (await read(`live/${RENDITION}.m3u8`)).text();
  const [, msn, part] = /PRELOAD-HINT:TYPE=PART,URI="\w+\/(\d+)\.(\d+)\.m4s"/.exec(now) ?? [];
  if (msn === undefined)
    return notice(what, 'no hint of a part in the playlist', 'pass playlists on unchanged');
  const answer = await read(`live/${RENDITION}.m3u8?_HLS_msn=${msn}&_HLS_part=${part}`).catch(
    () => undefined,
  );
  return answer?.ok && (await answer.text()).includes(`/${msn}.${part}.m4s"`)
    ? good(what, 'held back until the new part is there')
    : bad(
        what,
        `${answer?.status ?? 'no answer'}`,
        'keep _HLS_msn and _HLS_part in the cache key, and allow 20 s for the first byte',
      );
}

async function never(base: string): Promise<Finding> {
  const what = 'Personal answers';
  const url = new URL('/healthz', base).href;
  await (await get(url)).arrayBuffer();
  const answer = await get(url);
  await answer.arrayBuffer();
  return kept(answer) === true
    ? bad(what, `${url} came from the cache`, 'cache nothing that is marked no-store')
    : good(what, 'not cached');
}

const good = (what: string, found: string): Finding => ({ what, state: 'good', found });
const notice = (what: string, found: string, change: string): Finding => ({
  what,
  state: 'notice',
  found,
  change,
});
const bad = (what: string, found: string, change: string): Finding => ({ what, state: 'bad', found, change });
