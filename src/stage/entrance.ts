import { isUtf8 } from 'node:buffer';
import type { Context } from 'hono';
import type { Clock } from '../base/clock.ts';
import type { ErrorCode } from '../base/errors.ts';
import { problem } from '../base/reply.ts';
import { mediaTypeOf, readBody } from '../http/index.ts';
import { deviceOf } from '../keys/device-hash.ts';
import { bearer, bearerTrouble, type Grant, type Tokens } from '../keys/token.ts';
import type { RefusalFacts } from '../wire/refusal-facts.ts';
import { DEVICE_HEADER, DEVICE_KEY } from '../wire/stage/hands.ts';
import type { LinkAllowance } from './allowance.ts';

import type { Room } from './room.ts';
import { type IceServer, iceLinks } from './signalling/ice-servers.ts';

/** An admitted person, or the response that refuses them. */
export type Admitted = { readonly grant: Grant; readonly room: Room } | Response;

/** Dependencies of letting people in. */
export interface EntranceDeps {
  readonly rooms: (slug: string) => Room | undefined;
  readonly tokens: Tokens;
  readonly iceServers: readonly IceServer[];
  readonly clock: Clock;
  /** The name of the rule that a text of somebody on stage breaks; absent: there are no rules. */
  brokenRule?(slug: string, text: string): string | undefined;
}

/** Lets people with a link into their room's stage. */
export class Entrance {
  readonly #deps: EntranceDeps;

  constructor(deps: EntranceDeps) {
    this.#deps = deps;
  }

  /** The name of the rule that a text breaks in a room. */
  brokenRule(slug: string, text: string): string | undefined {
    return this.#deps.brokenRule?.(slug, text);
  }

  /** What the request's link permits, or why nothing. Our own pages say which device it is, for bans. */
  async granted(context: Context): Promise<Grant | ErrorCode> {
    const authorization = context.req.header('authorization');
    const grant = await this.#deps.tokens.check(bearer(authorization), context.req.param('slug'));
    const key = context.req.header(DEVICE_HEADER);
    if (typeof grant === 'string' || grant.device !== undefined || key === undefined) return grant;
    return DEVICE_KEY.test(key) ? { ...grant, device: deviceOf(grant.slug, key) } : grant;
  }

  /** Admits a request with a link of this room, unless it comes too often. `absent` answers while the room is not open. */
  async enter(
    context: Context,
    allowance?: LinkAllowance,
    absent = () => refuse('room-not-open'),
  ): Promise<Admitted> {
    const grant = await this.granted(context);
    if (typeof grant === 'string')
      return refuse(
        grant,
        grant.startsWith('token-') ? bearerTrouble(context.req.header('authorization')) : undefined,
      );
    const wait = allowance?.spend(`${grant.slug} ${grant.speaker}`, this.#deps.clock.now());
    if (wait !== undefined) return refuse('too-often', undefined, { 'retry-after': String(wait) });
    const room = this.room(grant);
    return room ? { grant, room } : absent();
  }

  /** The room of a link; undefined while it is not open. */
  room({ slug }: Grant): Room | undefined {
    return this.#deps.rooms(slug);
  }

  /** Relays are announced only to people with a link; anyone else could use them at the operator's cost. */
  announce(headers: Headers, { speaker }: Pick<Grant, 'speaker'>): void {
    const { iceServers, clock } = this.#deps;
    for (const link of iceLinks(iceServers, speaker, clock.wall())) headers.append('link', link);
    headers.set('cache-control', 'no-store');
  }
}

/** Headers with which any page may read an answer of the stage. */
export function cors(): Headers {
  return new Headers({
    'access-control-allow-origin': '*',
    'access-control-expose-headers': 'Location, ETag, Link, Accept-Patch, Retry-After',
  });
}

/** The answer to a request that is refused. */
export function refuse(
  code: ErrorCode,
  detail?: string,
  extra: Record<string, string> = {},
  facts: RefusalFacts = {},
): Response {
  const reply = problem(code, detail, extra, facts);
  const headers = cors();
  for (const [name, value] of Object.entries(reply.headers)) headers.set(name, value);
  return new Response(String(reply.body), { status: reply.status, headers });
}

/** The media type of a request's body; empty when there is none. */
export const contentType = (context: Context): string => mediaTypeOf(context.req.header('content-type'));

/** The body as text. Undefined when it is longer than `limit` bytes; empty when it broke off. */
export async function readText(request: Request, limit: number): Promise<string | undefined> {
  const body = await readBody(request.body, request.headers.get('content-length'), limit);
  // A client that disconnects in the middle is not our fault and reads no answer.
  if (body === 'broken-off') return '';
  if (body === 'too-large') return undefined;
  // What is no text is no JSON and no offer either.
  return isUtf8(body) ? body.toString('utf8') : '';
}
