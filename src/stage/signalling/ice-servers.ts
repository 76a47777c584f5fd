import { createHmac } from 'node:crypto';
import type { SpeakerId } from '../../base/ids.ts';
import type { EpochMs } from '../../base/time.ts';

/** An ICE server announced to clients, with its secrets where it has some. */
export interface IceServer {
  readonly urls: string;
  readonly username?: string | undefined;
  readonly credential?: string | undefined;
  /** What it shares with us: each session then gets credentials of its own, which end. */
  readonly secret?: string | undefined;
}

/** Credentials made from a shared secret hold for a long evening: a relay is refreshed with them until the end. */
const CREDENTIAL_SECONDS = 12 * 3_600;

/**
 * The Link headers of one session. Where a secret is shared with the TURN server, user name and password are made for
 * this person and end after 12 hours. Spec: RFC 9725, 4.6; draft-uberti-behave-turn-rest, 2.2.
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
