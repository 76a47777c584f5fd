import type { Verdict } from '../verdict/index.ts';

/** What is kept of the verdict about requests: the part that an incident is told with. */
export type RequestFinding = Pick<
  Verdict,
  | 'label'
  | 'caused'
  | 'hostile'
  | 'families'
  | 'for'
  | 'against'
  | 'window'
  | 'complete'
  | 'conditions'
  | 'unknown'
  | 'demand'
  | 'harm'
  | 'classes'
> & {
  /** Absent in what was written down before reasons had codes. */
  readonly reasons?: Verdict['reasons'];
  readonly clients: readonly Pick<
    Verdict['clients'][number],
    'key' | 'class' | 'cost' | 'requests' | 'why'
  >[];
};

/** A share that nobody knows. */
export const UNKNOWN_HOSTILE: RequestFinding['hostile'] = {
  cost: { share: null, low: 0, high: 1 },
  requests: { share: null, low: 0, high: 1 },
};

/** Clients that are published with an incident. */
const MOST_CLIENTS = 100;

/** The part of a verdict that an incident keeps. */
export function requestFindingOf(verdict: Verdict): RequestFinding {
  const { label, caused, hostile, families, window, complete, conditions, unknown, demand, harm } = verdict;
  return {
    ...{ label, caused, hostile, families, for: verdict.for, against: verdict.against, window, complete },
    reasons: verdict.reasons,
    ...{ conditions, unknown, demand, harm, classes: verdict.classes },
    clients: verdict.clients
      .slice(0, MOST_CLIENTS)
      .map(({ key, class: is, cost, requests, why }) => ({ key, class: is, cost, requests, why })),
  };
}
