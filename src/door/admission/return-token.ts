import { createHmac, createSecretKey, timingSafeEqual } from 'node:crypto';

/** Return tokens: given to a listener with its stream, and sent back when it returns after a dropped connection. */
export interface ReturnTokens {
  /** `network`: the listener's network; see `prefixOf`. */
  give(slug: string, network: string): string;
  /** True for a token given within a day, for this room and this network. */
  holds(token: string, slug: string, network: string): boolean;
}

const FORM = /^([0-9a-z]{1,8})\.[\w-]{22}$/;
const HOUR_MS = 3_600_000;
const HOURS = 24;
/** 128 bits of HMAC-SHA256 as base64url. Spec: RFC 2104, 5. */
const MAC_LETTERS = 22;

/**
 * Tokens of this hour that are cached, for networks with many listeners; beyond it all are dropped and made again.
 */
const MOST_KEPT = 4096;

/** Opens the signer; all doors of an installation have the same key of 32 bytes, and so accept each other's tokens. */
export function openReturnTokens(bytes: Uint8Array, wall: () => number): ReturnTokens {
  const key = createSecretKey(bytes);
  const sign = (hour: number, slug: string, network: string): string => {
    const mac = createHmac('sha256', key).update(`earshot back 1 ${hour} ${slug} ${network}`);
    return `${hour.toString(36)}.${mac.digest('base64url').slice(0, MAC_LETTERS)}`;
  };
  const today = (): number => Math.floor(wall() / HOUR_MS);
  const kept = { hour: 0, returnTokens: new Map<string, string>() };
  return {
    give(slug, network) {
      const hour = today();
      if (kept.hour !== hour || kept.returnTokens.size >= MOST_KEPT) {
        kept.hour = hour;
        kept.returnTokens.clear();
      }
      const whose = `${slug} ${network}`;
      let token = kept.returnTokens.get(whose);
      if (token === undefined) {
        token = sign(hour, slug, network);
        kept.returnTokens.set(whose, token);
      }
      return token;
    },
    holds(token, slug, network) {
      const hour = Number.parseInt(FORM.exec(token)?.[1] ?? '', 36);
      if (!(Math.abs(today() - hour) <= HOURS)) return false;
      const real = sign(hour, slug, network);
      return real.length === token.length && timingSafeEqual(Buffer.from(real), Buffer.from(token));
    },
  };
}
