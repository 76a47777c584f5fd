import type { IncomingMessage, ServerResponse } from 'node:http';
import { problem, type Reply } from '../../base/reply.ts';
import { send } from '../answer/send.ts';
import type { DoorAudience } from '../audience/audience.ts';
import type { Clients } from '../network/trusted-proxies.ts';
import { listeningTo } from '../request/listening.ts';

/** Dependencies of answering the reports of players. */
export interface AudienceAnswersDeps {
  readonly audience: DoorAudience;
  readonly clients: Pick<Clients, 'clientOf' | 'trusts'>;
  known(slug: string): boolean;
}

const NO_STORE = { 'cache-control': 'no-store' } as const;
const TAKEN: Reply = { status: 204, headers: NO_STORE, body: '' };

/** A whole body of at most `most` bytes; undefined when there is more, or when it ended in the middle. */
export async function bodyOf(req: IncomingMessage, most: number): Promise<string | undefined> {
  const pieces: Buffer[] = [];
  let length = 0;
  try {
    for await (const piece of req.iterator({ destroyOnReturn: false })) {
      length += (piece as Buffer).length;
      if (length > most) return undefined;
      pieces.push(piece as Buffer);
    }
  } catch {
    return undefined;
  }
  return Buffer.concat(pieces).toString('utf8');
}

/** The members of a JSON object; none for anything else. */
function membersOf(text: string): Readonly<Record<string, unknown>> {
  try {
    const said: unknown = JSON.parse(text);
    return typeof said === 'object' && said !== null ? (said as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

/**
 * Answers `session`, `beacon` and `events`. A wrong report is answered like a right one: it changes nothing, and a
 * different answer would only help those who try to cheat.
 */
export async function answerAudience(
  deps: AudienceAnswersDeps,
  { id, body: most = 0 }: { readonly id: string; readonly body?: number },
  slug: string,
  req: IncomingMessage,
  res: ServerResponse,
): Promise<void> {
  const text = await bodyOf(req, most);
  if (res.destroyed) return;
  if (text === undefined) return tooLong(req, res);
  send(req, res, deps.known(slug) ? replyTo(deps, id, slug, req, text) : problem('room-unknown'));
}

function tooLong(req: IncomingMessage, res: ServerResponse) {
  res.shouldKeepAlive = false;
  send(req, res, problem('too-large', undefined, { connection: 'close' }));
}

/** Answers `post-events`; a forged mark is answered like a true one. */
export async function answerPostEvents(
  { posts, clients }: Pick<AudienceAnswersDeps, 'clients'> & Pick<DoorAudience, 'posts'>,
  { body: most = 0 }: { readonly body?: number },
  req: IncomingMessage,
  res: ServerResponse,
): Promise<void> {
  const text = await bodyOf(req, most);
  if (res.destroyed) return;
  if (text === undefined) return tooLong(req, res);
  send(req, res, posts.take(text, listeningTo(clients, req)) ? TAKEN : problem('bad-request'));
}

function replyTo(
  { audience, clients }: AudienceAnswersDeps,
  id: string,
  slug: string,
  req: IncomingMessage,
  text: string,
): Reply {
  switch (id) {
    case 'beacon':
      audience.beacon(slug, text, () => listeningTo(clients, req));
      return TAKEN;
    case 'events':
      return audience.events(slug, text, listeningTo(clients, req)) ? TAKEN : problem('bad-request');
    default: {
      const { way, session, embed } = membersOf(text);
      const more = { ...(typeof session === 'string' ? { given: session } : {}), embed: embed === true };
      const { token, proves } = audience.session(slug, String(way), listeningTo(clients, req), more);
      return {
        status: 200,
        headers: { ...NO_STORE, 'content-type': 'application/json' },
        body: JSON.stringify({ session: token, ...(proves === false ? { proofs: false } : {}) }),
      };
    }
  }
}
