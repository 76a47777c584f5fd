import { escapeHtml } from '../../base/plain-text.ts';
import type { RoomPreview } from './room-preview.ts';
import { canWrite, readsFromRight, visualLine, wrappedLines } from './written.ts';

const WIDTH = 1200;
const HEIGHT = 630;
const MARGIN = 72;
const COLOURS = {
  ...{ ground: '#f7f3ea', ink: '#1c1a17', ash: '#635d52', stone: '#ebe4d5', seat: '#ddd3be' },
  ...{ ember: '#a93c1a', ochre: '#7a580f', olive: '#55662b', aegean: '#1f5a7a' },
} as const;
/** The tone of the mark, and of who sits in the seats. */
const TONES: Readonly<Record<RoomPreview['state'], { readonly mark: string; readonly seats: string }>> = {
  before: { mark: COLOURS.aegean, seats: COLOURS.seat },
  late: { mark: COLOURS.ochre, seats: COLOURS.seat },
  open: { mark: COLOURS.aegean, seats: COLOURS.aegean },
  live: { mark: COLOURS.ember, seats: COLOURS.ember },
  break: { mark: COLOURS.ochre, seats: COLOURS.ochre },
  ended: { mark: COLOURS.olive, seats: COLOURS.olive },
  cancelled: { mark: COLOURS.ash, seats: COLOURS.seat },
  stopped: { mark: COLOURS.ash, seats: COLOURS.seat },
};
/** The theatre seen from above: where its stage is, and its rows. */
const STAGE = { x: 930, y: 628 } as const;
const ROWS = [112, 148, 184, 220, 256] as const;
const SEAT = { apart: 30, radius: 8 } as const;

const dot = (x: number, y: number, radius: number, fill: string): string =>
  `<circle cx="${x.toFixed(1)}" cy="${y.toFixed(1)}" r="${radius}" fill="${fill}"/>`;

/** Rows of seats around a stage. It is the same for every room: it says the state and no number. */
function theatre(seats: string, speakers: number, mark: string): string {
  const drawn: string[] = [];
  for (const radius of ROWS) {
    const many = Math.floor((Math.PI * radius) / SEAT.apart);
    for (let n = 0; n < many; n++) {
      const angle = Math.PI * (1 + (n + 0.5) / many);
      drawn.push(
        dot(STAGE.x + radius * Math.cos(angle), STAGE.y + radius * Math.sin(angle), SEAT.radius, seats),
      );
    }
  }
  drawn.push(dot(STAGE.x, STAGE.y, 76, COLOURS.stone));
  const stood = Math.min(3, Math.max(1, speakers));
  for (let n = 0; n < stood; n++)
    drawn.push(dot(STAGE.x + (n - (stood - 1) / 2) * 40, STAGE.y - 30, 13, mark));
  return drawn.join('');
}

/** Lines of text one below the other; those that are read from the right stand at the right. */
function written(lines: readonly string[], y: number, size: number, fill: string, width: number): string {
  return lines
    .map((line, n) => {
      const fromRight = readsFromRight(line);
      const x = fromRight ? MARGIN + width : MARGIN;
      const anchor = fromRight ? ' text-anchor="end"' : '';
      return `<text x="${x}" y="${Math.round(y + n * size * 1.2)}" font-size="${size}" fill="${fill}"${anchor}>${escapeHtml(visualLine(line))}</text>`;
    })
    .join('\n');
}

const picture = (inside: string): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}">
<rect width="${WIDTH}" height="${HEIGHT}" fill="${COLOURS.ground}"/>
${inside}
</svg>
`;

/**
 * The image of a room's link. `address`: where the room is, without its scheme; it stands in place of a title in letters that
 * no face here has, because half of a title would be another one.
 */
export function roomPicture(room: RoomPreview, address: string): string {
  const { mark, seats } = TONES[room.state];
  const width = WIDTH - 2 * MARGIN;
  const title = canWrite(room.title)
    ? wrappedLines(room.title, 64, width, 3)
    : wrappedLines(address, 56, width, 2);
  const size = canWrite(room.title) ? 64 : 56;
  const speakers = room.hosts === '' ? 1 : room.hosts.split(', ').length;
  const under = 196 + title.length * size * 1.2;
  const hosts = room.hosts !== '' && canWrite(room.hosts) ? wrappedLines(room.hosts, 34, 620, 1) : [];
  return picture(
    [
      `<rect width="14" height="${HEIGHT}" fill="${mark}"/>`,
      theatre(seats, speakers, mark),
      dot(MARGIN + 11, 92, 11, mark),
      `<text x="${MARGIN + 40}" y="104" font-size="36" fill="${mark}">${escapeHtml(room.mark)}</text>`,
      written(title, 196, size, COLOURS.ink, width),
      written(hosts, Math.min(under, 470), 34, COLOURS.ash, 620),
      written(wrappedLines(room.when, 32, 660, 2), 520, 32, COLOURS.ink, 620),
      `<text x="${MARGIN}" y="596" font-size="22" fill="${COLOURS.ash}">Earshot</text>`,
    ].join('\n'),
  );
}

/** A post as its image shows it, as plain text. */
export interface PostPicture {
  /** "Post by Ana, 1 May 2026". */
  readonly title: string;
  /** What it says, or what is said where it stood. */
  readonly text: string;
  readonly isGone: boolean;
  /** The state of its room and its title. */
  readonly room?: { readonly mark: string; readonly title: string } | undefined;
}

/** The image of a post's link. */
export function postPicture({ title, text, isGone, room }: PostPicture, address: string): string {
  const width = WIDTH - 2 * MARGIN;
  const tone = isGone ? COLOURS.ash : COLOURS.aegean;
  const isWritten = canWrite(text);
  const lines = wrappedLines(isWritten ? text : address, 46, width, room ? 5 : 7);
  return picture(
    [
      `<rect width="14" height="${HEIGHT}" fill="${tone}"/>`,
      written(canWrite(title) ? wrappedLines(title, 34, width, 1) : [], 100, 34, tone, width),
      written(lines, 178, 46, isGone ? COLOURS.ash : COLOURS.ink, width),
      room && canWrite(room.title)
        ? `<rect x="${MARGIN}" y="480" width="${width}" height="72" fill="${COLOURS.stone}"/>${written(wrappedLines(`${room.mark}: ${room.title}`, 30, width - 40, 1), 526, 30, COLOURS.ink, width - 20).replaceAll(`x="${MARGIN}"`, `x="${MARGIN + 20}"`)}`
        : '',
      `<text x="${MARGIN}" y="596" font-size="22" fill="${COLOURS.ash}">Earshot</text>`,
    ].join('\n'),
  );
}
