import type { Outgoing } from '../../outgoing/index.ts';
import { encryptPush, type PushTarget } from './encryption.ts';
import type { Vapid } from './vapid.ts';

/** How a message is passed on. Spec: RFC 8030, 5. */
export interface PushManner {
  /** For how many seconds a push service keeps it for a browser that is away. */
  readonly ttl: number;
  readonly urgency: 'low' | 'normal' | 'high';
  /** A newer message of the same topic replaces one that waits. At most 32 letters of base64url. */
  readonly topic: string;
}

/**
 * What became of one delivery. `over`: there is nobody any more, or nobody whom we reach; `ended`: this one is not sent
 * again; `wait`: everybody of this origin waits so long (ms); `again`: it may go better next time.
 */
export type DeliveryOutcome =
  | { readonly became: 'sent' }
  | { readonly became: 'over' | 'ended'; readonly why: string }
  | { readonly became: 'wait'; readonly ms: number; readonly why: string }
  | { readonly became: 'again'; readonly why: string };

const DEFAULT_WAIT_MS = 30_000;
const LONGEST_WAIT_MS = 15 * 60_000;

/** The pause that a server asks for: seconds, or a date. Spec: RFC 9110, 10.2.3. */
export function retryAfter(header: string | undefined, now: number): number {
  const text = header?.trim() ?? '';
  const asked = /^\d+$/.test(text) ? Number(text) * 1_000 : Date.parse(text) - now;
  return Number.isFinite(asked) && asked > 0 ? Math.min(asked, LONGEST_WAIT_MS) : DEFAULT_WAIT_MS;
}

/** Sends one message to one browser by its push service. Never rejects. */
export function openPushWay({ outgoing, vapid }: { readonly outgoing: Outgoing; readonly vapid: Vapid }) {
  return async (
    to: PushTarget,
    payload: Uint8Array,
    { ttl, urgency, topic }: PushManner,
    now: number,
  ): Promise<DeliveryOutcome> => {
    let body: Buffer;
    try {
      body = encryptPush(payload, to);
    } catch (error) {
      return { became: 'over', why: String(error) };
    }
    const answer = await outgoing.fetch({
      ...{ url: to.endpoint, method: 'POST', body, redirects: 0, reads: false },
      headers: {
        ...{ 'content-type': 'application/octet-stream', 'content-encoding': 'aes128gcm' },
        ...{ ttl: String(ttl), urgency, topic },
        authorization: vapid.authorization(to.endpoint, now),
      },
    });
    if ('refused' in answer) return { became: answer.forGood ? 'over' : 'again', why: answer.refused };
    const { status, headers } = answer;
    const why = `status ${status}`;
    if (status >= 200 && status < 300) return { became: 'sent' };
    // Gone, or subscribed with another key than ours. Spec: RFC 8030, 7.3; RFC 8292, 4.2.
    if (status === 404 || status === 410 || status === 403) return { became: 'over', why };
    if (status === 429) return { became: 'wait', ms: retryAfter(headers['retry-after'], now), why };
    if (status === 503 && headers['retry-after'] !== undefined)
      return { became: 'wait', ms: retryAfter(headers['retry-after'], now), why };
    if (status >= 500 || status === 408) return { became: 'again', why };
    return { became: 'ended', why };
  };
}
