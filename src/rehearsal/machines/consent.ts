import { createHash, timingSafeEqual } from 'node:crypto';
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { CONSENT_PATH, type Consent } from '../../wire/rehearsal.ts';
import { serverName } from '../order/address.ts';
import type { ServerAddress } from '../order/order.ts';

/** The hash under which a key is published. */
const hashOfKey = (key: string): string => createHash('sha256').update(key).digest('hex');

/** A consent as it was published, or undefined for anything else. */
export function readConsent(text: string): Consent | undefined {
  let found: Partial<Consent>;
  try {
    found = JSON.parse(text) as Partial<Consent>;
  } catch {
    return undefined;
  }
  if (typeof found !== 'object' || found === null || found.v !== 1) return undefined;
  const { until, listeners, rooms, keyHash } = found;
  if (typeof until !== 'number' || typeof listeners !== 'number' || !Number.isInteger(listeners))
    return undefined;
  if (!Array.isArray(rooms) || !rooms.every((room) => typeof room === 'string')) return undefined;
  if (typeof keyHash !== 'string' || !/^[0-9a-f]{64}$/.test(keyHash)) return undefined;
  return { v: 1, until, listeners, rooms, keyHash };
}

/**
 * Why a rehearsal of a room with this many listeners until `ends` is not allowed, in a sentence; undefined when it is
 * allowed.
 */
export function objection(
  consent: Consent,
  wanted: { slug: string; listeners: number; key: string; now: number; ends: number },
): string | undefined {
  const instant = new Date(Math.min(consent.until, 8.64e15)).toISOString();
  if (wanted.now >= consent.until) return `its consent ended at ${instant}`;
  if (wanted.ends > consent.until) return `its consent ends at ${instant}, before this rehearsal would`;
  if (!consent.rooms.includes('*') && !consent.rooms.includes(wanted.slug))
    return `its consent is for ${consent.rooms.join(', ') || 'no room'}, not for ${wanted.slug}`;
  if (wanted.listeners > consent.listeners)
    return `it consents to ${consent.listeners} listeners, not to ${wanted.listeners}`;
  const [mine, theirs] = [Buffer.from(hashOfKey(wanted.key)), Buffer.from(consent.keyHash)];
  if (mine.length !== theirs.length || !timingSafeEqual(mine, theirs))
    return 'the key is not the one that its consent requires (--key, or --data with the data folder of that server)';
  return undefined;
}

/** What to do about a server without a consent, in plain words. */
export const HOW_TO_CONSENT = `Only its operator can allow a rehearsal, with a file at ${CONSENT_PATH}.
An Earshot publishes it when started with --rehearsal, such as --rehearsal 10000,2h (listeners, duration).`;

/** A consent is a few hundred bytes long; of a longer answer, this much is read. */
const MAX_BYTES = 64 << 10;
const PATIENCE_MS = 10_000;

/**
 * Fetches the consent of a server from the very address the crowd would go to, even if its name now leads elsewhere;
 * undefined when it answers that there is none.
 * @throws when it does not answer, redirects, or is too busy to answer: none of this withdraws the consent.
 */
export async function fetchConsent(address: ServerAddress): Promise<Consent | undefined> {
  const { status, text } = await ask(address);
  if (status >= 200 && status < 300) return readConsent(text);
  if (![401, 403, 404, 410, 451].includes(status)) throw new Error(`HTTP ${status}`);
  return undefined;
}

function ask({ host, port, tls, name }: ServerAddress): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const common = { host, port, path: CONSENT_PATH, agent: false, headers: { host: name } } as const;
    const signal = AbortSignal.timeout(PATIENCE_MS);
    const asking = tls
      ? requestHttps({ ...common, signal, servername: serverName(name) ?? '' })
      : requestHttp({ ...common, signal });
    asking.on('error', reject).on('response', (response) => {
      let text = '';
      response.setEncoding('utf8').on('error', reject);
      response.on('data', (chunk: string) => {
        if (text.length < MAX_BYTES) text += chunk;
        else response.destroy(new Error('its consent is too long'));
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
    });
    asking.end();
  });
}
