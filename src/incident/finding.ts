import type { IncidentAudience, IncidentLabel, IncidentSign } from './incident.ts';
import { type RequestFinding, UNKNOWN_HOSTILE } from './request-finding.ts';

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
  readonly for: readonly string[];
  readonly against: readonly string[];
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
  readonly for: readonly string[];
  readonly against: readonly string[];
}

/** What signs and listeners say by themselves. Own faults come first. */
function withoutRequests({ signs, audience }: FindingInput): Labelled {
  const own = firstOf(signs, isOwnFault);
  const strain = firstOf(signs, isStrain);
  const [hasOwn, hasStrain] = [own !== Number.POSITIVE_INFINITY, strain !== Number.POSITIVE_INFINITY];
  const { before, most = 0 } = audience ?? {};
  const because: string[] = [];
  const against: string[] = [];
  if (hasOwn) because.push('A part of this server failed by itself; see the list.');
  const grown = `Counted listeners rose from ${before} to ${most}.`;
  if (!hasStrain) {
    if (!hasOwn) because.push('No room gave up delay or sound quality, and joins did not fail in numbers.');
    return { label: hasOwn ? 'INTERNAL_FAULT' : 'NO_OVERLOAD', for: because, against };
  }
  if (hasOwn && own <= strain + SAME_MOMENT_MS) {
    if (hasGrown(audience)) against.push(grown);
    return { label: 'INTERNAL_FAULT', for: because, against };
  }
  if (hasGrown(audience)) {
    if (hasOwn) against.push(...because.splice(0));
    because.push(grown, 'Each of them is counted by the sound that reached it.');
    return { label: 'CROWD', for: because, against };
  }
  against.push(
    before === undefined
      ? 'What is usual for this server is not known: it had counted for less than three minutes.'
      : `Counted listeners did not rise threefold: ${before} before, ${most} at most.`,
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
      for: base.for,
      against: [
        ...base.against,
        'The requests of this time are not known, so an attack is neither shown nor excluded.',
      ],
    };
  const label = joined(base.label, requests, firstOf(signs, isOwnFault), hasGrown(audience));
  return {
    ...{ label, caused: causeOf(label, input, requests) },
    ...{ hostile: requests.hostile, families: requests.families, clients: requests.clients },
    for: [...base.for, ...requests.for],
    against: [...base.against, ...requests.against],
  };
}

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
