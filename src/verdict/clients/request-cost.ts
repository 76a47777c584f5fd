import type { LogRequest } from '../lines/log-request.ts';
import type { Thresholds } from '../thresholds.ts';
import type { TargetKind } from './target-kind.ts';

/** True for what a program has to make for each request, other than a file. */
const isMade = (kind: TargetKind, status: number): boolean =>
  (kind === 'page' || kind === 'api' || kind === 'login') && status !== 304;

/** Units that a request asks for, whatever it had to wait. */
export function workOf(
  { bytes, status, method }: Pick<LogRequest, 'bytes' | 'status' | 'method'>,
  kind: TargetKind,
  { bytesPerUnit, unitsPerPage, timeoutSeconds, unitsPerSlotSecond }: Thresholds,
): number {
  if (status === 408 || (method === '' && (status === 400 || status === 499 || status === 0)))
    return 1 + (status === 408 ? timeoutSeconds * unitsPerSlotSecond : 0);
  return (isMade(kind, status) ? unitsPerPage : 1) + bytes / bytesPerUnit;
}

/** Units that a request took, by its duration where the log has one; `work`: what `workOf` says. */
export function costOf(
  { duration, status }: Pick<LogRequest, 'duration' | 'status'>,
  kind: TargetKind,
  work: number,
  { unitsPerSlotSecond, unitsPerPage, workMs }: Thresholds,
): number {
  if (!(duration >= 0)) return work;
  const slot = (duration / 1000) * unitsPerSlotSecond;
  return isMade(kind, status)
    ? work - unitsPerPage + 1 + Math.min(duration, workMs) + slot
    : (status === 408 ? 1 : work) + slot;
}
