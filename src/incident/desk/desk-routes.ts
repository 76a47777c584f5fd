import { isUtf8 } from 'node:buffer';
import { ERRORS } from '../../base/errors.ts';
import { languageOf } from '../../base/negotiation.ts';
import { problem } from '../../base/reply.ts';
import { mediaTypeOf, parseJson, readBody } from '../../http/index.ts';
import { incidentWords } from '../words/sentences.ts';
import { type DeskDeps, type DeskRefusal, INCIDENT_ID, openAsking } from './desk-asking.ts';
import { deskPage } from './desk-page.ts';
import { type DeskWish, MOST_ACCOUNT } from './desk-wish.ts';

const PAGE = '/operate/incidents';
const API = '/api/incidents';
const ACTS: Readonly<Record<string, DeskWish['act']>> = {
  notes: 'note',
  close: 'close',
  postmortem: 'postmortem',
};
/** An account of 30,000 characters, each nine bytes in a form. */
const MOST_BODY = 300_000;
/** A form that is longer is read up to here, so that what fits can be kept; the door takes no more. */
const MOST_FORM = 600_000;
const HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy':
    "default-src 'none'; style-src 'self'; font-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  'cache-control': 'no-store',
  vary: 'accept-language',
} as const;

/** The key in a pasted text: what follows `#operator=` or the like in a link, or all of it. */
const keyIn = (text: string): string => text.trim().replace(/^.*#(?:[a-z]+=)?/s, '');

const isRefused = (value: object): value is DeskRefusal => 'refused' in value;
const refusal = ({ refused, detail }: DeskRefusal, allow?: string): Response => {
  const code = ERRORS[refused].status;
  const { status, headers, body } = problem(refused, detail, {
    ...(code === 429 ? { 'retry-after': '2' } : {}),
    ...(code === 503 ? { 'retry-after': '10' } : {}),
    ...(allow === undefined ? {} : { allow }),
  });
  return new Response(String(body), { status, headers });
};

/** The methods that an address of the API takes. */
const methodsOf = (id: string | undefined, step: string | undefined): readonly string[] => {
  if (step !== undefined) return ['POST'];
  return id === undefined ? ['GET', 'HEAD', 'POST'] : ['GET', 'HEAD'];
};

const FIELDS: readonly string[] = ['text', 'title', 'room'];
const STRANGE = `Send texts with the names ${FIELDS.join(', ')}.`;
/** The fields of a body; undefined when there is another one, or one that is no text. */
const fieldsIn = (value: object): Record<string, string> | undefined => {
  const fields = Object.entries(value);
  const known = fields.every(([name, one]) => FIELDS.includes(name) && typeof one === 'string');
  return known ? (Object.fromEntries(fields) as Record<string, string>) : undefined;
};
/** The text of a request. */
async function bodyOf(request: Request, most: number): Promise<string | DeskRefusal> {
  const read = await readBody(request.body, request.headers.get('content-length'), most);
  if (read === 'too-large') return { refused: 'too-large' };
  return read === 'broken-off' || !isUtf8(read) ? { refused: 'bad-request' } : read.toString('utf8');
}

/** Opens the desk: forms and an API with which the operator, and hosts, write about incidents. Undefined for other paths. */
export function openDesk(deps: DeskDeps): (request: Request) => Promise<Response> | undefined {
  const { list, outline, write, wrong, wishOf } = openAsking(deps);

  async function api(request: Request, steps: readonly string[]): Promise<Response> {
    const [id, step] = steps;
    const token = /^Bearer ([\w.~+/=-]+)$/i.exec(request.headers.get('authorization') ?? '')?.[1] ?? '';
    const act = id === undefined ? 'open' : ACTS[step ?? ''];
    const isRead = request.method === 'GET' || request.method === 'HEAD';
    if (act === undefined && step !== undefined) return refusal({ refused: 'not-found' });
    const allow = methodsOf(id, step);
    if (!allow.includes(request.method)) return refusal({ refused: 'method-not-allowed' }, allow.join(', '));
    if (isRead) {
      if (id === undefined) return deps.page(request, await list());
      if (!INCIDENT_ID.test(id)) return refusal({ refused: 'not-found' });
      // What everybody may read is a file of the press, which asks nobody.
      if (token === '')
        return new Response(null, { status: 307, headers: { location: `/incidents/${id}.json` } });
      if (!(await deps.isOperator(token))) return refusal(wrong(request, { refused: 'operator-only' }));
      const found = await deps.read(id, 'en');
      const headers = { 'cache-control': 'no-store' };
      return found ? Response.json(found, { headers }) : refusal({ refused: 'not-found' });
    }
    if (act === undefined) return refusal({ refused: 'not-found' });
    // A form on another site needs no leave to send; JSON does, and gets none.
    if (mediaTypeOf(request.headers.get('content-type')) !== 'application/json')
      return refusal({ refused: 'unsupported-media-type', detail: 'Send application/json.' });
    const text = await bodyOf(request, MOST_BODY);
    if (typeof text !== 'string') return refusal(text);
    let value: unknown;
    try {
      value = parseJson(text);
    } catch {
      return refusal({ refused: 'bad-request', detail: 'This is no JSON.' });
    }
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      return refusal({ refused: 'unprocessable', detail: 'Send an object.' });
    const given = fieldsIn(value);
    if (!given) return refusal({ refused: 'unprocessable', detail: STRANGE });
    const wish = await wishOf(request, act, token, { ...given, ...(id === undefined ? {} : { id }) });
    return isRefused(wish) ? refusal(wish) : write(wish);
  }

  async function page(request: Request): Promise<Response> {
    const language = languageOf(request.headers.get('accept-language') ?? undefined);
    const words = incidentWords(language);
    const { searchParams } = new URL(request.url);
    const show = async (
      id: string | null | undefined,
      sent?: URLSearchParams,
      refused?: string,
      status = 200,
    ) => {
      const about = id && INCIDENT_ID.test(id) ? await outline(id) : undefined;
      if (id && !about) return refusal({ refused: 'not-found' });
      const html = deskPage({ words, about, sent, refused, now: deps.clock.wall() });
      return new Response(html, { status, headers: HEADERS });
    };
    if (request.method === 'GET' || request.method === 'HEAD') return show(searchParams.get('id'));
    const text = await bodyOf(request, MOST_FORM);
    if (typeof text !== 'string') return refusal(text);
    const sent = new URLSearchParams(text);
    const id = sent.get('act') === 'open' ? undefined : sent.get('id');
    if (text.length > MOST_BODY) {
      const { status, title } = ERRORS['too-large'];
      sent.set('text', [...(sent.get('text') ?? '')].slice(0, MOST_ACCOUNT).join(''));
      return show(id, sent, title, status);
    }
    const key = keyIn(sent.get('key') ?? '');
    // The button of a form that has an act already.
    if (sent.getAll('act').includes('draft')) {
      const refused: DeskRefusal | undefined =
        key === ''
          ? { refused: 'token-missing' }
          : (await deps.isOperator(key))
            ? undefined
            : wrong(request, { refused: 'operator-only' });
      if (refused)
        return show(
          id,
          sent,
          refused.detail ?? ERRORS[refused.refused].title,
          ERRORS[refused.refused].status,
        );
      const found = id && INCIDENT_ID.test(id) ? await deps.read(id, language) : undefined;
      if (!found) return refusal({ refused: 'not-found' });
      const facts = found.incident.postmortems.at(-1)?.text ?? found.draft;
      sent.set('text', [sent.get('text') ?? '', facts].filter((one) => one !== '').join('\n\n'));
      return show(id, sent);
    }
    const act = [...Object.values(ACTS), 'open' as const].find((one) => one === sent.get('act'));
    if (act === undefined) return refusal({ refused: 'bad-request' });
    const given = Object.fromEntries([...sent].filter(([, value]) => value !== ''));
    const wish = await wishOf(request, act, key, given);
    if (isRefused(wish))
      return show(id, sent, wish.detail ?? ERRORS[wish.refused].title, ERRORS[wish.refused].status);
    const done = await write(wish);
    const answer = (await done.json()) as { id?: string; title?: string; detail?: string };
    if (done.status !== 201) return show(id, sent, answer.detail ?? answer.title ?? '', done.status);
    return new Response(null, {
      status: 303,
      headers: { location: `/incidents/${answer.id}`, 'cache-control': 'no-store' },
    });
  }

  return (request) => {
    const { pathname } = new URL(request.url);
    const isApi = pathname === API || pathname.startsWith(`${API}/`);
    if (!isApi && pathname !== PAGE) return undefined;
    const steps = pathname
      .slice(API.length + 1)
      .split('/')
      .filter((one) => one !== '');
    return (isApi ? api(request, steps) : page(request)).catch(() => refusal({ refused: 'tally-away' }));
  };
}
