import { readFile } from 'node:fs/promises';
import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import { languageOf, type PageLanguage } from '../base/negotiation.ts';
import { problem } from '../base/reply.ts';
import { ms } from '../base/time.ts';
import { find } from '../http/index.ts';
import { type Entry, openJournal, readEntries } from '../journal/index.ts';
import type { MessageHead } from '../wire/feed.ts';
import { AudienceWatch } from './audience-watch.ts';
import { IncidentBook, type IncidentLine } from './incident-book.ts';
import { incidentFeed, incidentMain, listMain } from './page/incident-pages.ts';
import { type ProcessNews, SignWatch } from './sign-watch.ts';
import { incidentWords } from './words/sentences.ts';

/** What incidents need. */
export interface IncidentsDeps {
  readonly clock: Clock;
  readonly log: Log;
  /** The journal of incidents. */
  readonly path: string;
  /** The address of this server, without a slash at its end; undefined: that of each request. */
  readonly publicUrl?: string | undefined;
  /** A whole page around its main part. */
  page(
    language: PageLanguage,
    head: { readonly title: string; readonly about: string; readonly path: string },
    main: string,
  ): Promise<string>;
}

/** The open part. */
export interface Incidents extends AsyncDisposable {
  /** Takes what the site, the cells and the counting say; anything else is ignored. */
  receive(head: MessageHead): void;
  /** Takes what the supervisor says of processes. */
  process(news: ProcessNews): void;
  /** Answers the addresses of incidents; undefined for others. */
  fetch(request: Request): Promise<Response> | undefined;
}

const TICK = ms(1_000);
const MAX_BYTES = 16 * 1024 * 1024;
const MAX_WAITING = 4_096;
/** A sign that still lasted when this process ended is looked for again for so long. */
const LOOK_AGAIN = ms(30_000);
const HTML = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy':
    "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'",
  'cache-control': 'public, max-age=10',
  vary: 'accept-language',
} as const;
const OURS: ReadonlySet<string | undefined> = new Set([
  ...['incidents', 'incident', 'incident-file', 'incidents-feed'],
]);

/** Opens the part: reads what was written down before, and goes on from there. */
export async function open(deps: IncidentsDeps): Promise<Incidents> {
  const { clock, log } = deps;
  const book = new IncidentBook();
  for (const line of readEntries<IncidentLine>(await readFile(deps.path, 'utf8').catch(() => '')))
    book.restore(line);
  book.restored();
  const journal = openJournal({
    ...{ path: deps.path, maxBytes: MAX_BYTES, maxWaiting: MAX_WAITING, keepsOlder: true },
    failed: (error, lost) =>
      log.warn(
        { error: String(error), lost },
        'incidents could not be written into their journal: they are published, but a restart forgets them',
      ),
  });
  const write = (line: IncidentLine | undefined): void => {
    if (line) journal.write(line as unknown as Entry);
  };
  const audience = new AudienceWatch();
  const watch = new SignWatch({
    began(key, sign) {
      const isNew = book.current === undefined;
      const line = book.began(key, sign);
      if (isNew && line) {
        audience.begin();
        log.warn(
          { id: line.id, sign: sign.kind, room: sign.room, detail: sign.detail },
          'an incident has begun: what is measured of it is published under /incidents',
        );
      }
      write(line);
    },
    ended: (key, to) => write(book.ended(key, to)),
  });
  if (book.current) audience.begin();
  const left = book.openKeys;
  const lookedAgain = clock.after(LOOK_AGAIN, () => {
    for (const key of left) if (!watch.lasts(key)) write(book.ended(key, clock.wall()));
  });
  const ticking = clock.every(TICK, () => {
    const wall = clock.wall();
    audience.tick(wall);
    watch.tick(wall);
    const line = book.settle(wall, audience.since());
    write(line);
    if (line) log.info({ id: line.id }, 'the incident is over');
  });

  const answer = async (
    id: string | undefined,
    path: string,
    language: PageLanguage,
    base: string,
  ): Promise<Response> => {
    const words = incidentWords(language);
    const now = clock.wall();
    const shell = async (title: string, main: string): Promise<Response> =>
      new Response(await deps.page(language, { title, about: words.about, path }, main), { headers: HTML });
    if (id === 'incidents') return shell(words.title, listMain(book.list(), words, now));
    if (id === 'incidents-feed')
      return new Response(incidentFeed(book.list(), incidentWords('en'), base, now), {
        headers: {
          'content-type': 'application/atom+xml; charset=utf-8',
          'cache-control': 'public, max-age=10',
        },
      });
    const name = path.slice('/incidents/'.length).replace(/\.json$/, '');
    const found = book.get(name);
    if (!found) {
      const { status, headers, body } = problem('not-found');
      return new Response(String(body), { status, headers });
    }
    if (id === 'incident-file')
      return Response.json(found, { headers: { 'cache-control': 'public, max-age=5' } });
    return shell(`${words.title}: ${name}`, incidentMain(found, words, now));
  };

  return {
    receive(head) {
      const wall = clock.wall();
      if (head.kind === 'rooms' || head.kind === 'room-changes') {
        for (const card of head.rooms) watch.card(card, wall);
      } else if (head.kind === 'state') watch.state(head.slug, head.state, wall);
      else if (head.kind === 'numbers') {
        watch.numbers(head.slug, head.numbers, wall);
        audience.numbers(head.slug, head.numbers);
      }
    },
    process: (news) => watch.process(news),
    fetch(request) {
      const { pathname, origin } = new URL(request.url);
      const id = find(pathname)?.address.id;
      if (!OURS.has(id)) return undefined;
      const language = languageOf(request.headers.get('accept-language') ?? undefined);
      return answer(id, pathname, language, deps.publicUrl ?? origin);
    },
    async [Symbol.asyncDispose]() {
      ticking[Symbol.dispose]();
      lookedAgain[Symbol.dispose]();
      await journal[Symbol.asyncDispose]();
    },
  };
}
