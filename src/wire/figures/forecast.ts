/**
 * What travels of a forecast: `GET /api/rooms/:slug/forecast`, the studio, the operator's page. All of it are estimates,
 * and none of it is ever shown as a count.
 */

/** The three things that are forecast, each with the figure of the numbers page by which it is checked. */
export const FORESEEN = ['peak', 'heard', 'worst'] as const;
/**
 * `peak`: listeners at once (`peak_concurrent`). `heard`: listeners of a minute or more (`tuned_in_live`). `worst`:
 * arrivals in the minute with most of them.
 */
export type Foreseen = (typeof FORESEEN)[number];

/** When a forecast is kept, to be checked later. */
export const FORECAST_MOMENTS = ['announced', 'day', 'hour', 'start'] as const;
/** `day` and `hour`: so long before the announced start. */
export type ForecastMoment = (typeof FORECAST_MOMENTS)[number];

/** The nominal share of outcomes inside an interval; a tenth is to be expected below it, a tenth above. */
export const FORECAST_SHARE = 0.8;

/** An 80 % interval of people, and its middle. Whole numbers; `low` ≤ `middle` ≤ `high`. */
export interface ForecastSpan {
  readonly low: number;
  /** As likely too high as too low; absent where too little is known for a single figure. */
  readonly middle?: number;
  readonly high: number;
}

/** What was known when a forecast was made. Sums alone: no person is in it. */
export interface ForecastSignals {
  /** Reminders by kind, such as `push`, `mail`, `calendar`. */
  readonly reminders: Readonly<Record<string, number>>;
  /** Accounts that follow a host, each once. */
  readonly followers: number;
  /** Accounts and addresses invited to the room that have not declined. */
  readonly invited: number;
}

/** What a forecast rests on. */
export interface ForecastBasis {
  /** Past rooms of the same hosts, and of others on this server. */
  readonly own: number;
  readonly others: number;
  /** `nothing`: neither signals nor past rooms. `little`: no middle is given. */
  readonly knows: 'nothing' | 'little' | 'some';
}

/** A share of the arrivals, by minutes from the announced start. */
export type ArrivalStep = readonly [minute: number, share: number];

/** A forecast, made at one moment. */
export interface Forecast {
  readonly v: 1;
  /** Wall-clock ms. */
  readonly made: number;
  readonly moment: ForecastMoment;
  readonly signals: ForecastSignals;
  readonly basis: ForecastBasis;
  readonly spans: Readonly<Record<Foreseen, ForecastSpan>>;
  /** Shares of all arrivals, minute by minute; the sum is 1. */
  readonly arrivals: readonly ArrivalStep[];
}

/** What came in the end, of one room. */
export interface ForecastOutcome {
  /** By the signed final figures; a figure that nobody counted is absent. */
  readonly came: Readonly<Partial<Record<Foreseen, number>>>;
  /** The entry of the evidence log in which the figures are. */
  readonly entry?: number;
  /** Wall-clock ms at which the room ended. */
  readonly ended: number;
}

/** How one figure of a forecast came out. */
export type ForecastHit = 'inside' | 'below' | 'above' | 'unknown';
