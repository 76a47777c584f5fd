import { createHash } from 'node:crypto';
import { canonical, type Json } from '../journal/index.ts';
import { METRICS, type MetricId } from '../wire/metrics.ts';
import { POST_FIGURES } from '../wire/posts/post-figures.ts';
import { SLOT_S } from '../wire/session-record.ts';
import { TUNED_IN_S } from './audience-count.ts';
import { AGREES, DIFFERS } from './reconciliation.ts';
import { EXCLUSION_RULES } from './rules.ts';
import { LEAST_PROVING } from './sampling.ts';
import { HEARD_S, PROOF_SLOTS } from './tables/session-row.ts';

/** Everything that figures are counted by: rules of figures, rules of who counts, and their numbers. */
const definitionsWith = (leastProving: number) => ({
  v: 1,
  metrics: METRICS,
  posts: POST_FIGURES,
  exclusions: EXCLUSION_RULES,
  constants: {
    sampleEverySeconds: SLOT_S,
    heardOf30Seconds: HEARD_S,
    proofAgeSlots: PROOF_SLOTS,
    tunedInSeconds: TUNED_IN_S,
    leastProvingSessions: leastProving,
    agreesPercent: AGREES * 100,
    differsPercent: DIFFERS * 100,
  },
});

/** What an installation may set of how it counts. */
export interface CountingOptions {
  /** Below so many sessions in a room all prove; see `shareFor`. */
  readonly leastProving?: number;
  /** Caches of others may give out the sound of playlists. False: whoever fetches pieces fetches them here. */
  readonly caches?: boolean;
}

/** How an installation counts; plain data, so that a thread can have it. */
export interface CountingRules extends Required<CountingOptions> {
  /** SHA-256 of the canonical JSON of its definitions, hexadecimal. */
  readonly definitionsHash: string;
}

/** The rules with what is set of them. */
export const countingRules = ({
  leastProving = LEAST_PROVING,
  caches = true,
}: CountingOptions = {}): CountingRules => ({
  ...{ leastProving, caches },
  definitionsHash: createHash('sha256')
    .update(canonical(definitionsWith(leastProving) as unknown as Json))
    .digest('hex'),
});

/** The definitions of these rules, whole, as the evidence log has them. */
export const definitionsOf = ({ leastProving }: CountingRules): ReturnType<typeof definitionsWith> =>
  definitionsWith(leastProving);

/** The rules when nothing is set. */
export const DEFAULT_RULES: CountingRules = countingRules();

/** The address at which a figure's definition can be read. */
export const definitionOf = (id: MetricId): string => `/numbers#${id}`;
