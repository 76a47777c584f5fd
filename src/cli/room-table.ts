import type { ForecastTold } from '../wire/figures/forecast.ts';
import { type Clocks, isOver, isRunning, type RoomStatus } from '../wire/room.ts';
import { forecastEnglish } from '../words/forecast-english.ts';
import { forecastLines } from '../words/forecast-words.ts';

/** A room as the command line shows it. */
export interface ListedRoom {
  readonly slug: string;
  readonly title: string;
  readonly status: RoomStatus;
  readonly hosts?: readonly string[];
  readonly clocks?: Clocks;
  readonly cap?: number;
  readonly url?: string;
  readonly event?: string;
  /** Connections that listen now. */
  readonly streams?: number;
}

/** The time zone of this machine, as it is named where times are shown. */
const ZONE = Intl.DateTimeFormat().resolvedOptions().timeZone;

/** An instant in the time zone of this machine: `2026-12-01 20:00`. */
export function localTime(at: number): string {
  const date = new Date(at);
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}`;
}

/** When a room starts, began or ended, in words. */
const when = ({ status, clocks = {} }: ListedRoom): string => {
  const at =
    status === 'scheduled'
      ? clocks.scheduled
      : isOver(status)
        ? clocks.ended
        : (clocks.firstSpeech ?? clocks.opened);
  return at === undefined ? '' : localTime(at);
};

/** Rooms in columns, with a heading. */
export function roomTable(rooms: readonly ListedRoom[]): string {
  if (rooms.length === 0) return 'No rooms yet: earshot room create --title "Town hall"';
  const rows = [
    ['STATUS', 'WHEN', 'LISTENING', 'ADDRESS', 'TITLE'],
    ...rooms.map((room) => [
      room.status,
      when(room),
      isRunning(room.status) ? String(room.streams ?? 0) : '',
      room.slug,
      room.title,
    ]),
  ];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map((row) =>
    row
      .map((cell, column) =>
        column === 2 ? cell.padStart(widths[2] ?? 0) : cell.padEnd(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd(),
  );
  return [...lines, '', `Times are in ${ZONE}.`].join('\n');
}

/** One room, one line per fact. */
export function roomDetails(room: ListedRoom): string {
  const { clocks = {} } = room;
  const rows: readonly (readonly [string, string | undefined])[] = [
    ['status', room.status],
    ['hosts', room.hosts?.join(', ') || undefined],
    ['starts', clocks.scheduled === undefined ? undefined : `${localTime(clocks.scheduled)} (${ZONE})`],
    ['opened', clocks.opened === undefined ? undefined : localTime(clocks.opened)],
    ['speech', clocks.firstSpeech === undefined ? undefined : localTime(clocks.firstSpeech)],
    ['ended', clocks.ended === undefined ? undefined : localTime(clocks.ended)],
    ['listen', room.url],
    ['now', room.streams === undefined ? undefined : `${room.streams} listening`],
    ['cap', room.cap === undefined ? undefined : String(room.cap)],
    ['calendar', room.status === 'scheduled' ? room.event : undefined],
  ];
  const said = rows.filter((row): row is [string, string] => row[1] !== undefined);
  return [room.title, ...said.map(([name, value]) => `  ${name.padEnd(8)} ${value}`)].join('\n');
}

/** The forecast of a room, as lines of text. */
export function forecastText(told: ForecastTold): string {
  const { now, state, shown, score, serverScore } = forecastLines(told, forecastEnglish, 'en-GB');
  const list = (title: string, lines: readonly string[]): string[] =>
    lines.length === 0 ? [] : ['', title, ...lines.map((line) => `  ${line}`)];
  return [
    ...(now ? [now.headline, forecastEnglish.estimate, ...now.more, ...now.rung] : []),
    ...(state ? [state] : []),
    ...list(forecastEnglish.toDo, now?.advice ?? []),
    ...list(
      forecastEnglish.before,
      shown.map(({ says }) => says),
    ),
    ...['', score],
    ...(serverScore ? [`${forecastEnglish.serverScore}${serverScore}`] : []),
  ].join('\n');
}
