/**
 * Every number that the verdict depends on, with its unit and where it comes from. None was fitted to a log: they are
 * bounds of what people and browsers do, of how servers behave by default, or of memory. What each does at a given
 * trace can be tried: `openVerdict({ thresholds })` takes others.
 */
export const THRESHOLDS = {
  // ── Cost. One unit is a thousandth of what a small server has in one second: 1,000 small requests, 125 MB, 500 connections.
  /** Bytes sent for one unit: a line of 1 Gbit/s has 125 MB in a second. */
  bytesPerUnit: 125_000,
  /** Units for a connection held for one second: 500 workers or slots, as Apache and PHP-FPM are configured. */
  unitsPerSlotSecond: 2,
  /** Units for a page made by a program when the log has no durations: three times a file. An estimate. */
  unitsPerPage: 3,
  /** Ms of a page's duration that count as one unit each, up to this: longer ones wait rather than work. */
  workMs: 1000,
  /** Seconds a connection was held that ended in 408: `client_header_timeout` of nginx is 60 s, Apache's is 20 to 40. */
  timeoutSeconds: 30,

  // ── The human envelope.
  /** Pages in 10 s from one client: reloading as fast as one can gives about two a second. */
  humanPages10s: 20,
  /** Requests in 10 s from one client that no page load explains: five a second, and it sustains them. */
  floodRequests10s: 50,
  /** Requests in 10 s that are a flood whatever they ask for: no crawler that is polite comes near. */
  floodAnyhow10s: 300,
  /** Pages of one client, without a file, a cached answer or a link followed, that no reader makes. */
  persistentPages: 5,
  /** Times that one client asks for the same page, and times a second, with none of its files: faster than patience. */
  samePages: 30,
  samePagesRate: 0.4,
  /** Standard deviation of the logarithm of gaps between pages: reading times are log-normal with about 1 or more
   * (Liu, White and Dumais, 2010: Weibull with shape below 1); a timer with half of jitter has 0.3. */
  pacedDeviation: 0.5,
  /** Gaps that the pace is judged by. */
  pacedGaps: 5,

  // ── Signs of one client or address.
  /** Requests whose query is new and looks random. A campaign's click identifiers are excluded by name. */
  randomQueries: 10,
  randomShare: 0.6,
  /** Agents of one address, with at most `switchedPages` pages each. */
  switchedAgents: 8,
  switchedPages: 3,
  /** Requests for files that only attackers look for (`/.env`, `/wp-login.php` is counted as a login instead). */
  probes: 5,
  probeShare: 0.3,
  /** Addresses guessed: different ones that were not found. */
  guesses: 20,
  guessShare: 0.6,
  /** Posts to a login. Somebody who forgot a password tries less often. */
  logins: 10,
  loginShare: 0.5,
  /** Connections of one client that ended in a timeout, or without a request. Browsers that connect ahead leave one or two. */
  slowConnections: 10,
  slowShare: 0.6,
  /** Requests by a program for load tests. */
  toolRequests: 10,
  /** Share of a client's rate that it had before the event as well, and is not blamed for. */
  knownBefore: 0.3,

  // ── Clients that resemble each other.
  /** Clients in a cohort. */
  cohortClients: 10,
  /** Clients that show how people use the site: with files, cached answers, links followed or segments. */
  normClients: 20,
  /** Clients without any of these for each one with them, where no quiet time tells: caches, text browsers, previews. */
  barePrior: 0.5,
  /** The same for those that ask for many pages. */
  persistentPrior: 0.1,
  /** Share of a cohort that is more than expected before it is suspected, and before its members are called attackers. */
  cohortExcess: 0.6,
  cohortAttack: 0.85,

  // ── The event.
  /** Seconds of one slot of time, before long logs make it coarser. */
  slotSeconds: 10,
  /** Demand against the quiet time before, at the beginning and until the end. */
  rise: 3,
  fall: 1.7,
  /** Requests a second below which nothing is called an event: any server answers them. */
  eventRate: 1,
  /** Seconds of quiet that end an event, and over which the quiet time before it is known. */
  quietSeconds: 300,
  historySeconds: 3600,
  /** Seconds of log before a rise that a rise can be told by. */
  leastHistorySeconds: 30,
  /** Requests below which nothing is decided. */
  leastRequests: 60,

  // ── Labels.
  /** Hostile share (mean of cost and requests) from which the event is mixed, and is an attack. */
  mixedShare: 0.15,
  attackShare: 0.8,
  /** Rise of what people asked for that is a crowd beside an attack. */
  crowdRise: 2,
  /** Clients, and seconds, that make a crowd when nobody met harm: less is a few busy visitors. */
  crowdClients: 30,
  crowdSeconds: 60,
  /** Share of what cannot be classified above which nothing is decided. */
  unclearShare: 0.6,

  // ── Harm and faults.
  /** Share of answers that are errors of the server or given up, in a slot with at least `harmRequests`. */
  harmShare: 0.05,
  harmRequests: 10,
  /** Median duration against the healthy one, and at least this many ms more. */
  harmSlower: 3,
  harmSlowerMs: 50,
  /** Seconds of harm, and of health at the same demand before it, that make a fault. */
  harmSeconds: 20,
  healthySeconds: 60,
  /** Demand at the beginning of harm, against what was served well before. */
  sameDemand: 1.15,
  /** Share of lines that must be readable before a cause is named. */
  completeShare: 0.99,

  // ── Families.
  /** Weight from which a family counts as saying something. */
  familyWeight: 0.3,
  /** Families that must agree before an attack is called a cause. */
  agreeing: 2,

  // ── Other days, where a server knows them.
  /** Days of the same hour that say what is usual: with fewer one odd evening would. */
  baselineDays: 3,
  /** Days after which what they say has its whole weight: two weeks have each weekday twice. */
  baselineWhole: 14,
  /** The weight of it at most: it says whether demand was unusual, never who it was. */
  baselineWeight: 0.3,

  // ── The interval.
  /** Samples of the bootstrap, its seed, and the deviation of how sure one class is (in logits), shared by a cohort. */
  samples: 400,
  seed: 20_240_812,
  doubt: 1,

  // ── Memory. What happens at each limit is said in the answer.
  /** Clients told apart. At the limit those silent for ten minutes that cost little are counted by kind from then on;
   * if none are, new ones are counted by prefix. */
  mostClients: 100_000,
  /** Pairs of a client and a slot; at the limit slots become twice as long. */
  mostCells: 1_200_000,
  /** Slots of the timeline; at the limit they become twice as long. */
  mostSlots: 20_000,
  /** Addresses of pages and files remembered by name; further ones are told by their hash alone. */
  mostPaths: 30_000,
  /** Agents remembered; further ones are one. */
  mostAgents: 20_000,
} as const;

/** The numbers of this file, all of them. */
export type Thresholds = { readonly [Name in keyof typeof THRESHOLDS]: number };
