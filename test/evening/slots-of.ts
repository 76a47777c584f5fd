import { createHash } from 'node:crypto';
import { targetKind } from '../../src/verdict/clients/target-kind.ts';
import { SlotKeeping } from '../../src/verdict/live/kept-slot.ts';
import { type RequestSlot, type SentSlot, SLOT_MS } from '../../src/verdict/live/request-slot.ts';
import { RequestSummary } from '../../src/verdict/live/request-summary.ts';
import { EVENING_START } from './evening.ts';
import type { Logged } from './logged.ts';

const hex = (text: string): string => createHash('sha256').update(text).digest('hex');
/** The hash that stands for an address in these slots. */
export const addressIn = (address: string): string =>
  `${address.includes(':') ? '6:' : '4.'}${hex(`address ${address}`).slice(0, 12)}`;
/** The hash that stands for an agent. */
export const agentIn = (agent: string): string => hex(`made ${agent}`).slice(0, 8);

/** Sends requests through the summaries of several doors, as they would be on that evening; `timed`: durations are told. */
export function slotsOf(requests: readonly Logged[], doors = 2, timed = true): RequestSlot[] {
  const summaries = Array.from(
    { length: doors },
    (_, i) => new RequestSummary({ door: `door-${i}`, life: 'made', daily: hex, lasting: hex }),
  );
  const sent: SentSlot[] = [];
  let at = Math.floor((requests[0]?.at ?? EVENING_START) / SLOT_MS) * SLOT_MS;
  const end = (): void => {
    for (const summary of summaries) sent.push(...summary.take(at));
    at += SLOT_MS;
  };
  let turn = 0;
  for (const { address, agent, method, target, status, bytes, referer, duration, at: when } of requests) {
    while (when >= at + SLOT_MS) end();
    const asks = status === 404 ? undefined : targetKind(target.split('?')[0] ?? '');
    summaries[turn++ % doors]?.add({
      ...{ at: when, address, agent, method, target, status, bytes, referer, asks },
      duration: timed ? duration : Number.NaN,
    });
  }
  end();
  const keeping = new SlotKeeping('made');
  const seen = new Set<string>();
  return sent.map((slot) =>
    keeping.keep(
      JSON.parse(JSON.stringify(slot)) as SentSlot,
      (prefix) => seen.size < seen.add(prefix).size,
      EVENING_START,
    ),
  );
}
