import type { SpeakerStats } from '../mixer/index.ts';

/** What a cell says of one room. */
export interface RoomMetrics {
  readonly slug: string;
  readonly streams: number;
  /** Level of the ladder that holds for it. */
  readonly level: number;
  /** Last fragment made. */
  readonly last: number;
  readonly speakers: readonly (readonly [id: string, stats: SpeakerStats])[];
}

type Series = readonly [
  name: string,
  kind: 'counter' | 'gauge',
  help: string,
  value: (s: SpeakerStats) => number,
];

const PER_SPEAKER: readonly Series[] = [
  [
    'earshot_mixer_received_packets_total',
    'counter',
    'Packets that arrived in time or late',
    (s) => s.received,
  ],
  ['earshot_mixer_fec_frames_total', 'counter', 'Lost frames rebuilt from in-band FEC', (s) => s.fec],
  [
    'earshot_mixer_concealed_frames_total',
    'counter',
    'Lost frames replaced by concealment',
    (s) => s.concealed,
  ],
  ['earshot_mixer_late_packets_total', 'counter', 'Packets that came after their time', (s) => s.late],
  ['earshot_mixer_lost_packets_total', 'counter', 'Packets that never came', (s) => s.lost],
  ['earshot_mixer_buffer_milliseconds', 'gauge', 'Jitter buffer, now', (s) => s.bufferMs],
  ['earshot_mixer_drift_ppm', 'gauge', "Speaker's clock against the program's", (s) => s.driftPpm],
  ['earshot_mixer_loudness_lufs', 'gauge', 'Loudness as it arrives', (s) => s.loudnessLufs],
  ['earshot_mixer_gain_decibels', 'gauge', 'Gain applied', (s) => s.gainDb],
];

/** Prometheus text of a cell. Spec: Prometheus exposition format 0.0.4. */
export function cellMetrics(rooms: readonly RoomMetrics[]): string {
  const lines: string[] = [];
  const head = (name: string, kind: string, help: string): void => {
    lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} ${kind}`);
  };
  head('earshot_program_fragment', 'gauge', 'Sequence number of the newest fragment');
  for (const { slug, last } of rooms) lines.push(`earshot_program_fragment{room="${slug}"} ${last}`);
  head('earshot_program_streams', 'gauge', 'Streams served by all doors');
  for (const { slug, streams } of rooms) lines.push(`earshot_program_streams{room="${slug}"} ${streams}`);
  head('earshot_program_level', 'gauge', 'Level of the ladder that holds for the room');
  for (const { slug, level } of rooms) lines.push(`earshot_program_level{room="${slug}"} ${level}`);
  for (const [name, kind, help, value] of PER_SPEAKER) {
    head(name, kind, help);
    for (const { slug, speakers } of rooms)
      for (const [id, stats] of speakers) {
        const number = value(stats);
        if (Number.isFinite(number)) lines.push(`${name}{room="${slug}",speaker="${id}"} ${number}`);
      }
  }
  return `${lines.join('\n')}\n`;
}
