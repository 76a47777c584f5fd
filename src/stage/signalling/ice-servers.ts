import { createHmac } from 'node:crypto';
import type { SpeakerId } from '../../base/ids.ts';
import type { EpochMs } from '../../base/time.ts';

/** An ICE server announced to clients, with its credentials if it has any. */
export interface IceServer {
  readonly urls: string;
  readonly username?: string | undefined;
  readonly credential?: string | undefined;
  /** Secret shared with the server. Each session then gets its own credentials, which expire. */
  readonly secret?: string | undefined;
}

/**
 * Lifetime of credentials made from a shared secret. It is long because a relay is refreshed with them until the end.
 */
const CREDENTIAL_SECONDS = 12 * 3_600;

/**
 * The Link headers of one session. For a TURN server with a shared secret, user name and password are made for this
 * person and expire after 12 hours. Spec: RFC 9725, 4.6; draft-uberti-behave-turn-rest, 2.2.
 */
export function iceLinks(servers: readonly IceServer[], who: SpeakerId, wall: EpochMs): string[] {
  return servers.map((server) => {
    if (server.secret === undefined) return asLink(server.urls, server.username, server.credential);
    const username = `${Math.floor(wall / 1000) + CREDENTIAL_SECONDS}:${who}`;
    return asLink(server.urls, username, createHmac('sha1', server.secret).update(username).digest('base64'));
  });
}

function asLink(urls: string, username: string | undefined, credential: string | undefined): string {
  const quote = (text: string): string => `"${text.replace(/["\\]/g, '\\$&')}"`;
  let link = `<${urls}>; rel="ice-server"`;
  if (username !== undefined) link += `; username=${quote(username)}`;
  if (credential !== undefined) link += `; credential=${quote(credential)}; credential-type="password"`;
  return link;
}
