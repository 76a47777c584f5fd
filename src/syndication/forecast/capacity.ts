import { CORE_SHARE, MEASURED, plan, WISHES } from '../../plan/index.ts';
import type { Forecast, ForecastAdvice, ForecastCapacity } from '../../wire/figures/forecast.ts';
import type { ForecastMachine } from '../deps.ts';
import { spreadMinutes } from './model/arrivals.ts';

/** Without a limit the network is left out of the calculation: Gbit/s that no card has. */
const ANY_NETWORK = 1_000;
/** Fewer listeners than this need no rehearsal, and no limit. */
const A_CROWD = 500;

/** What a machine holds by the plan's own figures. */
export function holdsOf({
  cores,
  egressLimit,
  tls,
}: ForecastMachine): Pick<ForecastCapacity, 'holds' | 'limit' | 'joins'> {
  const of = (nic: number): number => plan({ ...WISHES, cores, nic, tls, listeners: 1_000 }, MEASURED).holds;
  const byProcessor = of(ANY_NETWORK);
  // The limit is what Earshot sends, not what the card could: the plan's margin for cards does not apply.
  const byNetwork =
    egressLimit === undefined ? Number.POSITIVE_INFINITY : of(((egressLimit * 8) / 1e9) * (1 / 0.8));
  const joins = (cores * CORE_SHARE * 1e6) / (tls ? MEASURED.joinTls : MEASURED.join);
  return {
    holds: Math.min(byProcessor, byNetwork),
    limit: byNetwork < byProcessor ? 'network' : 'processor',
    joins: Math.floor(joins),
  };
}

/** What a forecast means for this installation, and what to do about it. */
export function capacityFor(
  { spans }: Forecast,
  machine: ForecastMachine,
  proven: ForecastCapacity['proven'],
  cap: number | undefined,
): ForecastCapacity {
  const { holds, limit, joins } = holdsOf(machine);
  const { high } = spans.peak;
  const live = Math.min(high, cap ?? high);
  const advice: ForecastAdvice[] = [];
  const say = (what: ForecastAdvice['what'], people: number): void => void advice.push({ what, people });
  if (cap !== undefined && high > cap) say('cap', cap);
  if (live > holds && !machine.caches) say('cache', holds);
  if (live > (proven?.people ?? 0) && live >= A_CROWD) say('rehearse', live);
  if (machine.egressLimit === undefined && live >= A_CROWD) say('limit', live);
  const minutes = spreadMinutes(spans.worst.high, joins);
  if (minutes > 1) say('spread', minutes);
  // Near the limit the period of writing grows first (docs/ladder.md).
  const over = live > holds ? (machine.caches ? 2 : 4) : live > 0.8 * holds ? 1 : 0;
  return {
    network: machine.egressLimit !== undefined,
    ...{ holds, limit, joins, caches: machine.caches, rung: over, advice },
    ...(proven ? { proven } : {}),
  };
}
