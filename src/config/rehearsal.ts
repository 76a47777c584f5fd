import { z } from 'zod';
import { type Ms, ms } from '../base/time.ts';
import { duration } from './setting.ts';

/** What the operator allows a rehearsal. Exactly one of `until` (wall-clock ms) and `lasts` (from the start) is set. */
export interface RehearsalSetting {
  readonly listeners: number;
  readonly until?: number;
  readonly lasts?: Ms;
  /** `*` means all. */
  readonly rooms: readonly string[];
}

const USUALLY = ms(2 * 3_600_000);
const MOST = 10_000_000;
const span = duration('1min', '30d');

/**
 * `no`, or `LISTENERS[,DURATION or end][,room+room]`. Examples: `10000`, `50000,6h`,
 * `50000,2026-12-01T22:00Z,town-hall`.
 */
export const rehearsal = z.string().transform((text, context): RehearsalSetting | undefined => {
  if (/^(no|false|0|off)$/i.test(text)) return undefined;
  const [count = '', ...rest] = text.split(',').map((part) => part.trim());
  let until: number | undefined;
  let lasts: Ms | undefined;
  let rooms: readonly string[] | undefined;
  const refuse = (message: string): never => {
    context.issues.push({ code: 'custom', message, input: text });
    return z.NEVER;
  };
  const listeners = /^\d+$/.test(count) ? Number(count) : Number.NaN;
  if (!(listeners >= 1 && listeners <= MOST))
    return refuse(`begin with the number of listeners, 1 to ${MOST}`);
  for (const part of rest) {
    const parsed = span.safeParse(part);
    const instant = /^\d{4}-\d\d-\d\dT/.test(part) ? Date.parse(part) : Number.NaN;
    if (parsed.success) lasts = parsed.data;
    else if (Number.isFinite(instant)) until = instant;
    else if (/^[\d.]+[a-z]+$/i.test(part)) return refuse(`"${part}" is not a duration from 1min to 30d`);
    else if (part === '*' || /^[a-z0-9-]{1,64}(\+[a-z0-9-]{1,64})*$/.test(part)) rooms = part.split('+');
    else
      return refuse(
        `"${part}" is neither a duration from 1min to 30d, nor an instant, nor rooms with + between`,
      );
  }
  return {
    listeners,
    ...(until === undefined ? { lasts: lasts ?? USUALLY } : { until }),
    rooms: rooms ?? ['*'],
  };
});
