/** One line of a plot over time; a missing value leaves a gap. */
export interface PlotLine {
  readonly name: string;
  /** A CSS colour. */
  readonly colour: string;
  readonly values: readonly (number | null)[];
  readonly dashed?: boolean;
  /** Filled down to the axis. */
  readonly area?: boolean;
}

const WIDTH = 800;
const HEIGHT = 240;
const LEFT = 64;
const RIGHT = 12;
const TOP = 12;
const BOTTOM = 34;

/** Text made safe between tags and in quoted attributes. */
export const escaped = (text: string): string =>
  text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`).replace(/\p{Cc}/gu, '?');

const fix = (value: number): string => String(Math.round(value * 10) / 10);

/** Lines over time as SVG. `start` is wall-clock ms, `seconds` the distance of two values, `shade` the window by index. */
export function timePlot(options: {
  readonly title: string;
  readonly description: string;
  readonly unit: string;
  readonly start: number;
  readonly seconds: number;
  readonly lines: readonly PlotLine[];
  readonly shade: readonly [from: number, to: number];
}): string {
  const { lines, start, seconds } = options;
  const length = Math.max(1, ...lines.map(({ values }) => values.length));
  const largest = Math.max(0, ...lines.flatMap(({ values }) => thin(values).map((value) => value ?? 0)));
  const { top, step } = scale(largest);
  const x = (i: number): number => LEFT + (i / Math.max(1, length - 1)) * (WIDTH - LEFT - RIGHT);
  const y = (value: number): number => HEIGHT - BOTTOM - (value / top) * (HEIGHT - TOP - BOTTOM);
  const grid: string[] = [];
  for (let value = 0; value <= top + step / 2; value += step)
    grid.push(
      `<line class="grid" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${fix(y(value))}" y2="${fix(y(value))}"/>` +
        `<text class="tick" x="${LEFT - 8}" y="${fix(y(value) + 4)}" text-anchor="end">${(Math.round(value * 100) / 100).toLocaleString('en')}</text>`,
    );
  for (let i = 0; i <= 4; i++) {
    const at = (i / 4) * (length - 1);
    const anchor = i === 0 ? 'start' : i === 4 ? 'end' : 'middle';
    grid.push(
      `<text class="tick" x="${fix(x(at))}" y="${HEIGHT - BOTTOM + 18}" text-anchor="${anchor}">${clock(start + at * seconds * 1000, length * seconds)}</text>`,
    );
  }
  const [from, to] = options.shade;
  const left = x(Math.max(0, from));
  const shade = `<rect x="${fix(left)}" y="${TOP}" width="${fix(Math.max(2, x(Math.min(length - 1, to)) - left))}" height="${HEIGHT - TOP - BOTTOM}" fill="var(--ochre)" opacity="0.12"/>`;
  const drawn = lines.map((line) => path(line, x, y)).join('');
  return (
    `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" xmlns="http://www.w3.org/2000/svg"><title>${escaped(options.title)}</title>` +
    `<desc>${escaped(options.description)}</desc>${shade}${grid.join('')}${drawn}` +
    `<text class="tick" x="${LEFT - 8}" y="${HEIGHT - 4}" text-anchor="end">${escaped(options.unit)}</text></svg>`
  );
}

/** At most two values a pixel are drawn: the largest of those that fall together. */
function thin(values: readonly (number | null)[]): (number | null)[] {
  const each = Math.ceil(values.length / WIDTH);
  if (each <= 1) return [...values];
  const kept: (number | null)[] = [];
  for (let i = 0; i < values.length; i += each) {
    const part = values.slice(i, i + each).filter((value) => value !== null);
    kept.push(part.length > 0 ? Math.max(...part) : null);
  }
  return kept;
}

function path(
  { values, colour, dashed, area }: PlotLine,
  x: (i: number) => number,
  y: (value: number) => number,
): string {
  const points = thin(values);
  const factor = (values.length - 1) / Math.max(1, points.length - 1);
  let drawn = '';
  let pen = false;
  for (const [i, value] of points.entries()) {
    if (value === null) {
      pen = false;
      continue;
    }
    drawn += `${pen ? 'L' : 'M'}${fix(x(i * factor))} ${fix(y(value))}`;
    pen = true;
  }
  if (drawn === '') return '';
  const filled =
    area && points.every((value) => value !== null)
      ? `<path d="${drawn}L${fix(x(values.length - 1))} ${fix(y(0))}L${fix(x(0))} ${fix(y(0))}Z" fill="${colour}" opacity="0.25"/>`
      : '';
  return `${filled}<path d="${drawn}" fill="none" stroke="${colour}" stroke-width="2" stroke-linejoin="round"${dashed ? ' stroke-dasharray="5 4"' : ''}/>`;
}

function scale(largest: number): { top: number; step: number } {
  if (largest <= 0) return { top: 1, step: 0.5 };
  const rough = largest / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step =
    [1, 2, 2.5, 5, 10].map((factor) => factor * power).find((value) => value >= rough) ?? 10 * power;
  return { top: Math.ceil(largest / step) * step, step };
}

function clock(time: number, span: number): string {
  const iso = new Date(time).toISOString();
  return span > 86_400 * 2
    ? iso.slice(5, 16).replace('T', ' ')
    : span > 600
      ? iso.slice(11, 16)
      : iso.slice(11, 19);
}
