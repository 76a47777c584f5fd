import { readFile } from 'node:fs/promises';
import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import { exposition } from '../base/metrics.ts';
import { ms } from '../base/time.ts';
import { type Entry, olderPart, openJournal, readEntries } from '../journal/index.ts';
import type { Verdict } from '../verdict/index.ts';
import type { MessageHead } from '../wire/feed.ts';
import { AudienceWatch } from './audience-watch.ts';
import { openInnerDesk } from './desk/inner-desk.ts';
import { IncidentBook, type IncidentLine } from './incident-book.ts';
import { readIncidentLine } from './incident-line.ts';
import { MinuteWatch } from './minutes/minute-watch.ts';
import { PressWriter, type PressWriterDeps } from './publish/press-writer.ts';
import { RequestJudging, type RequestJudgingDeps } from './request-judging.ts';
import { type ProcessNews, type SignOutlet, SignWatch } from './sign-watch.ts';
import { type WebhookEvent, Webhooks, type WebhooksDeps } from './webhook/webhooks.ts';
import { fiveSentences, incidentWords } from './words/sentences.ts';

/** What incidents need. */
export interface IncidentsDeps extends PressWriterDeps, Pick<RequestJudgingDeps, 'requests'> {
  readonly clock: Clock;
  readonly log: Log;
  /** The journal of incidents. */
  readonly path: string;
  /** A running room whose state is not told for so long, ms, has no studio; default: that is not looked at. */
  readonly stateWithin?: number;
  /** Who is told, and the key that signs it; default: nobody. */
  readonly webhooks?: Pick<WebhooksDeps, 'urls' | 'key' | 'post'> & Partial<Pick<WebhooksDeps, 'clock'>>;
}

/** The open part. */
export interface Incidents extends AsyncDisposable {
  /** Takes what the site, the cells, the doors and the counting say; anything else is ignored. */
  receive(head: MessageHead): void;
  /** Takes what the supervisor says of processes. */
  process(news: ProcessNews): void;
  /** Takes what requests support that have risen; undefined: they are as usual again. */
  judged(found: Verdict | undefined): void;
  /** Answers this machine's own programs about incidents; undefined for other addresses. */
  fetch(request: Request): Promise<Response> | undefined;
  /** Resolves when everything that was told so far is published. */
  publish(): Promise<void>;
  metrics(): string;
}

const TICK = ms(1_000);
const MAX_BYTES = 16 * 1024 * 1024;
const MAX_WAITING = 4_096;
/** A sign that still lasted when this process ended is looked for again for so long. */
const LOOK_AGAIN = ms(30_000);

/** Opens the part: reads what was written down before, and goes on from there. */
export async function open(deps: IncidentsDeps): Promise<Incidents> {
  const { clock, log } = deps;
  const book = await restoredBook(deps.path, log);
  const journal = openJournal({
    ...{ path: deps.path, maxBytes: MAX_BYTES, maxWaiting: MAX_WAITING, keepsOlder: true },
    failed: (error, lost) =>
      log.warn(
        { error: String(error), lost },
        'incidents could not be written into their journal: they are published, but a restart forgets them',
      ),
  });
  const publisher = new PressWriter(book, deps);
  const webhooks = new Webhooks({ ...{ clock, log, urls: [], key: '' }, ...deps.webhooks });
  /** Tells the receivers, once the page that they may look at is there. */
  const tell = async (event: WebhookEvent['event'], id: string): Promise<void> => {
    await publisher.publish();
    const dossier = await publisher.dossier(id);
    if (!dossier) return;
    const { label, window, rooms } = dossier.incident;
    const at = clock.wall();
    webhooks.tell({
      ...{ v: 1, event, at, id, label, window, rooms, url: `${deps.base ?? ''}/incidents/${id}` },
      sentences: fiveSentences(dossier, incidentWords('en'), at),
    });
  };
  const write = (line: IncidentLine | undefined): void => {
    if (!line) return;
    journal.write(line as unknown as Entry);
    publisher.changed(line.id);
  };
  const audience = new AudienceWatch();
  const minutes = new MinuteWatch();
  const begun = (id: string): void => {
    audience.begin();
    write(book.minutes(minutes.past));
    void tell('began', id);
    log.warn({ id }, 'an incident has begun: what is measured of it is published under /incidents');
  };
  const outlet: SignOutlet = {
    began(key, sign) {
      const isNew = book.current === undefined;
      const line = book.began(key, sign);
      write(line);
      if (isNew && line) begun(line.id);
    },
    ended: (key, to) => write(book.ended(key, to)),
  };
  const watch = new SignWatch(outlet, deps.stateWithin);
  const judging = new RequestJudging({
    ...{ clock, log, book, write, changed: (id: string) => publisher.changed(id) },
    ...(deps.requests ? { requests: deps.requests } : {}),
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
    const minute = minutes.tick(wall, audience.now);
    if (minute) write(book.minutes([minute]));
    const line = book.settle(wall, audience.since());
    write(line);
    if (line) {
      log.info({ id: line.id }, 'the incident is over');
      void tell('over', line.id);
    }
    judging.tick(wall, line?.id);
    publisher.tick();
  });
  const desk = openInnerDesk({
    ...{ clock, book, publisher },
    wrote(lines, wish) {
      for (const line of lines) write(line);
      if (wish.act === 'open' && book.current?.signs.length === 1) begun(book.current.id);
      else if (wish.act === 'note' || wish.act === 'postmortem') void tell(wish.act, wish.id);
    },
  });
  publisher.changed(undefined);

  return {
    receive(head) {
      const wall = clock.wall();
      if (head.kind === 'rooms' || head.kind === 'room-changes') {
        for (const card of head.rooms) watch.card(card, wall);
      } else if (head.kind === 'state') {
        watch.state(head.slug, head.state, wall);
        minutes.rung(head.state.delivery.rung);
      } else if (head.kind === 'answers') minutes.answers(head.door, head.life, head.answers, wall);
      else if (head.kind === 'numbers') {
        watch.numbers(head.slug, head.numbers, wall);
        audience.numbers(head.slug, head.numbers);
      }
    },
    process: (news) => watch.process(news),
    judged(found) {
      watch.requests(found, clock.wall());
      judging.found(found);
    },
    fetch: (request) => desk(request),
    publish: () => publisher.publish(),
    metrics: () => metricsOf(book, publisher, webhooks),
    async [Symbol.asyncDispose]() {
      ticking[Symbol.dispose]();
      lookedAgain[Symbol.dispose]();
      await judging[Symbol.asyncDispose]();
      await publisher.publish();
      publisher[Symbol.dispose]();
      webhooks[Symbol.dispose]();
      await journal[Symbol.asyncDispose]();
    },
  };
}

/** All that was written down before. */
async function restoredBook(journal: string, log: Log): Promise<IncidentBook> {
  const book = new IncidentBook();
  let damaged = 0;
  // A full journal goes on in a new file: what began before is in the older one.
  for (const path of [olderPart(journal), journal])
    for (const entry of readEntries<unknown>(await readFile(path, 'utf8').catch(() => ''))) {
      const line = readIncidentLine(entry);
      if (line) book.restore(line);
      else damaged += 1;
    }
  book.restored();
  if (damaged > 0)
    log.warn(
      { path: journal, damaged },
      'the journal of incidents has lines that are none: they are left out, and everything else is there',
    );
  return book;
}

/** What is told of incidents, as Prometheus text. */
function metricsOf(book: IncidentBook, publisher: PressWriter, webhooks: Webhooks): string {
  return exposition([
    {
      name: 'earshot_incident_going_on',
      kind: 'gauge',
      help: '1 while an incident lasts, as /incidents shows it',
      value: book.current ? 1 : 0,
    },
    {
      name: 'earshot_incident_pages_written_total',
      kind: 'counter',
      help: 'Files about incidents that were written for the press',
      value: publisher.changes,
    },
    {
      name: 'earshot_incident_pages_failed_total',
      kind: 'counter',
      help: 'Times that pages about incidents could not be written; the old ones stay',
      value: publisher.failures,
    },
    {
      name: 'earshot_incident_webhooks_total',
      kind: 'counter',
      help: 'News of incidents that receivers took, and that was given up',
      value: Object.entries(webhooks.counts).map(([outcome, n]) => [{ outcome }, n] as const),
    },
  ]);
}
