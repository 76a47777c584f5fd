import type { IncidentAudience, IncidentLabel, IncidentSign } from './incident.ts';
import { type RequestFinding, UNKNOWN_HOSTILE } from './request-finding.ts';
import { type FindingReason, type FindingReasons, findingText } from './words/finding-reasons.ts';

/** A crowd is so many times as many listeners as before. */
const CROWD_TIMES = 3;
/** Fewer listeners than this are no crowd, whatever there was before. */
const LEAST_CROWD = 50;
/** A sign that begins within this of another, ms, did not clearly come after it: clocks and looks take that long. */
const SAME_MOMENT_MS = 5_000;
/** A slot of requests, ms: so late their rise may be seen. */
const SLOT_MS = 10_000;
/** Below this share, of its upper bound, requests exclude an attack. */
export const LEAST_HOSTILE = 0.15;
/** Share of what doors saw from which requests count as known. */
export const COMPLETE_SHARE = 0.99;

/** What the signs, the audience and the requests support, and why. */
export interface IncidentFinding {
  readonly label: IncidentLabel;
  readonly caused: boolean | null;
  readonly hostile: RequestFinding['hostile'];
  readonly families: RequestFinding['families'];
  /** In English; `reasons` are the same by their codes. */
  readonly for: readonly string[];
  readonly against: readonly string[];
  readonly reasons: FindingReasons;
  readonly clients: RequestFinding['clients'];
}

/** What an incident is judged by. */
export interface FindingInput {
  readonly signs: readonly IncidentSign[];
  readonly audience?: IncidentAudience | undefined;
  readonly requests?: RequestFinding | undefined;
}

/** A fault of this server itself. */
export const isOwnFault = ({ kind, detail }: IncidentSign): boolean =>
  kind === 'process' || kind === 'studio-away' || (kind === 'dead-air' && detail === 'encoder');

const isStrain = ({ kind }: IncidentSign): boolean => kind === 'rung' || kind === 'failed-joins';

const firstOf = (signs: readonly IncidentSign[], is: (sign: IncidentSign) => boolean): number =>
  Math.min(...signs.filter(is).map(({ from }) => from));

interface Labelled {
  readonly label: IncidentLabel;
  readonly for: readonly FindingReason[];
  readonly against: readonly FindingReason[];
}

/** What signs and listeners say by themselves. Own faults come first. */
function withoutRequests({ signs, audience }: FindingInput): Labelled {
  const own = firstOf(signs, isOwnFault);
  const strain = firstOf(signs, isStrain);
  const [hasOwn, hasStrain] = [own !== Number.POSITIVE_INFINITY, strain !== Number.POSITIVE_INFINITY];
  const { before, most = 0 } = audience ?? {};
  const because: FindingReason[] = [];
  const against: FindingReason[] = [];
  if (hasOwn) because.push({ code: 'own-fault', values: {} });
  const grown: FindingReason = { code: 'listeners-rose', values: { before: before ?? 0, most } };
  if (!hasStrain) {
    if (!hasOwn) because.push({ code: 'no-strain', values: {} });
    return { label: hasOwn ? 'INTERNAL_FAULT' : 'NO_OVERLOAD', for: because, against };
  }
  if (hasOwn && own <= strain + SAME_MOMENT_MS) {
    if (hasGrown(audience)) against.push(grown);
    return { label: 'INTERNAL_FAULT', for: because, against };
  }
  if (hasGrown(audience)) {
    if (hasOwn) against.push(...because.splice(0));
    because.push(grown, { code: 'counted-by-sound', values: {} });
    return { label: 'CROWD', for: because, against };
  }
  against.push(
    before === undefined
      ? { code: 'usual-unknown', values: {} }
      : { code: 'listeners-did-not-rise', values: { before, most } },
  );
  return { label: 'UNDETERMINED', for: because, against };
}

const hasGrown = (audience: IncidentAudience | undefined): boolean => {
  const { before, most = 0 } = audience ?? {};
  return before !== undefined && most >= LEAST_CROWD && most >= CROWD_TIMES * Math.max(1, before);
};

/**
 * What the measurements of this server support. A pure function: equal signs, audience and requests give equal bytes
 * anywhere. Two questions are kept apart: what there was (`label`), and whether an attack did it (`caused`).
 */
export function findingOf(input: FindingInput): IncidentFinding {
  const { signs, audience, requests } = input;
  const base = withoutRequests(input);
  if (!requests)
    return {
      ...{ label: base.label, caused: null, hostile: UNKNOWN_HOSTILE, families: [], clients: [] },
      ...told(base.for, [...base.against, { code: 'requests-unknown', values: {} }]),
    };
  const label = joined(base.label, requests, firstOf(signs, isOwnFault), hasGrown(audience));
  const { reasons } = requests;
  // A verdict about requests says what speaks for an attack, and what against one.
  const accuses = label !== 'CROWD' && label !== 'NO_OVERLOAD' && label !== 'INTERNAL_FAULT';
  const [fits, fitsNot] = accuses ? (['for', 'against'] as const) : (['against', 'for'] as const);
  const own = told(
    [...base.for, ...(reasons?.[fits] ?? [])],
    [...base.against, ...(reasons?.[fitsNot] ?? [])],
  );
  return {
    ...{ label, caused: causeOf(label, input, requests) },
    ...{ hostile: requests.hostile, families: requests.families, clients: requests.clients },
    ...own,
    // What was judged before reasons had codes has its words alone.
    ...(reasons
      ? {}
      : { for: [...own.for, ...requests[fits]], against: [...own.against, ...requests[fitsNot]] }),
  };
}

const told = (
  because: readonly FindingReason[],
  against: readonly FindingReason[],
): Pick<IncidentFinding, 'for' | 'against' | 'reasons'> => ({
  for: because.map((reason) => findingText(reason)),
  against: against.map((reason) => findingText(reason)),
  reasons: { for: because, against },
});

/** One label out of what signs and listeners say, and what requests say. */
function joined(
  base: IncidentLabel,
  { label, window }: RequestFinding,
  own: number,
  grew: boolean,
): IncidentLabel {
  const accused = label === 'ATTACK' || label === 'MIXED';
  const onset = Date.parse(window.from ?? '');
  // A fault of our own that was there before the requests rose is named first.
  if (base === 'INTERNAL_FAULT') return accused && onset + SLOT_MS < own ? label : base;
  if (label === 'ATTACK') return grew ? 'MIXED' : 'ATTACK';
  if (label === 'MIXED') return 'MIXED';
  if (label === 'INTERNAL_FAULT') return 'INTERNAL_FAULT';
  if (label === 'CROWD') return base === 'NO_OVERLOAD' ? 'NO_OVERLOAD' : 'CROWD';
  return base;
}

/** Whether an attack caused it: true only by all five conditions, false when it cannot have, else null. */
function causeOf(label: IncidentLabel, { signs }: FindingInput, requests: RequestFinding): boolean | null {
  const { hostile, complete, caused } = requests;
  const most = Math.max(hostile.cost.high, hostile.requests.high);
  const excluded = hostile.cost.share !== null && most < LEAST_HOSTILE && complete >= COMPLETE_SHARE;
  if (label === 'ATTACK' || label === 'MIXED')
    return caused === true && !signs.some(isOwnFault) ? true : null;
  // Nothing hostile that could have done it.
  return excluded && caused !== true ? false : null;
}
