import type { DemandUsual } from '../live/demand-baseline.ts';
import type { Thresholds } from '../thresholds.ts';
import { reasonText } from '../words/reason.ts';
import type { Family } from './families.ts';

/** The nearer of what is usual for the server at this hour and for the room that most was asked of; null when neither is known. */
const nearest = ({ server, room }: DemandUsual): DemandUsual['server'] =>
  server && room ? (room.times < server.times ? room : server) : (server ?? room);

/** True when demand was no more than what other days have as well. */
export function isUsual(usual: DemandUsual, t: Thresholds): boolean {
  const against = nearest(usual);
  return against !== null && against.times < t.rise;
}

/** Is it more than on other days at this hour? It says that there is nothing unusual, and never that there was an attack. */
export function baselineFamily(usual: DemandUsual, t: Thresholds): Family {
  const against = nearest(usual);
  if (!against) {
    const reason = { code: 'no-baseline' as const, values: {} };
    return { name: 'baseline', says: 'nothing', weight: 0, detail: reasonText(reason), reason };
  }
  const { days, rate, times } = against;
  const reason = { code: 'baseline' as const, values: { times, days, rate } };
  const weight = Math.round(t.baselineWeight * Math.min(1, days / t.baselineWhole) * 100) / 100;
  const says = isUsual(usual, t) ? 'crowd' : 'nothing';
  return { name: 'baseline', says, weight, detail: reasonText(reason), reason };
}
