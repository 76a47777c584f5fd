import { escapeHtml } from '../../base/plain-text.ts';

/** One line of a plot. */
export interface Series {
  readonly name: string;
  /** A CSS colour, such as `var(--ember)`. */
  readonly colour: string;
  /** [second, value]; undefined values leave a gap. */
  readonly points: readonly (readonly [x: number, y: number | undefined])[];
  /** Filled down to the axis. */
  readonly area?: boolean;
  readonly dashed?: boolean;
  /** Drawn as steps: the value holds until the next. */
  readonly steps?: boolean;
}

const WIDTH = 720;
const HEIGHT = 220;
const LEFT = 64;
const RIGHT = 12;
const TOP = 12;
const BOTTOM = 34;
/** More points than pixels are not visible, so the largest is drawn for each pixel. */
const MAX_POINTS = WIDTH;

/** Lines over time as SVG. `unit` is written at the axis; `description` is what a screen reader says. */
export function linePlot(options: {
  readonly title: string;
  readonly description: string;
  readonly unit: string;
  readonly seconds: number;
  readonly series: readonly Series[];
}): string {
  const { series, unit } = options;
  const seconds = Math.max(1, options.seconds);
  const largest = Math.max(0, ...series.flatMap(({ points }) => points.map(([, y]) => y ?? 0)));
  const { top, step } = scale(largest);
  const x = (second: number): number => LEFT + (second / seconds) * (WIDTH - LEFT - RIGHT);
  const y = (value: number): number => HEIGHT - BOTTOM - (value / top) * (HEIGHT - TOP - BOTTOM);
  const grid: string[] = [];
  for (let value = 0; value <= top + step / 2; value += step)
    grid.push(
      `<line class="grid" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${fix(y(value))}" y2="${fix(y(value))}"/>` +
        `<text class="tick" x="${LEFT - 8}" y="${fix(y(value) + 4)}" text-anchor="end">${plain(value)}</text>`,
    );
  const every = timeStep(seconds);
  for (let second = 0; second <= seconds; second += every)
    grid.push(
      `<text class="tick" x="${fix(x(second))}" y="${HEIGHT - BOTTOM + 18}" text-anchor="middle">${minutes(second)}</text>`,
    );
  const lines = series.map((one) => path(one, x, y));
  return svg(
    options,
    `${grid.join('')}${lines.join('')}<text class="tick" x="${LEFT - 8}" y="${HEIGHT - 4}" text-anchor="end">${escapeHtml(unit)}</text>`,
  );
}

/** Bars for the parts of a distribution, with their values beside them. */
export function barPlot(options: {
  readonly title: string;
  readonly description: string;
  readonly bars: readonly { readonly name: string; readonly value: number; readonly colour: string }[];
  readonly unit: string;
}): string {
  const { bars, unit } = options;
  const largest = Math.max(1, ...bars.map(({ value }) => value));
  const row = 30;
  const from = 150;
  const drawn = bars.map(({ name, value, colour }, index) => {
    const width = (value / largest) * (WIDTH - from - 130);
    const at = index * row;
    return (
      `<text class="label" x="${from - 10}" y="${at + 20}" text-anchor="end">${escapeHtml(name)}</text>` +
      `<rect x="${from}" y="${at + 6}" width="${fix(Math.max(2, width))}" height="18" rx="4" fill="${colour}"/>` +
      `<text class="label" x="${fix(from + Math.max(2, width) + 8)}" y="${at + 20}">${plain(value)} ${escapeHtml(unit)}</text>`
    );
  });
  return svg(options, drawn.join(''), bars.length * row + 4);
}

function svg(
  { title, description }: { title: string; description: string },
  inner: string,
  height = HEIGHT,
): string {
  return (
    `<svg viewBox="0 0 ${WIDTH} ${height}" role="img" xmlns="http://www.w3.org/2000/svg">` +
    `<title>${escapeHtml(title)}</title><desc>${escapeHtml(description)}</desc>${inner}</svg>`
  );
}

function path(one: Series, x: (second: number) => number, y: (value: number) => number): string {
  const points = thin(one.points);
  let drawn = '';
  let pen = false;
  let before = 0;
  for (const [second, value] of points) {
    if (value === undefined) {
      pen = false;
      continue;
    }
    const [px, py] = [fix(x(second)), fix(y(value))];
    if (pen && one.steps) drawn += `H${px}`;
    drawn += `${pen ? (one.steps ? 'V' : `L${px} `) : `M${px} `}${py}`;
    before = second;
    pen = true;
  }
  const area =
    one.area && drawn !== '' && points.every(([, value]) => value !== undefined)
      ? `<path d="${drawn}V${fix(y(0))}H${fix(x(points[0]?.[0] ?? 0))}Z" fill="${one.colour}" opacity="0.18"/>`
      : '';
  // A single point is not a line.
  const dot =
    points.length === 1 && pen
      ? `<circle cx="${fix(x(before))}" cy="${drawn.split(' ')[1]}" r="3" fill="${one.colour}"/>`
      : '';
  return `${area}<path d="${drawn || 'M0 0'}" fill="none" stroke="${one.colour}" stroke-width="2" stroke-linejoin="round"${one.dashed ? ' stroke-dasharray="5 4"' : ''}/>${dot}`;
}

function thin(points: Series['points']): Series['points'] {
  if (points.length <= MAX_POINTS) return points;
  const each = Math.ceil(points.length / MAX_POINTS);
  const kept: (readonly [number, number | undefined])[] = [];
  for (let at = 0; at < points.length; at += each) {
    const values = points.slice(at, at + each);
    const seen = values.flatMap(([, value]) => (value === undefined ? [] : [value]));
    kept.push([values[0]?.[0] ?? 0, seen.length > 0 ? Math.max(...seen) : undefined]);
  }
  return kept;
}

function scale(largest: number): { top: number; step: number } {
  if (largest <= 0) return { top: 1, step: 1 };
  const rough = largest / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step =
    [1, 2, 2.5, 5, 10].map((factor) => factor * power).find((value) => value >= rough) ?? 10 * power;
  const whole = Math.max(step, largest < 4 ? 1 : step);
  return { top: Math.ceil(largest / whole) * whole, step: whole };
}

const timeStep = (seconds: number): number =>
  [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600].find((step) => seconds / step <= 9) ?? 7200;
const minutes = (second: number): string =>
  `${Math.floor(second / 60)}:${String(second % 60).padStart(2, '0')}`;
const fix = (value: number): string => String(Math.round(value * 10) / 10);
const plain = (value: number): string => (Math.round(value * 10) / 10).toLocaleString('en');
