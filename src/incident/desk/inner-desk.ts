import type { Clock } from '../../base/clock.ts';
import { plainText } from '../../base/plain-text.ts';
import { problem, type Reply } from '../../base/reply.ts';
import { ms } from '../../base/time.ts';
import type { Incident } from '../incident.ts';
import type { IncidentBook, IncidentLine } from '../incident-book.ts';
import { draftOf } from '../postmortem/draft.ts';
import type { PressWriter } from '../publish/press-writer.ts';
import { incidentWords } from '../words/sentences.ts';
import {
  type DeskWish,
  type IncidentOutline,
  MOST_ACCOUNT,
  MOST_INCIDENT_NOTE,
  MOST_TITLE,
} from './desk-wish.ts';

/** What writing needs. */
export interface InnerDeskDeps {
  readonly clock: Clock;
  readonly book: IncidentBook;
  readonly publisher: Pick<PressWriter, 'changed' | 'publish' | 'dossier'>;
  /** Writes lines down; `what` is told to others. */
  wrote(lines: readonly IncidentLine[], wish: DeskWish): void;
}

const PREFIX = '/desk';
/** Whoever has written waits so long for the page; it is written down already. */
const PAGE_WAIT = ms(1_000);
const MOST_BODY = 256 * 1024;

const answered = ({ status, headers, body }: Reply): Response =>
  new Response(String(body), { status, headers });
const refused = (detail: string): Response => answered(problem('unprocessable', detail));

function outlineOf(incident: Incident): IncidentOutline {
  const { minutes: _, notes: __, postmortems: ___, clients: ____, requests: _____, ...outline } = incident;
  return outline;
}

/** An account keeps its lines; everything else that is not text is dropped. */
function accountText(text: string): string | undefined {
  const tidy = text
    .normalize('NFC')
    .replace(/\r\n?/g, '\n')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is dropped
    .replace(/[\u0000-\u0008\u000b-\u001f\u007f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g, '')
    .trim();
  return tidy === '' || [...tidy].length > MOST_ACCOUNT || !tidy.isWellFormed() ? undefined : tidy;
}

/**
 * Answers `/desk…` for this machine's own programs: GET lists incidents, or gives one with a draft of its account; POST
 * writes. Undefined for any other address. Who may write is decided before.
 */
export function openInnerDesk(deps: InnerDeskDeps): (request: Request) => Promise<Response> | undefined {
  const { clock, book, publisher } = deps;

  function lines(wish: DeskWish): readonly IncidentLine[] | Response {
    const now = clock.wall();
    const { author } = wish;
    if (wish.act === 'open') {
      const title = plainText(wish.title, MOST_TITLE);
      if (title === undefined) return refused(`title: use 1 to ${MOST_TITLE} characters`);
      const line = book.opened(title, now, wish.room);
      return line
        ? [line]
        : answered(problem('too-many-changes', 'This incident has too many signs already.'));
    }
    if (!book.get(wish.id)) return answered(problem('not-found', 'There is no such incident.'));
    if (wish.act === 'note') {
      const text = plainText(wish.text, MOST_INCIDENT_NOTE);
      if (text === undefined) return refused(`text: use 1 to ${MOST_INCIDENT_NOTE} characters`);
      const { room } = wish;
      const line = book.note(wish.id, { at: now, author, text, ...(room === undefined ? {} : { room }) });
      return line
        ? [line]
        : answered(problem('too-many-changes', 'This incident has as many notes as it can have.'));
    }
    if (wish.act === 'close') {
      const ended = book.closed(wish.id, now);
      return ended.length > 0
        ? ended
        : answered(
            problem(
              'wrong-moment',
              'No person has opened it, or it is closed: what is measured ends by itself.',
            ),
          );
    }
    const text = accountText(wish.text);
    if (text === undefined) return refused(`text: use 1 to ${MOST_ACCOUNT} characters`);
    const line = book.postmortem(wish.id, { at: now, author, text });
    return line
      ? [line]
      : answered(problem('too-many-changes', 'This account has as many versions as it can have.'));
  }

  /** Resolves when the page is there, or soon: gathering what everybody said can take longer. */
  async function published(): Promise<void> {
    const late = Promise.withResolvers<void>();
    using _ = clock.after(PAGE_WAIT, late.resolve);
    await Promise.race([publisher.publish(), late.promise]);
  }

  async function write(request: Request): Promise<Response> {
    const text = await request.text();
    if (text.length > MOST_BODY) return answered(problem('too-large'));
    const wish = JSON.parse(text) as DeskWish;
    const done = lines(wish);
    if (done instanceof Response) return done;
    deps.wrote(done, wish);
    const [{ id }] = done as [IncidentLine];
    publisher.changed(id);
    await published();
    return Response.json({ id }, { status: 201 });
  }

  async function read(id: string, language: 'en' | 'fr'): Promise<Response> {
    const dossier = await publisher.dossier(id);
    if (!dossier) return answered(problem('not-found', 'There is no such incident.'));
    const words = incidentWords(language);
    const { incident } = dossier;
    return Response.json({ incident, draft: draftOf(dossier, words, clock.wall()) });
  }

  return (request) => {
    const { pathname, searchParams } = new URL(request.url);
    if (pathname !== PREFIX && !pathname.startsWith(`${PREFIX}/`)) return undefined;
    const id = pathname.slice(PREFIX.length + 1);
    if (request.method === 'POST') return write(request);
    if (id !== '') return read(id, searchParams.get('language') === 'fr' ? 'fr' : 'en');
    return Promise.resolve(Response.json({ incidents: book.list().map(outlineOf) }));
  };
}
