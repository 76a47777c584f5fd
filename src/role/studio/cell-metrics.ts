import { exposition, type Metric, type Sample } from '../../base/metrics.ts';
import type { SpeakerStats } from '../../mixer/index.ts';

/** What a cell reports about one room. */
export interface RoomMetrics {
  readonly slug: string;
  /** True while the hosts are live; false while only the doors are open. */
  readonly live: boolean;
  /** True while its studio makes no sound because nobody is listening. */
  readonly resting: boolean;
  readonly streams: number;
  /** People on the stage whose connection is up. */
  readonly onStage: number;
  /** Seconds of dead air so far; 0 while there is sound, or none is expected. */
  readonly deadAir: number;
  /** Undefined where nothing is recorded. */
  readonly recording: { readonly healthy: boolean; readonly gaps: number } | undefined;
  /** Level of the ladder in force for it. */
  readonly level: number;
  /** Seconds of this process spent in the room's work; its encoders have threads of their own. */
  readonly busy: number;
  /** Last fragment made. */
  readonly last: number;
  readonly speakers: readonly (readonly [id: string, stats: SpeakerStats])[];
}

type Series = readonly [name: string, kind: Metric['kind'], help: string, value: (s: SpeakerStats) => number];

const PER_SPEAKER: readonly Series[] = [
  [
    'received_packets_total',
    'counter',
    'Packets received from a speaker, on time or late',
    (s) => s.received,
  ],
  ['fec_frames_total', 'counter', 'Lost frames rebuilt from in-band FEC', (s) => s.fec],
  ['concealed_frames_total', 'counter', 'Lost frames replaced by concealment', (s) => s.concealed],
  ['late_packets_total', 'counter', 'Packets of a speaker that arrived too late to be heard', (s) => s.late],
  ['lost_packets_total', 'counter', 'Packets of a speaker that never arrived', (s) => s.lost],
  ['buffer_seconds', 'gauge', "Current length of a speaker's jitter buffer", (s) => s.bufferMs / 1000],
  [
    'drift_ratio',
    'gauge',
    "How much faster a speaker's clock runs than the program's: 0.0001 is 100 ppm",
    (s) => s.driftPpm / 1e6,
  ],
  ['loudness_lufs', 'gauge', 'Loudness of a speaker as it arrives', (s) => s.loudnessLufs],
  ['gain_decibels', 'gauge', 'Gain applied to a speaker', (s) => s.gainDb],
];

/** Prometheus text of a cell; `failures` are connections that the media library could not open. */
export function cellMetrics(rooms: readonly RoomMetrics[], failures = 0): string {
  const each = (value: (room: RoomMetrics) => number | undefined): Sample[] =>
    rooms.map((room) => [{ room: room.slug }, value(room) ?? Number.NaN]);
  const room = (name: string, help: string, value: (room: RoomMetrics) => number | undefined): Metric => ({
    ...{ name: `earshot_room_${name}`, kind: 'gauge', help },
    value: each(value),
  });
  return exposition([
    room('live', '1 while the hosts are live, 0 while the doors are open and music plays', (r) =>
      Number(r.live),
    ),
    room(
      'resting',
      '1 while nobody is listening and the studio has stopped encoding; the next listener hears the room at once',
      (r) => Number(r.resting),
    ),
    room(
      'dead_air_seconds',
      'How long the room has been silent unintentionally; 0 while there is sound',
      (r) => r.deadAir,
    ),
    room('speakers', 'People on the stage whose connection is up', (r) => r.onStage),
    room('listeners', 'Streams served by all doors: connections, not people', (r) => r.streams),
    room(
      'ladder_level',
      'Level of the ladder in force for the room: 0 is full service, 7 is text only',
      (r) => r.level,
    ),
    room(
      'recording_healthy',
      '1 while the recording is being written, 0 while sound is being lost from it; absent where nothing is recorded',
      (r) => r.recording && Number(r.recording.healthy),
    ),
    room('recording_gaps', 'Gaps in the recording of the room so far', (r) => r.recording?.gaps),
    {
      ...{ name: 'earshot_room_busy_seconds_total', kind: 'counter' as const, value: each((r) => r.busy) },
      help: "Time of its studio process spent in the room's work, without its encoders",
    },
    room('program_fragment', 'Sequence number of the newest fragment', (r) => r.last),
    {
      name: 'earshot_stage_failures_total',
      kind: 'counter',
      help: 'Speakers who could not be connected because the media library refused',
      value: failures,
    },
    ...PER_SPEAKER.map(
      ([name, kind, help, value]): Metric => ({
        ...{ name: `earshot_mixer_${name}`, kind, help },
        value: rooms.flatMap(({ slug, speakers }) =>
          speakers.map(([speaker, stats]) => [{ room: slug, speaker }, value(stats)] as const),
        ),
      }),
    ),
  ]);
}
