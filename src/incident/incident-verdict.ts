import { canonical, type Json, readEntries } from '../journal/index.ts';
import { type DemandBaseline, type RequestSlot, verdictOfSlots } from '../verdict/index.ts';
import { COMPLETE_SHARE, findingOf } from './finding.ts';
import type { Incident } from './incident.ts';
import { isBundleHead } from './incident-line.ts';
import { requestFindingOf } from './request-finding.ts';

/** The first line of a bundle of requests; all further lines are slots. */
export interface RequestBundleHead
  extends Pick<Incident, 'id' | 'window' | 'signs' | 'complete'>,
    Partial<Pick<Incident, 'audience'>> {
  readonly v: 1;
  readonly kind: 'earshot-incident';
}

/** An incident's verdict as it is published by itself: canonical JSON (RFC 8785) and a line feed. */
export function verdictText(incident: Incident): string {
  const { id, label, caused, hostile, families, against, reasons, window, complete, clients, requests } =
    incident;
  const told = {
    ...{ v: 1, id, label, caused, hostile, families, for: incident.for, against, reasons, window },
    ...{ complete, clients },
    ...(requests ? { requests } : {}),
  };
  return `${canonical(told as unknown as Json)}\n`;
}

/** The head of an incident's bundle. */
export const bundleHead = ({ id, window, signs, complete, audience }: Incident): string =>
  `${canonical({
    ...{ v: 1, kind: 'earshot-incident', id, window, signs, complete },
    ...(audience ? { audience } : {}),
  } as unknown as Json)}\n`;

/** The head of a bundle; undefined for anything else. */
export function readBundleHead(line: string): RequestBundleHead | undefined {
  const [head] = readEntries<Partial<RequestBundleHead>>(line);
  return head && isBundleHead(head) ? (head as RequestBundleHead) : undefined;
}

/** Works the verdict of a bundle out again: the same bytes as were published, on any machine. */
export function verdictOfBundle(
  head: RequestBundleHead,
  lines: readonly (RequestSlot | DemandBaseline)[],
): string {
  const slots = lines.filter((line): line is RequestSlot => line.kind === 'requests');
  const baseline = lines.find((line): line is DemandBaseline => line.kind === 'baseline');
  const requests = slots.length === 0 ? undefined : requestFindingOf(verdictOfSlots(slots, { baseline }));
  const { id, window, signs, audience, complete } = head;
  return verdictText({
    ...{ v: 1, id, window, signs, rooms: [], minutes: [], notes: [], postmortems: [] },
    ...findingOf({ signs, audience, requests }),
    complete: complete && (requests === undefined || requests.complete >= COMPLETE_SHARE),
    ...(requests ? { requests } : {}),
  });
}
