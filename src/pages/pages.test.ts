import { expect, test } from 'vitest';
import { manualClock } from '../../test/clock.ts';
import { ERRORS } from '../base/errors.ts';
import { languageOf } from '../base/negotiation.ts';
import { openPageCache } from '../door/answer/page-cache.ts';
import { coding } from '../door/answer/send.ts';
import { deliveryAt } from '../wire/delivery.ts';
import type { Operations } from '../wire/operations/operations.ts';
import { type RoomCard, stateOfCard } from '../wire/room.ts';
import { openPages } from './pages.ts';
import { plainWords } from './plain-words.ts';
import { sentence } from './sentence.ts';

const manifest = {
  'web/kit/style.css': { file: 'style-1.css' },
  'web/listen/main.ts': { file: 'listen-1.js', css: ['listen-1.css'], imports: ['_shared'] },
  'web/kit/english.ts': { file: 'english-1.js', imports: ['_shared'] },
  'web/kit/french.ts': { file: 'french-1.js', imports: ['_shared'] },
  'web/studio/main.tsx': { file: 'studio-1.js', css: ['studio-1.css'], imports: ['_shared'] },
  _shared: { file: 'shared-1.js', css: ['shared-1.css'] },
};
const pages = openPages({ manifest, publicUrl: 'https://e.example/' });
const room = (over: Partial<RoomCard> = {}): RoomCard => ({
  slug: 'talk',
  title: 'Q&A "<live>"',
  hosts: ["O'Brien", '<b>'],
  status: 'live',
  clocks: { scheduled: Date.UTC(2026, 0, 5, 20) },
  zero: 1,
  cell: 0,
  ...over,
});

test('each page loads its entry, the styles first and shared chunks ahead', () => {
  const listen = pages.room(room());
  expect([...listen.matchAll(/(?:href|src)="\/_\/([^"]+)"/g)].map((found) => found[1])).toEqual([
    'style-1.css',
    'shared-1.css',
    'listen-1.css',
    'shared-1.js',
    'english-1.js',
    'listen-1.js',
  ]);
  const french = pages.room(room(), undefined, 'fr');
  expect([french.includes('/_/french-1.js'), french.includes('/_/english-1.js')]).toEqual([true, false]);
  expect(pages.studio(room())).toContain('src="/_/studio-1.js"');
  expect(pages.studio(room())).not.toContain('listen-1.js');
  for (const plain of [pages.errors(), pages.notFound()]) {
    expect(plain).not.toContain('<script');
    expect(plain).toContain('listen-1.css');
  }
});

test('what people typed never becomes markup', () => {
  const html = pages.room(room()) + pages.home([room()]) + pages.studio(room());
  expect(html).not.toContain('<live>');
  expect(html).not.toContain('<b>');
  expect(html).not.toContain('content="Q&A');
  expect(/data-hosts="([^"]*)"/.exec(html)?.[1]).toBe('[&quot;O&#39;Brien&quot;,&quot;&lt;b&gt;&quot;]');
});

test('a room page without scripts has a way to its sound in every state', () => {
  expect(pages.room(room())).toContain('<noscript><p><a class="button" href="/r/talk/radio.mp3">');
  expect(pages.room(room({ status: 'open' }))).toContain('/r/talk/radio.mp3');
  expect(pages.room(room({ status: 'ended' }))).toContain('href="/r/talk/replay.m4a"');
  expect(pages.room(room({ status: 'scheduled' }))).toContain('href="/r/talk/event.ics"');
});

test('where there is no place for more sound the page reads along without scripts, in both languages', () => {
  const at = Date.UTC(2026, 0, 5, 20, 14, 30);
  const card = room({ clocks: { firstSpeech: at - 870_000 } });
  const person = {
    id: 'a',
    name: '<b>Ana',
    role: 'host',
    speaking: true,
    muted: false,
    connected: true,
  } as const;
  const state = (level: number, streams: number) => ({
    ...stateOfCard(card, at, streams),
    ...{ stage: [person], studio: 'here' as const, program: { carries: 'stage' as const, since: 0 } },
    delivery: deliveryAt(level, { period: 320, since: 0 }),
  });
  const html = pages.room(card, state(7, 123_456));
  expect(html).toContain(
    '<p id="what" class="what" role="status">More people are here than our connection can carry.',
  );
  expect(html).toContain('<dd>Speaking: \u2068&lt;b&gt;Ana\u2069</dd>');
  expect(html).toContain('<dd>about 120,000 connections</dd>');
  expect(html).toContain('<dd>Monday 5 January at 20:00 UTC</dd>');
  expect(html).toContain('<section class="reading card" lang="en">');
  expect(html).toContain('<section class="reading card" lang="fr">');
  expect(html.match(/href="\/r\/talk\/replay\.m4a#t=840"/g)?.length).toBe(2);
  // The sound is still offered, and nobody's page differs because one more has come.
  expect(html).toContain('/r/talk/radio.mp3');
  expect(pages.room(card, state(7, 123_457))).toBe(html);
  expect(pages.room(card, state(6, 123_456))).not.toContain('reading');
  expect(pages.room(card, state(6, 123_456))).toContain('a few seconds behind');
});

test('link previews name the address and the sound', () => {
  const html = pages.room(room());
  expect(html).toContain('property="og:url" content="https://e.example/r/talk"');
  expect(html).toContain('property="og:audio" content="https://e.example/r/talk/radio.mp3"');
  expect(openPages({ manifest: {} }).room(room())).not.toContain('og:url');
});

test('the four clocks are always there; one that has not struck says so', () => {
  const html = pages.room(room());
  expect(html.match(/<dt>/g)?.length).toBe(4);
  expect(html).toContain('<time datetime="2026-01-05T20:00:00.000Z">');
  expect(html.match(/<dd>—/g)?.length).toBe(3);
});

test.each([
  ['en', 'Who may come', 'Save as a draft'],
  ['fr', 'Qui peut venir', 'Enregistrer comme brouillon'],
] as const)(
  'the form without scripts asks who may come, with a label and a hint for each field: %s',
  (language, who, draft) => {
    const home = pages.home([], language);
    const [form = ''] = /<form id="new-room".*?<\/form>/s.exec(home) ?? [];
    expect(form).toContain(`<label>${who} <select name="access">`);
    const [access = ''] = /<select name="access">.*?<\/select>/s.exec(form) ?? [];
    expect([...access.matchAll(/<option value="(\w+)">/g)].map(([, value]) => value)).toEqual([
      ...['public', 'unlisted', 'private'],
    ]);
    // Its times are in a zone that is chosen there; the first of them is UTC.
    expect(form).toContain('<select name="zone"><option value="UTC">UTC</option>');
    expect(form).toContain(
      '<option value="America/Argentina/Buenos_Aires">America/Argentina/Buenos Aires</option>',
    );
    expect(form).toMatch(/<label>[^<]+<input name="password"/);
    expect(form).toMatch(
      new RegExp(`<label><input name="draft" type="checkbox" value="yes"[^>]*> ${draft}</label>`),
    );
    for (const [, hint] of form.matchAll(/aria-describedby="([\w-]+)"/g))
      expect(form).toContain(`id="${hint}"`);
  },
);

test('a page without scripts tells times in the zone of the room, by its name in words', () => {
  const paris = room({
    status: 'scheduled',
    zone: 'Europe/Paris',
    clocks: { scheduled: Date.UTC(2026, 6, 1, 18) },
  });
  const said = 'Wednesday 1 July at 20:00 (Central European Summer Time)';
  expect(sentence(paris)).toBe(`Starts ${said}.`);
  const html = pages.room(paris, undefined);
  expect(html).toContain(`<dd><time datetime="2026-07-01T18:00:00.000Z">${said}</time></dd>`);
  expect(html).toContain('data-zone="Europe/Paris"');
  const moved = { from: Date.UTC(2026, 11, 1, 19), at: 1 };
  expect(sentence({ ...paris, plans: { moved } })).toContain(
    'Tuesday 1 December at 20:00 (Central European Standard Time)',
  );
});

test('home shows what is on, what comes in order, and what was', () => {
  const html = pages.home([
    room({ slug: 'old', title: 'Old', status: 'ended', clocks: { ended: 5 } }),
    room({ slug: 'b', title: 'Second', status: 'scheduled', clocks: { scheduled: 2 } }),
    room({ slug: 'a', title: 'First', status: 'scheduled', clocks: { scheduled: 1 } }),
    room({ slug: 'now', title: 'Now' }),
    room({ slug: 'off', title: 'Off', status: 'cancelled' }),
  ]);
  const at = ['Now', 'First', 'Second', 'Old'].map((title) => html.indexOf(`<h3 dir="auto">${title}<`));
  expect(at).toEqual(at.toSorted((a, b) => a - b));
  expect(at[0]).toBeGreaterThan(0);
  expect(html).not.toContain('Off');
  expect(pages.home([])).toContain('Nothing is on yet.');
});

test('the sentence says what is happening and, in silence, why', () => {
  const card = room();
  const state = { ...stateOfCard(card, 1), studio: 'here' as const };
  const program = { carries: 'stage' as const, since: 1 };
  const live = { ...state, program };
  expect(sentence(card, live)).toBe('Live, about a second behind.');
  expect(
    sentence(card, { ...live, program: { ...program, deadAir: { cause: 'all-muted', since: 1 } } }),
  ).toBe('Silence on stage: everyone is muted. We have told them.');
  expect(
    sentence(card, {
      ...live,
      program: { carries: 'standby', since: 9, deadAir: { cause: 'nobody-on-stage', since: 1 } },
    }),
  ).toBe('Music for a moment: nobody is on stage.');
  expect(sentence(card, { ...live, studio: 'away' })).toContain('music until it is back');
  expect(sentence(room({ status: 'scheduled' }))).toBe('Starts Monday 5 January at 20:00 UTC.');
  expect(sentence(room({ status: 'open' }))).toContain('The doors are open.');
});

test('the error page has every code under its own anchor', () => {
  const html = pages.errors();
  for (const code of Object.keys(ERRORS)) expect(html).toContain(`<tr id="${code}">`);
});

test('a page is rendered at most once a second, and kept while it is the same', () => {
  const clock = manualClock();
  const cache = openPageCache(clock, 2);
  let renders = 0;
  let text = 'one';
  const get = (path = '/a') =>
    cache.get(path, () => {
      renders += 1;
      return text;
    });
  const first = get();
  text = 'two';
  expect(get()).toBe(first);
  expect(renders).toBe(1);
  clock.advance(1000);
  expect(Buffer.from(get().bytes).toString()).toBe('two');
  const second = get();
  clock.advance(1000);
  expect(get()).toBe(second);
  expect(renders).toBe(3);
  get('/b');
  get('/c');
  get('/a');
  expect(renders).toBe(6);
});

test('the coding is one that the client takes', () => {
  const thing = { bytes: Buffer.from('x'), br: Buffer.from('b'), gzip: Buffer.from('g') };
  for (const [accept, expected] of [
    ['gzip, deflate, br, zstd', 'br'],
    ['gzip', 'gzip'],
    ['br;q=0, gzip;q=0.5', 'gzip'],
    ['br;q=1.0', 'br'],
    ['identity', undefined],
    ['brotli', undefined],
    [undefined, undefined],
  ] as const)
    expect([accept, coding(accept, thing)]).toEqual([accept, expected]);
});

test('the calculator says how it computes, takes its input from the address, and echoes nothing else', () => {
  const { plan } = openPages({ manifest: {} });
  expect(plan(new URLSearchParams())).toContain('<th scope="row">machines</th>');
  const mine = plan(new URLSearchParams('listeners=1400000&tls=yes&nic=%3Cscript%3E'));
  expect(mine).toContain('value="1400000"');
  expect(mine).toContain('Not used: Its network card, Gbit/s: use a number from 0.01 to 1000');
  expect(mine).not.toContain('<script>');
  expect(plan(new URLSearchParams('listeners=5'))).not.toContain('checked');
});

test('pages are in the language that the browser asks for, forms and link previews too', () => {
  const french = pages.room(room({ status: 'open' }), undefined, 'fr');
  expect(french).toContain('<html lang="fr">');
  expect(french).toContain('Les portes sont ouvertes.');
  expect(french).toContain('<dt>Premier son</dt>');
  expect(french).toContain('property="og:locale" content="fr_FR"');
  const home = pages.home([room({ slug: 'welcome', title: 'Welcome to Earshot', welcome: true })], 'fr');
  expect(home).toContain('>Bienvenue sur Earshot</h3>');
  expect(home).not.toContain('Welcome');
  for (const html of [home, pages.home([])])
    expect(html).toContain('<input name="start" type="datetime-local"');
  expect(pages.notFound('fr')).toContain('<html lang="fr">');
  // What the reader has chosen is not known to the server: both languages are there, theirs first.
  for (const [language, other] of [
    ['fr', 'en'],
    ['en', 'fr'],
  ] as const) {
    const html = pages.notFound(language);
    expect(html.indexOf(plainWords(language).missing)).toBeLessThan(
      html.indexOf(`<section lang="${other}">`),
    );
    expect(html).toContain(plainWords(other).missing);
  }
  for (const html of [pages.errors(), pages.plan(new URLSearchParams())])
    expect(html).toContain('<p lang="fr" class="small ash">Cette page n’existe qu’en anglais.</p>');
});

test('right-to-left text is isolated: titles, names, the title of the window, previews', () => {
  const html = pages.room(room({ title: 'שלום עולם!', hosts: ['דנה (מנחה)', 'Ana'] }));
  expect(html).toContain('<h1 dir="auto">שלום עולם!</h1>');
  expect(html).toContain('with <bdi>דנה (מנחה)</bdi>, <bdi>Ana</bdi>');
  expect(html).toContain('<title>\u2068שלום עולם!\u2069</title>');
  expect(html).toContain('property="og:title" content="\u2068שלום עולם!\u2069"');
  expect(pages.home([room({ title: 'מה נשמע?' })])).toContain('<h3 dir="auto">מה נשמע?</h3>');
  expect(pages.studio(room({ title: 'מה נשמע?' }))).toContain('<h1 dir="auto">');
});

test('a link has a picture wherever it is shown', () => {
  expect(pages.home([])).toContain('property="og:image" content="https://e.example/_/card.png"');
  expect(pages.room(room())).toMatch(
    /property="og:image" content="https:\/\/e\.example\/r\/[a-z-]+\/card\.png\?v=[0-9a-f]{12}"/,
  );
  // A stranger learns nothing of a private room.
  expect(pages.room(room({ access: 'private' }))).not.toContain('/card.png?v=');
});

test('previews have absolute addresses with and without a public one, and say what the room is doing', () => {
  const local = openPages({ manifest: {} });
  const at = Date.UTC(2026, 11, 1, 20);
  const tags = (card: RoomCard, now: number, spoken = 'http://10.0.0.7:8080'): Record<string, string> =>
    Object.fromEntries(
      [
        ...local
          .room(card, undefined, 'en', undefined, { now, spoken })
          .matchAll(/<meta property="(og:[a-z:]+)" content="([^"]*)"/g),
      ].map(([, name = '', value = '']) => [name, value]),
    );
  const soon = room({ status: 'scheduled', clocks: { scheduled: at } });
  expect(tags(soon, at - 60_000)).toMatchObject({
    'og:url': 'http://10.0.0.7:8080/r/talk',
    'og:image': expect.stringMatching(/^http:\/\/10\.0\.0\.7:8080\/r\/talk\/card\.png\?v=/),
    'og:image:width': '1200',
    'og:description': expect.stringContaining('Starts'),
  });
  expect(tags(soon, at + 600_000)['og:description']).toContain('Late. Was to begin Tuesday 1 December');
  expect(tags(soon, at + 600_000)['og:image']).not.toBe(tags(soon, at)['og:image']);
  const live = tags(room({ status: 'live', clocks: { firstSpeech: at } }), at);
  expect(live['og:audio']).toBe('http://10.0.0.7:8080/r/talk/radio.mp3');
  const over = tags(room({ status: 'ended', clocks: { firstSpeech: at, ended: at + 4_320_000 } }), at + 9e6);
  expect(over['og:audio']).toBe('http://10.0.0.7:8080/r/talk/replay.m4a');
  expect(over['og:image:alt']).toContain('1 h 12 min, ended');
  // Without any of both, nothing claims to be absolute.
  expect(Object.values(tags(soon, at, '')).filter((value) => value.startsWith('http'))).toEqual([]);
});

test('a break in the middle of a show is not shown as a new start', () => {
  expect(sentence(room({ status: 'open', clocks: { firstSpeech: 1 } }))).toBe(
    'A short break. Music until it resumes.',
  );
});

test('the language is the one with the highest weight, the first among equals, otherwise English', () => {
  for (const accepted of ['fr-FR,fr;q=0.9,en;q=0.8', 'de, fr;q=0.7, en;q=0.3', 'fr', 'fr,en', 'FR-ca'])
    expect(languageOf(accepted)).toBe('fr');
  for (const accepted of ['en-GB,en;q=0.9,fr;q=0.8', 'de', '', 'fr;q=0.2,en', 'fr;q=0', 'en,fr', undefined])
    expect(languageOf(accepted)).toBe('en');
});

test('what is kept about listeners is said in both languages, and every page links to it', () => {
  for (const [language, other] of [
    ['en', 'fr'],
    ['fr', 'en'],
  ] as const) {
    const html = pages.privacy(language);
    expect(html).toContain(`<html lang="${language}">`);
    expect(html).toContain(`<section id="${other}" lang="${other}">`);
    expect(html).not.toContain('<script');
    // The same statements in both: title by title, line by line.
    const [mine = '', others = ''] = html.split('<section id=');
    for (const [here, below] of [
      ['<h2>', '<h3>'],
      ['<ul>', '<ul>'],
      ['<li>', '<li>'],
    ] as const)
      expect(mine.split(here)).toHaveLength(others.split(below).length);
    for (const figure of ['30', '20', 'Global Privacy Control']) expect(mine).toContain(figure);
  }
  for (const html of [pages.home([]), pages.room(room()), pages.notFound(), pages.errors(), pages.privacy()])
    expect(html).toContain('<a href="/privacy">');
});

test('the page of the operator tells everybody what the processes do, in words that are safe, and says when nobody can', () => {
  const told: Operations = {
    ...{ v: 1, at: 5, version: '1', ready: false },
    checks: [
      { part: 'disk', ok: false, says: '<full>' },
      { part: 'site-0', ok: true },
    ],
    processes: [
      {
        name: 'studio-0',
        role: 'studio',
        state: 'up',
        restarts: 3,
        seconds: 7_300,
        memory: 2e8,
        memoryLimit: 1.5e9,
      },
      { name: 'studio-1', role: 'studio', state: 'asleep', restarts: 0 },
    ],
    rooms: [
      {
        ...{ slug: 'hall', live: true, listeners: 1_234, rung: 2, speakers: 3, resting: false, deadAir: 12 },
        ...{ busy: 0.125, process: 'studio-0' },
      },
    ],
    doors: [{ name: 'door-0', connections: 9, streams: 8, wait: 0.0021, admitted: 0.5, putOff: 4 }],
    prefixes: [{ door: 'door-0', name: 'k3<', cost: 0.3, listeners: 0, step: 'wait' }],
    disk: { free: 5e9, size: 9e9 },
    defence: [{ name: 'acts_total', labels: 'step <b>', value: 2 }],
  };
  const page = pages.operate(told);
  for (const said of [
    '&lt;full&gt;',
    '200 MB / 1.5 GB',
    '1,234',
    '12.5%',
    '2.1 ms',
    '50%',
    'acts (step &lt;b&gt;)',
    'k3&lt;',
    '30%',
  ])
    expect([said, page.includes(said)]).toEqual([said, true]);
  expect(page).toContain('<a href="/r/hall">hall</a>');
  expect(page).not.toContain('<full>');
  expect(pages.operate(told, 'fr')).toContain('pas nécessaire');
  expect(pages.operate(undefined)).toContain('cannot be read right now');
});

test('a room that is stopped or kept apart says so on its page, with the reason as text', () => {
  const stopped = room({ status: 'stopped', stopped: { at: 1, reason: 'It <b>broke</b> a rule.' } });
  expect(sentence(stopped)).toBe(
    'The operator of this server has stopped this room: It &lt;b&gt;broke&lt;/b&gt; a rule.',
  );
  expect(pages.room(stopped)).not.toContain('<audio');
  expect(sentence(room({ quarantine: { since: 1, until: 2 } }))).toContain('runs apart');
});

test('without scripts a page says that the host is gone, and who hosts meanwhile', () => {
  const gone = { since: Date.UTC(2026, 0, 5, 20, 14) };
  expect(sentence(room({ hostGone: gone }))).toContain(
    'The host’s connection ended on Monday 5 January at 20:14 UTC; the room stays open.',
  );
  const card = room({ hostGone: { ...gone, to: { id: 'b', name: '<Bea>' } } });
  expect(sentence(card, undefined, plainWords('fr'))).toContain('<bdi>&lt;Bea&gt;</bdi> anime la salle');
  // The state is newer than the card.
  expect(sentence(card, stateOfCard(room(), 0))).not.toContain('host’s connection');
  expect(sentence(room({ status: 'ended', hostGone: gone }))).not.toContain('host’s connection');
});

test('the picture of a clip has an address that other programs can load, with and without a public one', () => {
  const clip = { id: 'c1', from: 0, to: 6_000, title: 'A <b>word</b>', made: 0 };
  const card = room({ status: 'ended' });
  const image = (html: string) => /property="og:image" content="([^"]*)"/.exec(html)?.[1];
  expect(image(pages.clip(card, clip, 'en', 0, 'http://spoken.example'))).toBe(
    `https://e.example/r/${card.slug}/clip/c1.png`,
  );
  const { clip: local } = openPages({ manifest: {} });
  expect(image(local(card, clip, 'en', 0, 'http://127.0.0.1:8080'))).toBe(
    `http://127.0.0.1:8080/r/${card.slug}/clip/c1.png`,
  );
  expect(image(local(card, clip, 'en', 0, 'http://"><script>'))).not.toContain('<script>');
});
