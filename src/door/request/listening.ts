import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { bearer } from '../../keys/token.ts';
import { addressOf, type ClientAddress } from '../network/client-address.ts';
import type { Clients } from '../network/trusted-proxies.ts';
import type { Connection } from '../socket/connection.ts';
import { forwardedForIn } from './file-head.ts';

/** The facts about a listener that counting uses. Nothing of them is kept except the listener key. */
export interface Listening {
  readonly address: ClientAddress | undefined;
  readonly agent: string | undefined;
  /** `Sec-CH-UA`. */
  readonly brands: string | undefined;
  /** It asked not to be tracked: no listener key is told. Spec: Tracking Preference Expression, 5.2; GPC, 3. */
  readonly private: boolean;
  /** Fetched before anybody wants it. Spec: Fetch, 4.7 (Sec-Purpose). */
  readonly prefetch: boolean;
  /** It asks for a few bytes, to see whether the sound is there. */
  readonly probe: boolean;
  /** A host's or speaker's token, not checked yet. */
  readonly token: string | undefined;
  /** It came by way of a cache or a proxy: what the listener got is not known. */
  readonly relayed: boolean;
  /**
   * A page of another site asked, as its browser says. A sandboxed frame, which may be an embedded room, is none.
   * Spec: Fetch Metadata, 2.3 (Sec-Fetch-Site), which browsers send over TLS and on the own machine.
   */
  readonly elsewhere: boolean;
}

/** The headers that counting reads, in lower case. */
export const COUNTED_FIELDS = [
  'user-agent',
  'sec-ch-ua',
  'dnt',
  'sec-gpc',
  'sec-purpose',
  'purpose',
  'range',
  'authorization',
  'sec-fetch-site',
  'origin',
  'via',
  'forwarded',
] as const;
/** The values that a request has for the headers in `COUNTED_FIELDS`. */
export type CountedFields = { readonly [name in (typeof COUNTED_FIELDS)[number]]?: string | undefined };

/** Some bytes from the first on, fewer than any player needs to begin; Apple's ask for two. Spec: RFC 9110, 14.2. */
const PROBE = /^bytes=0-\d{1,3}$/;
/** True for a `Range` of a request that only looks whether something is there. */
export const isProbe = (range: string | undefined): boolean =>
  range !== undefined && PROBE.test(range.trim());

/**
 * The facts about a listener, from the headers of a request. `address`: the client's; `relayed`: the request is known
 * to come through a proxy.
 */
export function listeningOf(fields: CountedFields, address: string, relayed: boolean): Listening {
  return {
    address: addressOf(address),
    agent: fields['user-agent'],
    brands: fields['sec-ch-ua'],
    private: fields.dnt?.trim() === '1' || fields['sec-gpc']?.trim() === '1',
    prefetch: /prefetch|preview/.test(`${fields['sec-purpose'] ?? ''} ${fields.purpose ?? ''}`),
    probe: isProbe(fields.range),
    token: fields.authorization === undefined ? undefined : bearer(fields.authorization),
    relayed: relayed || fields.via !== undefined || fields.forwarded !== undefined,
    elsewhere: /^(?:cross|same)-site$/.test(fields['sec-fetch-site'] ?? '') && fields.origin !== 'null',
  };
}

/** The same headers of a request that Node has read. */
function countedFields(headers: IncomingHttpHeaders): CountedFields {
  const found: Record<string, string> = {};
  for (const name of COUNTED_FIELDS) {
    const value = headers[name];
    if (value !== undefined) found[name] = String(value);
  }
  return found;
}

const LINE = new RegExp(`(?:^|\\r\\n)(${COUNTED_FIELDS.join('|')}):[ \\t]*([^\\r\\n]*)`, 'gi');

/** The same headers among header lines. */
function countedIn(lines: string): CountedFields {
  const found: Record<string, string> = {};
  for (const [, name = '', value = ''] of lines.matchAll(LINE)) found[name.toLowerCase()] = value;
  return found;
}

/** The facts about a listener, from a connection and the header lines of a request. */
export function listeningOn(
  clients: Pick<Clients, 'clientOf' | 'trusts'>,
  { socket }: Pick<Connection, 'socket'>,
  lines: string,
): Listening {
  const peer = socket.remoteAddress;
  const said = forwardedForIn(lines);
  return listeningOf(
    countedIn(lines),
    clients.clientOf(peer, said),
    said !== undefined || clients.trusts(peer),
  );
}

/** The facts about a listener, from a request that Node has parsed. */
export function listeningTo(clients: Pick<Clients, 'clientOf' | 'trusts'>, req: IncomingMessage): Listening {
  const peer = req.socket.remoteAddress;
  const said = String(req.headers['x-forwarded-for'] ?? '') || undefined;
  const relayed = said !== undefined || clients.trusts(peer);
  return listeningOf(countedFields(req.headers), clients.clientOf(peer, said), relayed);
}
