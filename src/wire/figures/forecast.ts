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
  /** Shares of all arrivals, minute by minute, rounded; the sum is 1. */
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

/** A forecast that was shown, and how it came out. */
export interface ShownForecast extends Omit<Forecast, 'v' | 'arrivals'> {
  /** The announced start that it was for, wall-clock ms; absent: none. */
  readonly start?: number;
  /** Absent until the room is over and counted. */
  readonly hits?: Readonly<Record<Foreseen, ForecastHit>>;
}

/** How often intervals were right so far. */
export interface ForecastScore {
  readonly checked: number;
  readonly inside: number;
  readonly below: number;
  readonly above: number;
  /** How many were to be expected inside. */
  readonly expected: number;
  /** True when so many or so few inside would happen to a true 80 % in fewer than one case in twenty. */
  readonly isOdd: boolean;
}

/** Something to be done before many come, with its figure. */
export interface ForecastAdvice {
  /**
   * `rehearse`: up to `people`. `cache`: put one in front. `cap`: the room's cap is `people`. `spread`: send the
   * link over so many minutes (`people`). `limit`: set `egressLimit`, without which nobody knows what the network carries.
   */
  readonly what: 'rehearse' | 'cache' | 'cap' | 'spread' | 'limit';
  readonly people: number;
}

/** What this installation holds, and what a forecast means for it. */
export interface ForecastCapacity {
  /** Listeners at once on the stream, by calculation from measured costs. */
  readonly holds: number;
  /** What limits that: processor, or the network as `egressLimit` has it. */
  readonly limit: 'processor' | 'network';
  /** False where nobody has said what the network carries: then `holds` is of the processor alone. */
  readonly network: boolean;
  /** Most that were here at once without anybody being worse off (rung 0), and when; absent: nobody was. */
  readonly proven?: { readonly people: number; readonly at: number };
  /** Arrivals a second that the doors can let in, by calculation. */
  readonly joins: number;
  /** True where listeners can be sent to caches. */
  readonly caches: boolean;
  /**
   * The rung to be expected at the upper end. `0`: full service. `1`: later writes, a second or two. `2`: some hear it
   * half a minute later, from caches. `4`: newcomers wait in line.
   */
  readonly rung: 0 | 1 | 2 | 4;
  readonly advice: readonly ForecastAdvice[];
}

/** `GET /api/rooms/:slug/forecast`. */
export interface ForecastTold {
  readonly v: 1;
  readonly room: string;
  readonly title: string;
  readonly status: 'scheduled' | 'open' | 'live' | 'ended' | 'cancelled' | 'stopped';
  /** The announced start, wall-clock ms. */
  readonly start?: number;
  /** As it is now; absent once the room is live or over. */
  readonly now?: Forecast;
  readonly capacity?: ForecastCapacity;
  /** When those who asked for it are reminded before the start, one after the other, wall-clock ms; absent: nobody is. */
  readonly reminding?: { readonly people: number; readonly from: number; readonly until: number };
  /** Those that were shown before, the oldest first. */
  readonly shown: readonly ShownForecast[];
  /** Absent until the room is over and its final figures are known. */
  readonly outcome?: ForecastOutcome;
  /** Of the listeners at once, over the rooms of the same hosts. */
  readonly score: ForecastScore;
  /** The same over all rooms of the server; for its operator alone. */
  readonly serverScore?: ForecastScore;
}
