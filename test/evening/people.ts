import type { Dice, Logged } from './logged.ts';

/** A site with pages and their files. */
export interface Site {
  readonly host: string;
  readonly pages: readonly {
    readonly path: string;
    readonly bytes: number;
    readonly files: readonly string[];
  }[];
  readonly shared: readonly string[];
  /** False when files come from another host, so that the log has pages alone. */
  readonly files: boolean;
}

const WORDS =
  'river stage vote music garden report city night winter market school film letter harbour bridge'.split(
    ' ',
  );

/** A site of a hundred pages. */
export function makeSite(d: Dice, files = true): Site {
  const pages = Array.from({ length: 100 }, (_, i) => ({
    path: i === 0 ? '/' : `/${d.pick(['news', 'stories', 'events'])}/${d.pick(WORDS)}-${d.pick(WORDS)}-${i}`,
    bytes: Math.round(d.logNormal(18_000, 0.5)),
    files: Array.from({ length: d.below(6) }, (_, n) => `/media/${i}-${n}.${d.pick(['jpg', 'webp', 'png'])}`),
  }));
  const shared = [
    '/static/site.css',
    '/static/app.js',
    '/static/logo.svg',
    '/static/text.woff2',
    '/static/menu.js',
  ];
  return { host: 'www.example.org', pages, shared, files };
}

const FIREFOX = (version: number): string =>
  `Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:${version}.0) Gecko/20100101 Firefox/${version}.0`;
/** Agents of browsers, the frequent ones first. */
export const BROWSERS: readonly string[] = [
  ...[142, 141, 143].map(
    (v) =>
      `Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${v}.0.0.0 Safari/537.36`,
  ),
  ...['18_6', '18_5', '17_6_1', '26_0'].map(
    (v) =>
      `Mozilla/5.0 (iPhone; CPU iPhone OS ${v} like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1`,
  ),
  ...[142, 141, 140].map(
    (v) =>
      `Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${v}.0.0.0 Mobile Safari/537.36`,
  ),
  ...[142, 141].map(
    (v) =>
      `Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${v}.0.0.0 Safari/537.36`,
  ),
  ...[144, 145, 140, 128].map(FIREFOX),
  ...[142, 141].map(
    (v) =>
      `Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${v}.0.0.0 Safari/537.36 Edg/${v}.0.0.0`,
  ),
  ...['26.0', '18.6', '17.4'].map(
    (v) =>
      `Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/${v} Safari/605.1.15`,
  ),
  ...['SM-S911B', 'Pixel 8', 'CUBOT X18', 'moto g54'].map(
    (v) =>
      `Mozilla/5.0 (Linux; Android 14; ${v}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/139.0.0.0 Mobile Safari/537.36`,
  ),
];

/** An address of the wide net; one in ten is IPv6. */
export function address(d: Dice): string {
  if (d() < 0.1) {
    const group = (): string => d.below(65_536).toString(16);
    return `2a0${d.below(10)}:${group()}:${group()}::${group()}`;
  }
  return `${d.pick([78, 81, 82, 84, 86, 88, 90, 92, 109, 176, 185, 188, 213])}.${d.below(256)}.${d.below(256)}.${1 + d.below(254)}`;
}

const FROM = [
  'https://www.google.com/',
  'https://t.co/Ab3dE',
  'https://news.example.net/live',
  'https://www.facebook.com/',
  '',
  '',
  '',
];

/** How somebody visits. */
export interface Visit {
  readonly at: number;
  readonly address?: string;
  readonly agent?: string;
  /** The page that everybody comes for, if there is one; mean number of pages. */
  readonly landing?: string;
  readonly pages?: number;
}

/** Adds the requests of one person who visits: pages with their files, a cache, links followed, time to read. */
export function visit(out: Logged[], d: Dice, site: Site, how: Visit): void {
  const base = {
    address: how.address ?? address(d),
    agent: how.agent ?? BROWSERS[d.zipf(BROWSERS.length, 0.9)]!,
    ...{ method: 'GET', duration: 0, truth: 'person' as const },
  };
  let at = how.at;
  const returning = d() < 0.35;
  // Some have all files in their cache, some block scripts and pictures, some look at text alone.
  const bare = d() < 0.06;
  const cache = new Set(returning ? site.shared : []);
  let referer = d.pick(FROM);
  const count = 1 + Math.floor(d.exponential((how.pages ?? 2.4) - 1));
  const landing = site.pages.find(({ path }) => path === how.landing);
  for (let i = 0; i < count; i++) {
    const page = i === 0 && landing && d() < 0.8 ? landing : site.pages[d.zipf(site.pages.length)]!;
    const again = returning && i === 0 && d() < 0.3;
    out.push({
      ...{
        ...base,
        at,
        target: page.path + (i === 0 && d() < 0.08 ? `?fbclid=${d().toString(36).slice(2)}` : ''),
      },
      ...{ status: again ? 304 : 200, bytes: again ? 0 : page.bytes, referer },
    });
    const self = `https://${site.host}${page.path}`;
    if (site.files && !bare)
      for (const file of [...site.shared, ...page.files]) {
        const cached = cache.has(file);
        if (cached && d() < 0.8) continue;
        cache.add(file);
        out.push({
          ...{ ...base, at: at + d.between(60, 1_500), target: file, referer: self },
          ...{ status: cached ? 304 : 200, bytes: cached ? 0 : Math.round(d.logNormal(14_000, 0.8)) },
        });
      }
    if (i === 0 && !returning && site.files && !bare && d() < 0.4)
      out.push({ ...base, at: at + 1_600, target: '/favicon.ico', status: 200, bytes: 1_150, referer: self });
    referer = self;
    at += d.logNormal(22_000, 1.1) + 800;
  }
}

/** A listener: the page, then a playlist and segments of four seconds for as long as they stay. */
export function listen(out: Logged[], d: Dice, site: Site, how: Visit, until: number): void {
  const agent = how.agent ?? BROWSERS[d.zipf(BROWSERS.length, 0.9)]!;
  const who = how.address ?? address(d);
  if (d() < 0.7) visit(out, d, site, { ...how, agent, address: who, pages: 1 });
  const base = { address: who, agent, method: 'GET', status: 200, duration: 0, truth: 'person' as const };
  const referer = d() < 0.6 ? `https://${site.host}/` : '';
  const end = Math.min(until, how.at + d.logNormal(240_000, 1));
  let segment = Math.floor(how.at / 4000);
  for (let at = how.at + 900; at < end; at += 4000 + d.between(-150, 150)) {
    out.push({ ...base, at, target: '/live/main.m3u8', bytes: 640, referer });
    out.push({ ...base, at: at + 40, target: `/live/a-${segment++}.ts`, bytes: 33_000, referer });
  }
}

/** A listener of a server like ours: the room's page, then one stream for as long as they stay, which comes back when it is cut. */
export function hear(out: Logged[], d: Dice, site: Site, how: Visit, until: number): void {
  const agent = how.agent ?? BROWSERS[d.zipf(BROWSERS.length, 0.9)]!;
  const who = how.address ?? address(d);
  // Some come with a radio or a link to the stream.
  if (d() < 0.85) visit(out, d, site, { ...how, agent, address: who, pages: 1.2 });
  const base = { address: who, agent, method: 'GET', status: 200, duration: 2, truth: 'person' as const };
  const end = Math.min(until, how.at + d.logNormal(300_000, 1.2));
  for (let at = how.at + d.logNormal(2_500, 0.8); at < end; ) {
    const stays = d() < 0.9 ? end - at : Math.min(end - at, d.exponential(90_000));
    out.push({ ...base, at, target: '/r/hall/stream', bytes: 9_000, referer: '', hears: stays });
    // The page tells every half minute what was heard.
    for (let told = at + 30_000; told < at + stays; told += 30_000)
      out.push({
        ...base,
        at: told,
        method: 'POST',
        target: '/r/hall/beacon',
        status: 204,
        bytes: 120,
        referer: '',
      });
    at += stays + d.between(300, 3_000);
  }
}

/** Somebody with an app: its settings, a list, some items with pictures, then a poll. One agent for all. */
export function useApp(out: Logged[], d: Dice, at: number, until: number): void {
  const base = {
    ...{ address: address(d), agent: 'HallApp/3.2 (Android 14)', method: 'GET', referer: '' },
    ...{ status: 200, duration: 0, truth: 'person' as const },
  };
  out.push({ ...base, at, target: '/api/config', bytes: 900 });
  out.push({ ...base, at: at + 200, target: '/api/rooms', bytes: 9_000 });
  let now = at + 500;
  for (let i = 0; i < 1 + d.below(4); i++) {
    const item = d.zipf(60);
    out.push({ ...base, at: now, target: `/api/rooms/${item}`, bytes: 3_000 });
    out.push({ ...base, at: now + 150, target: `/media/${item}-0.webp`, bytes: 21_000 });
    now += d.logNormal(9_000, 0.9);
  }
  const end = Math.min(until, now + d.logNormal(120_000, 1));
  for (; now < end; now += 5000) out.push({ ...base, at: now, target: '/api/rooms/1/state', bytes: 400 });
}

/** Programs that visit any site: crawlers, feed readers, a monitor, a scraper that does not say what it is. */
export function programs(out: Logged[], d: Dice, site: Site, from: number, until: number): void {
  const one = (every: number, make: (at: number) => Partial<Logged>, truth: Logged['truth']): void => {
    for (let at = from + d.exponential(every); at < until; at += every * d.between(0.7, 1.3))
      out.push({
        ...{
          at,
          address: '',
          agent: '',
          method: 'GET',
          target: '/',
          status: 200,
          bytes: 12_000,
          referer: '',
        },
        ...{ duration: 0, truth, ...make(at) },
      });
  };
  const page = (): string => d.pick(site.pages).path;
  const google = 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)';
  one(6_000, () => ({ address: '66.249.66.1', agent: google, target: page() }), 'declared-bot');
  const bing = 'Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)';
  one(9_000, () => ({ address: '157.55.39.12', agent: bing, target: page() }), 'declared-bot');
  const reader = 'Feedly/1.0 (+http://www.feedly.com/fetcher.html; 41 subscribers)';
  one(120_000, () => ({ address: '8.29.198.25', agent: reader, target: '/feed.xml' }), 'declared-bot');
  const monitor = 'Mozilla/5.0+(compatible; UptimeRobot/2.0; http://www.uptimerobot.com/)';
  one(
    60_000,
    () => ({ address: '69.162.124.226', agent: monitor, method: 'HEAD', bytes: 0 }),
    'declared-bot',
  );
  one(
    30_000,
    () => ({ address: '10.0.0.7', agent: 'curl/8.5.0', target: '/healthz', bytes: 3 }),
    'undeclared-bot',
  );
  if (d() < 0.7)
    one(
      2_500,
      () => ({ address: '95.217.4.4', agent: 'python-requests/2.32.3', target: page() }),
      'undeclared-bot',
    );
  if (d() < 0.5)
    one(4_000, () => ({ address: '5.9.88.3', agent: BROWSERS[0]!, target: page() }), 'undeclared-bot');
}
