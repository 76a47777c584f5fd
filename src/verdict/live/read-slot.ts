import { DURATION_CLASSES } from '../clients/timeline.ts';
import type { DemandBaseline } from './demand-baseline.ts';
import type { RequestSlot } from './request-slot.ts';

/** The end of the year 9999: later times cannot be written as a date of four digits. */
const LATEST = 253_402_300_799_999;
/** No sum of ten seconds is larger; with more, sums of many slots would not be exact. */
const MOST = 1e12;

type Members = Readonly<Record<string, unknown>>;

const isText = (value: unknown): boolean => typeof value === 'string';
const isAmount = (value: unknown): boolean => typeof value === 'number' && value >= 0 && value <= MOST;
const isWhole = (value: unknown): boolean => isAmount(value) && Number.isInteger(value);
const isHash = (value: unknown): boolean => Number.isInteger(value);
const isMoment = (value: unknown): boolean =>
  typeof value === 'number' && value >= 0 && value <= LATEST && Number.isInteger(value);
const areAll = (value: unknown, is: (one: unknown) => boolean, most = Number.POSITIVE_INFINITY): boolean =>
  Array.isArray(value) && value.length <= most && value.every(is);
const membersOf = (value: unknown): Members =>
  (typeof value === 'object' && value !== null ? value : {}) as Members;

const isAgent = (value: unknown): boolean =>
  Array.isArray(value) && value.length >= 2 && value.length <= 3 && value.every(isText);

function isClient(value: unknown): boolean {
  if (!Array.isArray(value) || value.length !== 7) return false;
  const [stands, address, prefix, agent, amounts, times, counts] = value as unknown[];
  return (
    [0, 1, 'people', 'others'].includes(stands as never) &&
    isText(address) &&
    isText(prefix) &&
    Number.isInteger(agent) &&
    areAll(amounts, (one) => typeof one === 'number' && Math.abs(one) <= MOST) &&
    (amounts as unknown[]).length === 4 &&
    areAll(times, (one) => typeof one === 'number' && Math.abs(one) <= MOST) &&
    (times as unknown[]).length === 2 &&
    areAll(counts, (one) => Number.isInteger(one) && Math.abs(one as number) <= 2 ** 32)
  );
}

function areTotals(value: unknown): boolean {
  const { durations, ...sums } = membersOf(value);
  const names = ['requests', 'work', 'cost', 'errors', 'internal', 'gaveUp', 'withReferer', 'withAgent'];
  return (
    areAll(durations, isWhole, DURATION_CLASSES) &&
    [...names, 'withDuration', 'merged', 'streams'].every((name) => isAmount(sums[name]))
  );
}

const isRoom = (value: unknown): boolean => Array.isArray(value) && isText(value[0]) && isAmount(value[1]);
const isRate = (value: unknown): boolean =>
  Array.isArray(value) && value.length === 2 && value.every(isAmount);

const isName = (value: unknown): boolean => Array.isArray(value) && isHash(value[0]) && isText(value[1]);

const isFresh = (value: unknown): boolean => {
  const { prefixes, since } = membersOf(value);
  return areAll(prefixes, isText) && typeof since === 'number' && Math.abs(since) <= LATEST;
};

/**
 * True for a part of a slot as doors send it. Whoever has a bundle has it from somebody, so each number is looked at
 * before it is added to others.
 */
export function isRequestSlot(value: unknown): value is RequestSlot {
  const { v, kind, door, life, at, part, parts, totals, agents, clients } = membersOf(value);
  const { pages, names, fresh, rooms } = membersOf(value);
  return (
    v === 1 &&
    kind === 'requests' &&
    isText(door) &&
    isText(life) &&
    isMoment(at) &&
    isWhole(part) &&
    isWhole(parts) &&
    (totals === undefined || areTotals(totals)) &&
    areAll(agents, isAgent) &&
    areAll(clients, isClient) &&
    (pages === undefined || areAll(pages, isHash)) &&
    (names === undefined || areAll(names, isName)) &&
    (fresh === undefined || isFresh(fresh)) &&
    (rooms === undefined || areAll(rooms, isRoom))
  );
}

/** True for what was asked for on other days, as a bundle has it. */
export function isDemandBaseline(value: unknown): value is DemandBaseline {
  const { v, kind, hour, server, rooms } = membersOf(value);
  return (
    v === 1 &&
    kind === 'baseline' &&
    isWhole(hour) &&
    areAll(server, isRate) &&
    typeof rooms === 'object' &&
    Object.values(membersOf(rooms)).every((rates) => areAll(rates, isRate))
  );
}
