import { networkOf, openAllowance } from '../../base/allowance.ts';
import type { Clock } from '../../base/clock.ts';
import type { ErrorCode } from '../../base/errors.ts';
import type { Incident } from '../incident.ts';
import type { DeskWish, IncidentOutline } from './desk-wish.ts';

/** What the desk needs. */
export interface DeskDeps {
  readonly clock: Clock;
  isOperator(token: string | undefined): Promise<boolean>;
  /** What a token makes of its bearer in a room. */
  whoIs(slug: string, token: string | undefined): Promise<'operator' | 'host' | undefined>;
  /**
   * An incident and where its account begins; undefined when there is none. Rejects while nobody answers. It gathers
   * what everybody said, so it is asked for the operator only.
   */
  read(
    id: string,
    language: 'en' | 'fr',
  ): Promise<{ readonly incident: Incident; readonly draft: string } | undefined>;
  /** All that are held, newest first. Rejects while nobody answers. */
  list(): Promise<readonly IncidentOutline[]>;
  /** The page of the list that a request asks for. */
  page(request: Request, list: readonly IncidentOutline[]): Response;
  /** Writes: 201, or why not. Rejects while nobody answers. */
  write(wish: DeskWish): Promise<Response>;
}

/** Why nothing is done. */
export interface DeskRefusal {
  readonly refused: ErrorCode;
  readonly detail?: string | undefined;
}

/** What an incident is called. */
export const INCIDENT_ID = /^[0-9]{8}-[0-9]{6}b{0,60}$/;
const SLUG = /^[a-z0-9-]{1,64}$/;
/** Whoever reads shares one answer for so long, ms. */
const SHARED_MS = 3_000;
/** Rooms of an incident whose hosts are looked for. */
const MOST_ROOMS = 20;
/** Wrong keys: so many at once, and one more every so often, of each network. Right ones cost nothing. */
const BURST = 30;
const EVERY_MS = 2_000;

/** Who may do what at the desk, and what everybody may read there. */
export interface DeskAsking {
  list(): Promise<readonly IncidentOutline[]>;
  outline(id: string): Promise<IncidentOutline | undefined>;
  write(wish: DeskWish): Promise<Response>;
  wrong(request: Request, otherwise: DeskRefusal): DeskRefusal;
  wishOf(
    request: Request,
    act: DeskWish['act'],
    token: string,
    given: Readonly<Record<string, string | undefined>>,
  ): Promise<DeskWish | DeskRefusal>;
}

/** Opens what the desk asks: keys are looked at first, wrong ones are charged, and readers share one answer. */
export function openAsking(deps: DeskDeps): DeskAsking {
  const allowance = openAllowance(deps.clock, BURST, EVERY_MS);

  let shared: { readonly until: number; readonly list: Promise<readonly IncidentOutline[]> } | undefined;

  /** The list, asked for once every few seconds however many read it; a refusal is shared as well. */
  function list(): Promise<readonly IncidentOutline[]> {
    const now = deps.clock.now() as number;
    if (!shared || now >= shared.until) shared = { until: now + SHARED_MS, list: deps.list() };
    return shared.list;
  }
  const outline = async (id: string): Promise<IncidentOutline | undefined> =>
    (await list()).find((one) => one.id === id);

  async function write(wish: DeskWish): Promise<Response> {
    const done = await deps.write(wish);
    shared = undefined;
    return done;
  }

  /** A key that opens nothing: charged to the network that it came from. */
  function wrong(request: Request, otherwise: DeskRefusal): DeskRefusal {
    const from = request.headers.get('x-forwarded-for');
    const wait = allowance.take(from === null ? '' : networkOf(from));
    return wait === undefined ? otherwise : { refused: 'too-often', detail: `Try again in ${wait} s.` };
  }

  /** Who writes, and whether they may. */
  async function wishOf(
    request: Request,
    act: DeskWish['act'],
    token: string,
    { id, text, title, room }: Readonly<Record<string, string | undefined>>,
  ): Promise<DeskWish | DeskRefusal> {
    if (token === '') return { refused: 'token-missing' };
    if (room !== undefined && !SLUG.test(room)) return { refused: 'room-unknown' };
    const isOperator = await deps.isOperator(token);
    if (act === 'open')
      return isOperator
        ? { act, author: 'operator', title: title ?? '', ...(room === undefined ? {} : { room }) }
        : wrong(request, { refused: 'operator-only' });
    if (id === undefined || !INCIDENT_ID.test(id)) return { refused: 'not-found' };
    if (isOperator)
      return act === 'close'
        ? { act, author: 'operator', id }
        : { act, author: 'operator', id, text: text ?? '' };
    if (act !== 'note') return wrong(request, { refused: 'operator-only' });
    const rooms = (await outline(id))?.rooms ?? [];
    for (const slug of rooms.slice(0, MOST_ROOMS))
      if ((await deps.whoIs(slug, token)) === 'host')
        return { act, author: 'host', room: slug, id, text: text ?? '' };
    return wrong(request, {
      refused: 'not-host',
      detail: 'The link is neither the operator’s nor that of a host of a room in it.',
    });
  }

  return { list, outline, write, wrong, wishOf };
}
