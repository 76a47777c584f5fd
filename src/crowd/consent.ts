import { createHash, timingSafeEqual } from 'node:crypto';
import { CONSENT_PATH, type Consent } from '../wire/rehearsal.ts';

/** The hash under which a key is published. */
export const hashOfKey = (key: string): string => createHash('sha256').update(key).digest('hex');

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

/** Why a rehearsal of a room with so many listeners until `ends` is not allowed, in a sentence; undefined when it is. */
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
    return 'the key is not the one its consent asks for (--key, or --data with the data folder of that server)';
  return undefined;
}

/** What to do about a server without a consent, in plain words. */
export const HOW_TO_CONSENT = `Only its operator can allow a rehearsal, by a file at ${CONSENT_PATH}.
An Earshot publishes it when started with --rehearsal, such as --rehearsal 10000,2h (listeners, duration).`;

/**
 * Fetches the consent of a server: undefined when it answers that there is none.
 * @throws when it does not answer, or is too busy to say: that withdraws nothing.
 */
export async function fetchConsent(origin: string): Promise<Consent | undefined> {
  const response = await fetch(new URL(CONSENT_PATH, origin), {
    redirect: 'error',
    signal: AbortSignal.timeout(10_000),
  });
  const text = await response.text();
  if (response.ok) return readConsent(text);
  if (![401, 403, 404, 410, 451].includes(response.status)) throw new Error(`HTTP ${response.status}`);
  return undefined;
}
