/**
 * What each figure about an audience means: its unit, its rule, and what it may never be added to. A rule that changes
 * gets a new version; the hash of all of them is in the evidence log.
 */

/** The unit of a figure. Figures of different units are never added, drawn on one axis, or called by the same name. */
export type Unit = 'events' | 'sessions' | 'people' | 'listens' | 'seconds';

declare const unit: unique symbol;
/** A number with a unit in its type: adding amounts of different units does not compile. */
export type Amount<U extends Unit> = number & { readonly [unit]: U };

/** The method by which a figure was obtained. */
export type Counting = 'counted' | 'sampled' | 'sketched' | 'exact';

/** The definition of one figure. */
export interface FigureRule {
  readonly id: string;
  readonly unit: Unit;
  /** False: values of two rooms, minutes or objects must not be summed into one (maxima, distinct people). */
  readonly additive: boolean;
  readonly version: number;
  /** The day from which this version counts, ISO. */
  readonly since: string;
  /** The rule, one plain sentence. */
  readonly rule: string;
}

const SINCE = '2026-12-01';
const metric = <const Id extends string, U extends Unit, A extends boolean>(
  id: Id,
  unit: U,
  additive: A,
  rule: string,
): FigureRule & { readonly id: Id; readonly unit: U; readonly additive: A } => ({
  id,
  unit,
  additive,
  version: 1,
  since: SINCE,
  rule,
});

/** All figures, in the order of the numbers page. */
export const METRICS = [
  metric(
    'listeners_now',
    'sessions',
    false,
    'Sessions that received at least half of the sound of the last 30 s and sent a valid proof at most 45 s ago (75 s in a hidden tab); hosts and speakers are not counted.',
  ),
  metric(
    'peak_concurrent',
    'sessions',
    false,
    'The largest listeners_now of all samples, taken every 10 s at the same instant on every server; never a sum of peaks.',
  ),
  metric('avg_concurrent', 'sessions', false, 'listening_seconds divided by how long the room was live.'),
  metric(
    'in_room_now',
    'sessions',
    false,
    'Pages that were open on the room or its studio at the end of the last 10 s, playing or not; hosts and speakers are counted, players inside other sites are not.',
  ),
  metric('tuned_in_live', 'sessions', true, 'Sessions with at least 60 s of proven live listening in all.'),
  metric(
    'drop_ins',
    'sessions',
    true,
    'Sessions with some proven live listening, but less than 60 s in all.',
  ),
  metric(
    'unique_listeners',
    'people',
    false,
    'Different listener keys with at least 60 s of listening, in one room and one day. The key changes every day, so people of two days or two rooms cannot be added.',
  ),
  metric(
    'listening_seconds',
    'seconds',
    true,
    'Proven playing seconds, at most the time that passed and the sound that was delivered; what the stage said and hold music are kept apart.',
  ),
  metric(
    'replay_listens',
    'listens',
    true,
    'Replays with at least 60 s delivered and proven; one per listener key in 24 hours.',
  ),
  metric(
    'listens_total',
    'listens',
    true,
    'tuned_in_live and replay_listens side by side, always written as “A live + B replay”.',
  ),
  metric(
    'visits',
    'events',
    true,
    'The room’s page was loaded; after 30 minutes without a sign it is a new visit.',
  ),
  metric('join_attempts', 'events', true, 'Listen was pressed. Automatic retries are join_retries.'),
  metric('join_retries', 'events', true, 'A player tried again by itself.'),
  metric(
    'join_success',
    'events',
    true,
    'Attempts after which a segment was delivered and the first sound was played within 30 s.',
  ),
  metric('join_failures', 'events', true, 'Attempts that were no success, by reason.'),
  metric(
    'post_impressions',
    'events',
    true,
    'At least half of a card was visible in a visible tab for one second without a break; once per card and page view. Not the author, not staff; embeds are a line of their own.',
  ),
  metric(
    'embed_impressions',
    'events',
    true,
    'The same for players inside other sites: at least half of the player visible in a visible tab for one second without a break, once per page view.',
  ),
  metric(
    'embed_listens',
    'sessions',
    true,
    'Those of tuned_in_live that listened in a player inside another site.',
  ),
  metric(
    'post_reach',
    'people',
    false,
    'Different listener keys among post_impressions, in one day. The key changes every day, so people of two days or two rooms cannot be added.',
  ),
  metric(
    'downloads',
    'events',
    true,
    'Recordings as files of which at least one minute was delivered, in one piece or several; once per listener key and day, never for a request of the first two bytes (IAB 2.2).',
  ),
] as const;

/** The id of a figure. */
export type MetricId = (typeof METRICS)[number]['id'];
/** The unit of a figure. */
export type UnitOf<Id extends MetricId> = Extract<(typeof METRICS)[number], { readonly id: Id }>['unit'];

/** Figures that grow when the room is over: by replays, and by who comes to its page or sees a card of it. */
export const GROWS_AFTER_END: ReadonlySet<MetricId> = new Set<MetricId>([
  ...(['replay_listens', 'listens_total', 'post_impressions', 'embed_impressions'] as const),
  ...(['post_reach', 'downloads', 'visits'] as const),
]);

/** Reasons for a failed join. */
export const JOIN_FAILURES = ['capacity', 'network', 'decode', 'blocked', 'abandoned', 'unknown'] as const;
/** The reason for a failed join. */
export type JoinFailure = (typeof JOIN_FAILURES)[number];

/**
 * Reasons why a session is excluded from the net count. The index is the code in a session record; 0 means that the
 * session counts.
 */
export const EXCLUSIONS = [
  'none',
  'no-agent',
  'bot',
  'bot-library',
  'headless',
  'data-centre',
  'preview',
  'dense-ip',
  'many-sessions',
  'proof-without-bytes',
  'bytes-without-proof',
  'identical-times',
  'bad-token',
  'replayed-token',
  'staff',
  'rehearsal',
] as const;
/** The reason why a session is excluded. */
export type Exclusion = (typeof EXCLUSIONS)[number];

/** The metric with this id. */
export const metricOf = (id: MetricId): FigureRule => METRICS.find((each) => each.id === id) as FigureRule;
