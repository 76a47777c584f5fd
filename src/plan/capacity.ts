/** The number of machines for an event: one formula for the command line, the page and the manual. */
import { pollOn } from '../wire/delivery.ts';

/** The event to be planned. */
export interface PlanWishes {
  /** Simultaneous listeners. */
  readonly listeners: number;
  /** kbit/s of sound to each listener. */
  readonly bitrate: number;
  /** Processor cores of one machine. */
  readonly cores: number;
  /** Gbit/s of one machine's network card. */
  readonly nic: number;
  readonly tls: boolean;
  /** Duration in hours. */
  readonly hours: number;
  /** Minutes in which half of the listeners arrive. */
  readonly arrival: number;
  /** ms between two writes of the stream. */
  readonly period: number;
  /** Share of the listeners that caches serve, 0 to 1. */
  readonly cached: number;
  /**
   * Share of the listeners at caches who have the room's page open, 0 to 1. With the stream the page sends no requests.
   */
  readonly open: number;
  /** Your own prices: one machine for an hour, one TB of egress, a million requests to a CDN. 0: not counted. */
  readonly machineHour: number;
  readonly terabyte: number;
  readonly millionRequests: number;
}

/** Measured costs, and where they were measured. */
export interface PlanFigures {
  /** CPU µs for one write to one listener, plain and with TLS. */
  readonly write: number;
  readonly writeTls: number;
  /** CPU µs for one listener to join, plain and with TLS. */
  readonly join: number;
  readonly joinTls: number;
  /** kB of process memory per listener, plain and with TLS, without the kernel's own memory. */
  readonly memory: number;
  readonly memoryTls: number;
  readonly kernel: number;
  /** CPU µs for a cache to answer one request for a segment, plain and with TLS. */
  readonly segment: number;
  readonly segmentTls: number;
  /** Where and when. */
  readonly source: string;
}

/** The measurements of docs/performance.md and docs/caches.md; repeat them with `earshot plan --measure`. */
export const MEASURED: PlanFigures = {
  ...{ write: 14, writeTls: 22.7, join: 182, joinTls: 1662 },
  ...{ memory: 4.6, memoryTls: 30, kernel: 5, segment: 13.3, segmentTls: 19.8 },
  source:
    'docs/any-crowd.md, 23 November 2026: one core of an Intel Xeon at 2.5 GHz, loopback, 5,000 listeners, without TLS and with it (every handshake a full one)',
};

/** Default assumptions. */
export const WISHES: PlanWishes = {
  ...{ listeners: 100_000, bitrate: 48, cores: 4, nic: 10, tls: true, hours: 2, arrival: 3, period: 1280 },
  ...{ cached: 0, open: 1, machineHour: 0, terabyte: 0, millionRequests: 0 },
};

/** The planned share of a processor. */
export const CORE_SHARE = 0.6;
/** The planned share of a network card. */
const NIC_SHARE = 0.8;
/** Factor for spare machines. */
export const SPARE = 1.25;
/**
 * Overhead of container and TCP/IP: 164 bytes of boxes for each 320 ms, headers of 54 bytes for each 1,448, and the way
 * back.
 */
const BOXES_KBIT = 4.1;
const PACKETS = 1.04;
const SEGMENT_SECONDS = 5.12;
/**
 * kbit/s of boxes with the room's state, sent with the sound: measured in a room of five people who talk
 * (docs/performance.md).
 */
const NEWS_KBIT = 2.3;
/** Listeners are at caches from rung 2 on. */
const CACHED_POLL_S = pollOn(2) / 1000;

/** One line of a plan: its name, how it was computed, and the result. */
export interface PlanLine {
  readonly what: string;
  readonly formula: string;
  readonly value: number;
  readonly unit: string;
}

/** A plan: its lines in order, and the figures for programs. */
export interface CapacityPlan {
  readonly lines: readonly PlanLine[];
  readonly machines: number;
  /** Gbit/s at the peak. */
  readonly egress: number;
  /** TB over the evening. */
  readonly terabytes: number;
  /** The whole plan in one sentence. */
  readonly summary: string;
  /** Requests per second to caches. */
  readonly requests: number;
  readonly cost: number;
  /** Listeners that the doors of one machine can serve. */
  readonly holds: number;
  /** Further remarks, as whole sentences. */
  readonly notes: readonly string[];
}

const COST = 'cost at your prices';

/** The lines of a plan, in the order in which they are computed. */
class Sheet {
  readonly lines: PlanLine[] = [];

  line(what: string, value: number, unit: string, formula: string): number {
    this.lines.push({ what, formula, value, unit });
    return value;
  }
}

/** What leaves the machines. */
function traffic(wishes: PlanWishes, sheet: Sheet) {
  const { listeners, bitrate, hours, cached } = wishes;
  const kbit = sheet.line(
    'sent to one listener',
    (bitrate + BOXES_KBIT + NEWS_KBIT) * PACKETS,
    'kbit/s',
    `(${bitrate} sound + ${BOXES_KBIT} boxes + ${NEWS_KBIT} news of the room) × ${PACKETS} packets`,
  );
  const onStream = sheet.line(
    'listeners on the stream',
    Math.round(listeners * (1 - cached)),
    '',
    `${amount(listeners)} × (1 − ${cached})`,
  );
  const onCache = listeners - onStream;
  const egress = sheet.line(
    'egress',
    (listeners * kbit) / 1e6,
    'Gbit/s',
    `${amount(listeners)} × ${round(kbit)} kbit/s`,
  );
  const terabytes = sheet.line(
    'sent over the evening',
    (egress * hours * 3600) / 8 / 1000,
    'TB',
    `${round(egress)} Gbit/s × ${hours} h × 3,600 ÷ 8 ÷ 1,000`,
  );
  return { kbit, onStream, onCache, egress, terabytes };
}

/** Processor time and memory. */
function load(wishes: PlanWishes, figures: PlanFigures, sent: ReturnType<typeof traffic>, sheet: Sheet) {
  const { listeners, tls, arrival, period, open } = wishes;
  const { onStream, onCache } = sent;
  const write = tls ? figures.writeTls : figures.write;
  const writes = sheet.line(
    'cores that write the stream',
    (onStream * write * (1000 / period)) / 1e6,
    'cores',
    `${amount(onStream)} × ${write} µs × ${round(1000 / period)} writes/s`,
  );
  const join = tls ? figures.joinTls : figures.join;
  const perSecond = sheet.line(
    'arrivals per second',
    listeners / 2 / (arrival * 60),
    '/s',
    `half of ${amount(listeners)} in ${arrival} min`,
  );
  const joins = sheet.line(
    'cores that let them in',
    (perSecond * join) / 1e6,
    'cores',
    `${amount(Math.round(perSecond))}/s × ${join} µs`,
  );
  const requests = sheet.line(
    'requests to caches',
    onCache * (1 / SEGMENT_SECONDS + open / CACHED_POLL_S),
    '/s',
    `${amount(onCache)} × (1 ÷ ${SEGMENT_SECONDS} s a segment + ${open} ÷ ${CACHED_POLL_S} s a page)`,
  );
  const segment = tls ? figures.segmentTls : figures.segment;
  const caching = sheet.line(
    'cores that answer them',
    (requests * segment) / 1e6,
    'cores',
    `${amount(Math.round(requests))}/s × ${segment} µs`,
  );
  const memory = sheet.line(
    'memory for listeners on the stream',
    (onStream * ((tls ? figures.memoryTls : figures.memory) + figures.kernel)) / 1e6,
    'GB',
    `${amount(onStream)} × (${tls ? figures.memoryTls : figures.memory} + ${figures.kernel} kernel) kB`,
  );
  return { write, requests, memory, used: writes + joins + caching };
}

/** Machines that carry both. */
function hardware(
  wishes: PlanWishes,
  sent: ReturnType<typeof traffic>,
  needed: ReturnType<typeof load>,
  sheet: Sheet,
) {
  const { cores, nic, period } = wishes;
  const { kbit, egress } = sent;
  const { write, memory, used } = needed;
  const byCores = sheet.line(
    'machines by processor',
    used / (cores * CORE_SHARE),
    '',
    `${round(used)} cores ÷ (${cores} × ${CORE_SHARE * 100} %)`,
  );
  const holds = sheet.line(
    'one machine holds on the stream',
    Math.floor(
      Math.min((cores * CORE_SHARE * 1e6) / (write * (1000 / period)), (nic * NIC_SHARE * 1e6) / kbit),
    ),
    '',
    `the smaller of ${cores} cores × ${CORE_SHARE * 100} % ÷ (${write} µs × ${round(1000 / period)}/s) and ${nic} Gbit/s × ${NIC_SHARE * 100} % ÷ ${round(kbit)} kbit/s`,
  );
  const byNic = sheet.line(
    'machines by network card',
    egress / (nic * NIC_SHARE),
    '',
    `${round(egress)} Gbit/s ÷ (${nic} × ${NIC_SHARE * 100} %)`,
  );
  const machines = sheet.line(
    'machines',
    Math.max(1, Math.ceil(Math.max(byCores, byNic) * SPARE)),
    '',
    `the larger of both × ${SPARE} to spare, rounded up`,
  );
  sheet.line(
    'memory in each',
    memory / machines,
    'GB',
    `${round(memory)} GB ÷ ${machines}, beside 1 GB for Earshot itself`,
  );
  return { machines, holds };
}

/** Computes a plan. All figures are those of the peak, except TB and cost. */
export function plan(wishes: PlanWishes, figures: PlanFigures): CapacityPlan {
  const { listeners, cores, nic, hours } = wishes;
  const sheet = new Sheet();
  const sent = traffic(wishes, sheet);
  const needed = load(wishes, figures, sent, sheet);
  const { machines, holds } = hardware(wishes, sent, needed, sheet);
  const { onStream, egress, terabytes } = sent;
  const { requests } = needed;
  const cost = sheet.line(
    COST,
    machines * hours * wishes.machineHour +
      terabytes * wishes.terabyte +
      ((requests * hours * 3600) / 1e6) * wishes.millionRequests,
    '',
    `${machines} × ${hours} h × ${wishes.machineHour} + ${round(terabytes)} TB × ${wishes.terabyte} + ${round((requests * hours * 3600) / 1e6)} M requests × ${wishes.millionRequests}`,
  );
  const notes: string[] = [];
  if (onStream > holds) {
    const share = Math.min(1, Math.ceil((1 - holds / listeners) * 100) / 100);
    notes.push(
      `The stream comes from the doors of one machine: the other machines are caches, or a CDN. Plan with at least ${share} behind them (cached).`,
    );
  }
  if (cost === 0) notes.push('No prices are known here: enter what your provider charges.');
  const many = (n: number, one: string): string => `${amount(n)} ${one}${n === 1 ? '' : 's'}`;
  const summary =
    `${many(machines, 'machine')} with ${many(cores, 'core')} and ${amount(nic)} Gbit/s each for ${many(listeners, 'listener')} at one time: ` +
    `${round(egress)} Gbit/s, ${round(terabytes)} TB in ${many(hours, 'hour')}${cost > 0 ? `, about ${round(cost)} at your prices` : ''}.`;
  // A cost without a price would be meaningless.
  return {
    summary,
    lines: cost > 0 ? sheet.lines : sheet.lines.filter(({ what }) => what !== COST),
    machines,
    egress,
    terabytes,
    requests,
    cost,
    holds,
    notes,
  };
}

/** Limits of each wish: a plan for more than the Earth's population is a typing error. */
export const BOUNDS: Readonly<Record<Exclude<keyof PlanWishes, 'tls'>, readonly [number, number]>> = {
  ...{ listeners: [1, 10_000_000_000], bitrate: [6, 1_000], cores: [1, 1_024], nic: [0.01, 1_000] },
  ...{ hours: [0.1, 8_760], arrival: [0.1, 1_440], period: [320, 2_560], cached: [0, 1], open: [0, 1] },
  ...{ machineHour: [0, 1e6], terabyte: [0, 1e6], millionRequests: [0, 1e6] },
};

/**
 * Reads wishes from text values such as those of a form or flags. Missing values and values out of bounds are named.
 */
export function readWishes(get: (name: string) => string | undefined): {
  readonly wishes: PlanWishes;
  readonly wrong: readonly { readonly name: string; readonly least: number; readonly most: number }[];
} {
  const wrong: { name: string; least: number; most: number }[] = [];
  const found: Record<string, number> = {};
  for (const [name, [least, most]] of Object.entries(BOUNDS)) {
    const text = get(name)
      ?.trim()
      .replace(/(?:gbit|kbit)(?:\/s)?$/i, '');
    if (text === undefined || text === '') continue;
    const value = /^\d{1,12}(?:\.\d{1,6})?$/.test(text) ? Number(text) : Number.NaN;
    if (value >= least && value <= most) found[name] = value;
    else wrong.push({ name, least, most });
  }
  const tls = get('tls');
  const wishes = {
    ...WISHES,
    ...found,
    ...(tls === undefined ? {} : { tls: !/^(?:no|false|0|off)$/i.test(tls) }),
  };
  return { wishes: { ...wishes, listeners: Math.round(wishes.listeners) }, wrong };
}

const round = (value: number): string => amount(Number(value.toPrecision(3)));
const amount = (value: number): string => value.toLocaleString('en', { maximumFractionDigits: 3 });
/** A value in readable form: three digits, with thousands separators. */
export const spoken = ({ value, unit }: PlanLine): string =>
  `${unit === '' && Number.isInteger(value) ? amount(value) : round(value)}${unit === '' ? '' : unit.startsWith('/') ? unit : ` ${unit}`}`;
