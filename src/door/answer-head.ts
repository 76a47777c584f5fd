import type { IncomingMessage } from 'node:http';
import { type Address, type Match, openTo } from '../http/index.ts';
import type { DoorOrigin } from './origin-port.ts';

/** What stands in the head of every answer of a door, refusals and forwarded ones too. */
export interface AnswerHeads {
  /** Names and values for a request at an address of the table. */
  of(req: IncomingMessage, address: Address | undefined): Iterable<readonly [string, string]>;
}

/** Half a year: a browser that has heard it asks for nothing without TLS under this name. Spec: RFC 6797, 6.1. */
const HSTS = ['strict-transport-security', 'max-age=15552000'] as const;
const NOSNIFF = ['x-content-type-options', 'nosniff'] as const;

/**
 * Opens the heads. Only where the door itself speaks TLS, and people use an https address, is it promised that this
 * name will always speak TLS: behind a proxy that is for the proxy to say.
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
 * Whether the door answers OPTIONS itself: to say so is cheaper than to say no, and proxies ask whether the server
 * lives. A stage that is there says more of itself than the table knows, when no browser asks for leave.
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
  return card?.cell === undefined || card.status === 'ended' || card.status === 'cancelled';
}
