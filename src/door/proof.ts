import { createHmac, createSecretKey, timingSafeEqual } from 'node:crypto';

/** What a listener is given with its stream, and shows when it comes back after a dropped connection. */
export interface Proofs {
  /** `network`: where it is heard; see `prefixOf`. */
  give(slug: string, network: string): string;
  /** True for one given within a day, for this room and in this network. */
  holds(proof: string, slug: string, network: string): boolean;
}

const FORM = /^([0-9a-z]{1,8})\.[\w-]{22}$/;
const HOUR_MS = 3_600_000;
const HOURS = 24;
/** 128 bits of HMAC-SHA256 as base64url. Spec: RFC 2104, 5. */
const MAC_LETTERS = 22;

/** Opens the signer; all doors of an installation have the same `secret`. Nothing is kept. */
export function openProofs(secret: Uint8Array, wall: () => number): Proofs {
  const key = createSecretKey(secret);
  const sign = (hour: number, slug: string, network: string): string => {
    const mac = createHmac('sha256', key).update(`earshot back 1 ${hour} ${slug} ${network}`);
    return `${hour.toString(36)}.${mac.digest('base64url').slice(0, MAC_LETTERS)}`;
  };
  const today = (): number => Math.floor(wall() / HOUR_MS);
  return {
    give: (slug, network) => sign(today(), slug, network),
    holds(proof, slug, network) {
      const hour = Number.parseInt(FORM.exec(proof)?.[1] ?? '', 36);
      if (!(Math.abs(today() - hour) <= HOURS)) return false;
      const real = sign(hour, slug, network);
      return real.length === proof.length && timingSafeEqual(Buffer.from(real), Buffer.from(proof));
    },
  };
}
