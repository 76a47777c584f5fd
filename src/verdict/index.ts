/** Crowd or attack: what an access log supports, and what it does not. Pure functions over what was read. */
import { Traffic } from './clients/traffic.ts';
import { conclude } from './judge/conclude.ts';
import { concludeCounts } from './judge/counts.ts';
import type { LogFacts, Verdict } from './judge/verdict.ts';
import type { IntervalCount } from './lines/count-table.ts';
import type { LogRequest } from './lines/log-request.ts';
import { THRESHOLDS, type Thresholds } from './thresholds.ts';

export type { ClientClass } from './judge/signs.ts';
export type { Verdict, VerdictLabel } from './judge/verdict.ts';
export { describedFormat, FORMAT_LINES, type LogFormat, recogniseFormat } from './lines/format.ts';
export { emptyRequest, type LogRequest } from './lines/log-request.ts';
export { type DemandBaseline, DemandHistory } from './live/demand-baseline.ts';
export { SlotKeeping } from './live/kept-slot.ts';
export { PrefixMemory } from './live/prefix-memory.ts';
export { isDemandBaseline, isRequestSlot } from './live/read-slot.ts';
export { type RequestSlot, type SentSlot, slotName } from './live/request-slot.ts';
export { verdictOfSlots } from './live/slots-verdict.ts';
export { verdictPage } from './page/verdict-page.ts';
export { THRESHOLDS, type Thresholds } from './thresholds.ts';
export { type Reason, reasonText, reasonWords } from './words/reason.ts';

/** What was read beside the requests. */
export interface ReadFacts {
  readonly files: LogFacts['files'];
  /** Lines that were no requests. */
  readonly unread: number;
  readonly durations: boolean;
}

/** A verdict in the making. */
export interface OpenVerdict {
  /** Takes a request; the object may be used again. */
  add(request: LogRequest): void;
  /** Takes an interval of a table of counts. Requests and counts do not go together: with requests, counts are left out. */
  count(row: IntervalCount): void;
  /** Works out the answer; `mostListed` clients by cost are in it, and ten times as many attackers. */
  finish(facts: ReadFacts, mostListed?: number): Verdict;
}

const LISTED = 1_000;

/** Opens a verdict: requests in, in any order, then the answer. Equal requests give equal bytes. */
export function openVerdict(options: { readonly thresholds?: Partial<Thresholds> } = {}): OpenVerdict {
  const thresholds: Thresholds = { ...THRESHOLDS, ...options.thresholds };
  const traffic = new Traffic(thresholds);
  const rows: IntervalCount[] = [];
  return {
    add: (request) => traffic.add(request),
    count: (row) => void rows.push(row),
    finish(facts, mostListed = LISTED) {
      if (rows.length > 0 && traffic.requests === 0) {
        const log: LogFacts = {
          ...facts,
          ...{
            requests: 0,
            from: null,
            to: null,
            disordered: 0,
            clients: 0,
            referers: false,
            agents: false,
            limits: [],
          },
        };
        return concludeCounts(rows, log, thresholds);
      }
      return conclude(traffic, thresholds, { facts, mostListed });
    },
  };
}
