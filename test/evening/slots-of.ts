import { createHash } from 'node:crypto';
import { householdOf } from '../../src/verdict/clients/network.ts';
import { targetKind } from '../../src/verdict/clients/target-kind.ts';
import { SlotKeeping } from '../../src/verdict/live/kept-slot.ts';
import { type RequestSlot, type SentSlot, SLOT_MS } from '../../src/verdict/live/request-slot.ts';
import { RequestSummary } from '../../src/verdict/live/request-summary.ts';
import { EVENING_START } from './evening.ts';
import type { Logged } from './logged.ts';

const hex = (text: string): string => createHash('sha256').update(text).digest('hex');
/** The hash that stands for an address in these slots. */
export const addressIn = (address: string): string =>
  `${address.includes(':') ? '6:' : '4.'}${hex(`address ${householdOf(address)}`).slice(0, 12)}`;
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
  const leaving: { readonly at: number; readonly leave: () => void }[] = [];
  const end = (): void => {
    for (const gone of leaving.splice(0).sort((a, b) => a.at - b.at))
      if (gone.at < at + SLOT_MS) gone.leave();
      else leaving.push(gone);
    for (const summary of summaries) sent.push(...summary.take(at));
    at += SLOT_MS;
  };
  let turn = 0;
  for (const { address, agent, method, target, status, bytes, duration, at: when, hears } of requests) {
    while (when >= at + SLOT_MS) end();
    const asks = status === 404 ? undefined : targetKind(target.split('?')[0] ?? '');
    const summary = summaries[turn++ % doors];
    // Doors look at no referers.
    const request = { at: when, address, agent, method, target, status, bytes, referer: '', asks };
    summary?.add({ ...request, duration: timed ? duration : Number.NaN });
    if (hears === undefined || status !== 200) continue;
    const hearing = summary?.hears(address, agent, when);
    leaving.push({ at: when + hears, leave: () => hearing && summary?.leaves(hearing) });
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
