import { openAllowance } from '../../base/allowance.ts';
import type { Clock } from '../../base/clock.ts';
import { ERRORS, type ErrorCode } from '../../base/errors.ts';
import { languageOf } from '../../base/negotiation.ts';
import { problem } from '../../base/reply.ts';
import { mediaTypeOf, readBody } from '../../http/index.ts';
import type { Incident } from '../incident.ts';
import { incidentWords } from '../words/sentences.ts';
import { deskPage } from './desk-page.ts';
import type { DeskWish } from './desk-wish.ts';

/** What the desk needs. */
export interface DeskDeps {
  readonly clock: Clock;
  isOperator(token: string | undefined): Promise<boolean>;
  /** What a token makes of its bearer in a room. */
  whoIs(slug: string, token: string | undefined): Promise<'operator' | 'host' | undefined>;
  /** An incident and where its account begins; undefined when there is none. Rejects while nobody answers. */
  read(
    id: string,
    language: 'en' | 'fr',
  ): Promise<{ readonly incident: Incident; readonly draft: string } | undefined>;
  /** All that are held, newest first. Rejects while nobody answers. */
  list(): Promise<readonly Incident[]>;
  /** Writes: 201, or why not. Rejects while nobody answers. */
  write(wish: DeskWish): Promise<Response>;
}

interface DeskRefusal {
  readonly refused: ErrorCode;
  readonly detail?: string;
}

const PAGE = '/operate/incidents';
const API = '/api/incidents';
const ID = /^[0-9]{8}-[0-9]{6}b{0,60}$/;
const SLUG = /^[a-z0-9-]{1,64}$/;
const ACTS: Readonly<Record<string, DeskWish['act']>> = {
  notes: 'note',
  close: 'close',
  postmortem: 'postmortem',
};
const MOST_BODY = 128 * 1024;
/** Rooms of an incident whose hosts are looked for. */
const MOST_ROOMS = 20;
/** Keys that are tried: so many at once, and one more every so often, of everybody together. */
const BURST = 30;
const EVERY_MS = 2_000;
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
const refusal = ({ refused, detail }: DeskRefusal): Response => {
  const { status, headers, body } = problem(refused, detail);
  return new Response(String(body), { status, headers });
};

/** Opens the desk: forms and an API with which the operator, and hosts, write about incidents. Undefined for other paths. */
export function openDesk(deps: DeskDeps): (request: Request) => Promise<Response> | undefined {
  const allowance = openAllowance(deps.clock, BURST, EVERY_MS);

  async function bodyOf(request: Request): Promise<string | DeskRefusal> {
    const read = await readBody(request.body, request.headers.get('content-length'), MOST_BODY);
    if (read === 'too-large') return { refused: 'too-large' };
    return read === 'broken-off' ? { refused: 'bad-request' } : read.toString('utf8');
  }

  /** Who writes, and whether they may. */
  async function wishOf(
    act: DeskWish['act'],
    token: string,
    { id, text, title, room }: Readonly<Record<string, string | undefined>>,
  ): Promise<DeskWish | DeskRefusal> {
    const wait = allowance.take('all');
    if (wait !== undefined) return { refused: 'too-often', detail: `Try again in ${wait} s.` };
    if (token === '') return { refused: 'token-missing' };
    if (room !== undefined && !SLUG.test(room)) return { refused: 'room-unknown' };
    const isOperator = await deps.isOperator(token);
    if (act === 'open')
      return isOperator
        ? { act, author: 'operator', title: title ?? '', ...(room === undefined ? {} : { room }) }
        : { refused: 'operator-only' };
    if (id === undefined || !ID.test(id)) return { refused: 'not-found' };
    if (isOperator)
      return act === 'close'
        ? { act, author: 'operator', id }
        : { act, author: 'operator', id, text: text ?? '' };
    if (act !== 'note') return { refused: 'operator-only' };
    const rooms = (await deps.read(id, 'en'))?.incident.rooms ?? [];
    for (const slug of rooms.slice(0, MOST_ROOMS))
      if ((await deps.whoIs(slug, token)) === 'host')
        return { act, author: 'host', room: slug, id, text: text ?? '' };
    return {
      refused: 'not-host',
      detail: 'The link is neither the operator’s nor that of a host of a room in it.',
    };
  }

  async function api(request: Request, steps: readonly string[]): Promise<Response> {
    const [id, step] = steps;
    if (request.method === 'GET') {
      if (id === undefined) return Response.json({ incidents: await deps.list() });
      const found = step === undefined && ID.test(id) ? await deps.read(id, 'en') : undefined;
      return found ? Response.json(found) : refusal({ refused: 'not-found' });
    }
    const act = id === undefined ? 'open' : ACTS[step ?? ''];
    if (request.method !== 'POST' || act === undefined) return refusal({ refused: 'not-found' });
    // A form on another site needs no leave to send; JSON does, and gets none.
    if (mediaTypeOf(request.headers.get('content-type')) !== 'application/json')
      return refusal({ refused: 'unsupported-media-type', detail: 'Send application/json.' });
    const text = await bodyOf(request);
    if (typeof text !== 'string') return refusal(text);
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      return refusal({ refused: 'bad-request', detail: 'This is no JSON.' });
    }
    const given: Record<string, string> = {};
    for (const name of ['text', 'title', 'room'] as const) {
      const one = (value as Record<string, unknown> | null)?.[name];
      if (typeof one === 'string') given[name] = one;
    }
    const token = /^Bearer ([\w.~+/=-]+)$/i.exec(request.headers.get('authorization') ?? '')?.[1] ?? '';
    const wish = await wishOf(act, token, { ...given, ...(id === undefined ? {} : { id }) });
    return isRefused(wish) ? refusal(wish) : deps.write(wish);
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
      const about = id && ID.test(id) ? await deps.read(id, language) : undefined;
      if (id && !about) return refusal({ refused: 'not-found' });
      const html = deskPage({ words, about, sent, refused, now: deps.clock.wall() });
      return new Response(html, { status, headers: HEADERS });
    };
    if (request.method === 'GET' || request.method === 'HEAD') return show(searchParams.get('id'));
    const text = await bodyOf(request);
    if (typeof text !== 'string') return refusal(text);
    const sent = new URLSearchParams(text);
    const act = [...Object.values(ACTS), 'open' as const].find((one) => one === sent.get('act'));
    if (act === undefined) return refusal({ refused: 'bad-request' });
    const given = Object.fromEntries([...sent].filter(([, value]) => value !== ''));
    const wish = await wishOf(act, keyIn(sent.get('key') ?? ''), given);
    const id = act === 'open' ? undefined : sent.get('id');
    if (isRefused(wish))
      return show(id, sent, wish.detail ?? ERRORS[wish.refused].title, ERRORS[wish.refused].status);
    const done = await deps.write(wish);
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
