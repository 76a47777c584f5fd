import { createHash } from 'node:crypto';
import { canonical, type Json } from '../journal/index.ts';
import { METRICS, type MetricId } from '../wire/metrics.ts';
import { SLOT_S } from '../wire/session-record.ts';
import { TUNED_IN_S } from './audience-count.ts';
import { AGREES, DIFFERS } from './reconciliation.ts';
import { EXCLUSION_RULES } from './rules.ts';
import { LEAST_PROVING } from './sampling.ts';
import { HEARD_S, PROOF_SLOTS } from './tables/session-row.ts';

/** Everything that defines a figure: the rules of the figures, the rules of who counts, and the constants in them. */
export const DEFINITIONS = {
  v: 1,
  metrics: METRICS,
  exclusions: EXCLUSION_RULES,
  constants: {
    sampleEverySeconds: SLOT_S,
    heardOf30Seconds: HEARD_S,
    proofAgeSlots: PROOF_SLOTS,
    tunedInSeconds: TUNED_IN_S,
    leastProvingSessions: LEAST_PROVING,
    agreesPercent: AGREES * 100,
    differsPercent: DIFFERS * 100,
  },
} as const;

/** SHA-256 of the canonical JSON of `DEFINITIONS`, in hexadecimal. */
export const definitionsHash: string = createHash('sha256')
  .update(canonical(DEFINITIONS as unknown as Json))
  .digest('hex');

/** The address at which a figure's definition can be read. */
export const definitionOf = (id: MetricId): string => `/numbers#${id}`;
