import type { IncomingMessage } from 'node:http';
import { type Address, type Match, openTo } from '../../http/index.ts';
import { isOver } from '../../wire/room.ts';
import type { DoorOrigin } from '../origin-port.ts';
import { ALWAYS, DOCUMENT_HEADERS } from './send.ts';

/** The headers of every answer of a door, including refusals and forwarded answers. */
export interface AnswerHeads {
  /** Names and values for a request at an address of the table. */
  of(req: IncomingMessage, address: Address | undefined): Iterable<readonly [string, string]>;
}

/** Names and values in the order in which they are set. */
type Heads = readonly (readonly [name: string, value: string])[];

/** What browsers are told to remember of TLS: nothing any more, this name, or all names below it as well. */
export type Hsts = 'off' | 'name' | 'subdomains';

/** For a year a browser uses nothing but TLS under this name. Spec: RFC 6797, 6.1. */
const REMEMBERED: Readonly<Record<Hsts, string>> = {
  off: 'max-age=0',
  name: 'max-age=31536000',
  subdomains: 'max-age=31536000; includeSubDomains',
};
const OWN = ['cross-origin-resource-policy', 'same-origin'] as const;
const NONE: Heads = [];
const OF_ALL: Heads = Object.entries(ALWAYS);
const OF_DOCUMENTS: Heads = Object.entries(DOCUMENT_HEADERS);

/**
 * What is added where a browser may show the answer as a document. Sound and lists of it are none, and a script's own
 * policy would bind the worker that it becomes. The player for other sites may not be kept from their windows.
 */
function documentHeads(address: Address | undefined): Heads {
  if (address?.owner === 'origin' || address?.id === 'asset') return NONE;
  if (address?.framed) return OF_DOCUMENTS.filter(([name]) => name !== 'cross-origin-opener-policy');
  return OF_DOCUMENTS;
}

/**
 * Opens the headers. HSTS is sent only where the door itself speaks TLS and people use an https address; behind a
 * proxy, that is for the proxy to say.
 */
export function openAnswerHeads({
  publicUrl,
  hsts = 'name',
}: {
  readonly publicUrl?: string | undefined;
  readonly hsts?: Hsts | undefined;
} = {}): AnswerHeads {
  const promised = publicUrl?.startsWith('https:') ? new URL(publicUrl).hostname : undefined;
  const remembered = ['strict-transport-security', REMEMBERED[hsts]] as const;
  const known = new Map<string, Heads>();
  const made = (address: Address | undefined, open: Readonly<Record<string, string>>): Heads => {
    const others = Object.entries(open);
    return [...OF_ALL, ...(others.length > 0 ? others : [OWN]), ...documentHeads(address)];
  };
  return {
    of(req, address) {
      const open = openTo(address, req.method ?? '');
      // Rows are few, and what is open at one depends on little more than whether the method reads.
      const key = `${address?.id} ${Object.keys(open).length > 0}`;
      let list = known.get(key);
      if (!list) {
        list = made(address, open);
        known.set(key, list);
      }
      const secure = promised !== undefined && 'encrypted' in req.socket;
      return secure && nameOf(req.headers.host) === promised ? [...list, remembered] : list;
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
