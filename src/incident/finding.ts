import type { IncidentAudience, IncidentLabel, IncidentSign } from './incident.ts';

/** A crowd is so many times as many listeners as before. */
const CROWD_TIMES = 3;
/** Fewer listeners than this are no crowd, whatever there was before. */
const LEAST_CROWD = 50;
/** A sign that begins within this of another, ms, did not clearly come after it: clocks and looks take that long. */
const SAME_MOMENT_MS = 5_000;

/** What the signs support, and why. */
export interface IncidentFinding {
  readonly label: IncidentLabel;
  readonly for: readonly string[];
  readonly against: readonly string[];
}

/** A fault of this server itself. */
export const isOwnFault = ({ kind, detail }: IncidentSign): boolean =>
  kind === 'process' || kind === 'studio-away' || (kind === 'dead-air' && detail === 'encoder');

const isStrain = ({ kind }: IncidentSign): boolean => kind === 'rung' || kind === 'failed-joins';

const firstOf = (signs: readonly IncidentSign[], is: (sign: IncidentSign) => boolean): number =>
  Math.min(...signs.filter(is).map(({ from }) => from));

/**
 * What the measurements of this server support. Own faults come first. Requests of strangers are not looked at here,
 * so that an attack is neither found nor excluded: where it would matter the answer is that it cannot be told.
 */
export function findingOf(
  signs: readonly IncidentSign[],
  audience: IncidentAudience | undefined,
): IncidentFinding {
  const own = firstOf(signs, isOwnFault);
  const strain = firstOf(signs, isStrain);
  const [hasOwn, hasStrain] = [own !== Number.POSITIVE_INFINITY, strain !== Number.POSITIVE_INFINITY];
  const { before, most = 0 } = audience ?? {};
  const grew = before !== undefined && most >= LEAST_CROWD && most >= CROWD_TIMES * Math.max(1, before);
  const because: string[] = [];
  const against: string[] = [];
  if (hasOwn) because.push('A part of this server failed by itself; see the list.');
  const grown = `Counted listeners rose from ${before} to ${most}.`;
  if (!hasStrain) {
    if (!hasOwn) because.push('No room gave up delay or sound quality, and joins did not fail in numbers.');
    return { label: hasOwn ? 'INTERNAL_FAULT' : 'NO_OVERLOAD', for: because, against };
  }
  if (hasOwn && own <= strain + SAME_MOMENT_MS) {
    if (grew) against.push(grown);
    return { label: 'INTERNAL_FAULT', for: because, against };
  }
  if (grew) {
    if (hasOwn) against.push(...because.splice(0));
    because.push(grown, 'Each of them is counted by the sound that reached it.');
    against.push('Requests of those who are not listeners are not measured here.');
    return { label: 'CROWD', for: because, against };
  }
  against.push(
    before === undefined
      ? 'What is usual for this server is not known: it had counted for less than three minutes.'
      : `Counted listeners did not rise threefold: ${before} before, ${most} at most.`,
    'Requests of those who are not listeners are not measured here.',
  );
  return { label: 'UNDETERMINED', for: because, against };
}
