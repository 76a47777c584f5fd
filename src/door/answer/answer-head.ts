import type { IncomingMessage } from 'node:http';
import { type Address, type Match, openTo } from '../../http/index.ts';
import { isOver } from '../../wire/room.ts';
import type { DoorOrigin } from '../origin-port.ts';

/** The headers of every answer of a door, including refusals and forwarded answers. */
export interface AnswerHeads {
  /** Names and values for a request at an address of the table. */
  of(req: IncomingMessage, address: Address | undefined): Iterable<readonly [string, string]>;
}

/** Half a year: for that long a browser uses nothing but TLS under this name. Spec: RFC 6797, 6.1. */
const HSTS = ['strict-transport-security', 'max-age=15552000'] as const;
const NOSNIFF = ['x-content-type-options', 'nosniff'] as const;

/**
 * Opens the headers. HSTS is sent only where the door itself speaks TLS and people use an https address; behind a
 * proxy, that is for the proxy to say.
 */
export function openAnswerHeads(publicUrl?: string): AnswerHeads {
  const promised = publicUrl?.startsWith('https:') ? new URL(publicUrl).hostname : undefined;
  const known = new Map<Readonly<Record<string, string>>, readonly (readonly [string, string])[]>();
  return {
    of(req, address) {
      const open = openTo(address, req.method ?? '');
      const list = known.get(open) ?? [NOSNIFF, ...Object.entries(open)];
      known.set(open, list);
      const secure = promised !== undefined && 'encrypted' in req.socket;
      return secure && nameOf(req.headers.host) === promised ? [...list, HSTS] : list;
    },
  };
}

const nameOf = (host: string | undefined): string => (host ?? '').replace(/:\d+$/, '').toLowerCase();

/**
 * Whether the door answers OPTIONS itself: that is cheaper than refusing, and proxies use it to check whether the
 * server is alive. A running stage says more about itself than the table knows, unless this is a CORS preflight.
 */
export function answersOptions(
  req: IncomingMessage,
  found: Match | undefined,
  origin: Pick<DoorOrigin, 'card'>,
): boolean {
  const asksLeave = req.headers['access-control-request-method'] !== undefined;
  if (!found) return asksLeave || req.url === '*';
  if (found.address.owner !== 'cell' || asksLeave) return true;
  const card = origin.card(found.room);
  return card?.cell === undefined || isOver(card.status);
}
