import uPlot from 'uplot';
import type { Evening, EveningEvent } from '../../src/wire/evening.ts';
import { momentOf, noteThreads } from '../../src/words/note-threads.ts';
import { withGaps } from './gaps.ts';
import type { PictureWords } from './words.ts';

/** Height of the plot of listeners, and of the joins, CSS pixels. */
const HEIGHT = { listeners: 300, joins: 160 } as const;
const SYNC = 'evening';

/** A colour of the page's theme. */
const colour = (name: string): string =>
  getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim() || '#888';

/** `light-dark()` in a custom property is not resolved: an element resolves it. */
function resolved(name: string): string {
  const probe = document.createElement('span');
  probe.style.color = `var(--${name})`;
  probe.hidden = true;
  document.body.append(probe);
  const found = getComputedStyle(probe).color;
  probe.remove();
  return found || colour(name);
}

const translucent = (rgb: string, alpha: number): string =>
  rgb.replace(/^rgb\(([^)]*)\)$/, (_, inner: string) => `rgb(${inner.replaceAll(',', ' ')} / ${alpha})`);

interface Paint {
  readonly ground: string;
  readonly ink: string;
  readonly ash: string;
  readonly line: string;
  readonly aegean: string;
  readonly ember: string;
  readonly ochre: string;
  readonly olive: string;
}

const paint = (): Paint => ({
  ground: resolved('ground'),
  ink: resolved('ink'),
  ash: resolved('ash'),
  line: resolved('line'),
  aegean: resolved('aegean'),
  ember: resolved('ember'),
  ochre: resolved('ochre'),
  olive: resolved('olive'),
});

const axes = ({ ash, line }: Paint, words: PictureWords): uPlot.Axis[] => {
  const number = new Intl.NumberFormat(words.locale, { notation: 'compact', maximumFractionDigits: 1 });
  const both = { stroke: ash, grid: { stroke: line, width: 1 }, ticks: { stroke: line, width: 1 } };
  const hours = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
  const byMinute = new Intl.DateTimeFormat(words.locale, hours);
  const bySecond = new Intl.DateTimeFormat(words.locale, { ...hours, second: '2-digit' });
  const day = new Intl.DateTimeFormat(words.locale, { day: 'numeric', month: 'short' });
  const instants = (_: uPlot, ticks: number[]): string[] =>
    ticks.map((at, i) => {
      const time = (ticks[1] ?? 60) - (ticks[0] ?? 0) < 60 ? bySecond : byMinute;
      const fresh = i === 0 || day.format(at * 1000) !== day.format((ticks[i - 1] ?? 0) * 1000);
      return fresh ? `${time.format(at * 1000)}\n${day.format(at * 1000)}` : time.format(at * 1000);
    });
  return [
    { ...both, values: instants, space: 80 },
    { ...both, size: 56, values: (_, ticks) => ticks.map((n) => number.format(n)) },
  ];
};

/** What an event says beside its name: the cause of a silence, the share of the sessions that prove. */
const toldOf = (what: EveningEvent['what'], detail: string | undefined, words: PictureWords): string =>
  what === 'dead-air' && detail
    ? (words.causes[detail] ?? detail)
    : (/^(?:sampling|stopped)$/.test(what) && detail) || '';

/** Vertical lines with a word for the clocks and notes; a shade for silence, until the next event or a minute. */
function marks(events: readonly EveningEvent[], words: PictureWords, colours: Paint): uPlot.Plugin {
  const threads = noteThreads(events);
  const named: readonly {
    readonly at: number;
    readonly what: EveningEvent['what'];
    readonly text: string;
  }[] = [
    ...events
      .filter(({ what }) => what !== 'rung' && what !== 'note')
      .map(({ at, what, detail }) => ({
        ...{ at, what },
        text: [words.events[what], toldOf(what, detail, words)].filter(Boolean).join(': '),
      })),
    // The text of a note stands in the list below, under the same number.
    ...threads.map((thread, i) => ({
      ...{ at: momentOf(thread), what: 'note' as const },
      text: `${words.events.note} ${i + 1}`,
    })),
  ].sort((a, b) => a.at - b.at);
  return {
    hooks: {
      draw(u) {
        const { ctx, bbox } = u;
        ctx.save();
        ctx.font = `${11 * devicePixelRatio}px system-ui, sans-serif`;
        let row = 0;
        for (const { at, what, text } of named) {
          const x = Math.round(u.valToPos(at, 'x', true));
          if (x < bbox.left || x > bbox.left + bbox.width) continue;
          const silent = what === 'dead-air';
          ctx.strokeStyle = silent ? colours.ochre : what === 'note' ? colours.olive : colours.ink;
          ctx.fillStyle = ctx.strokeStyle;
          ctx.setLineDash(what === 'scheduled' ? [4, 4] : []);
          ctx.beginPath();
          ctx.moveTo(x, bbox.top);
          ctx.lineTo(x, bbox.top + bbox.height);
          ctx.stroke();
          const right = x > bbox.left + bbox.width * 0.75;
          ctx.textAlign = right ? 'right' : 'left';
          const place = [
            text,
            x + (right ? -4 : 4) * devicePixelRatio,
            bbox.top + (12 + 13 * (row++ % 5)) * devicePixelRatio,
          ] as const;
          // Text over lines is read against a rim of the page's own colour.
          ctx.strokeStyle = colours.ground;
          ctx.lineWidth = 3 * devicePixelRatio;
          ctx.setLineDash([]);
          ctx.strokeText(...place);
          ctx.fillText(...place);
          ctx.lineWidth = 1;
        }
        ctx.restore();
      },
    },
  };
}

/** A row under the plot with the rung in force, as blocks with their number. */
function rungs(events: readonly EveningEvent[], words: PictureWords, colours: Paint): uPlot.Plugin {
  const steps = events.filter(({ what }) => what === 'rung');
  return {
    hooks: {
      draw(u) {
        if (steps.length === 0) return;
        const { ctx, bbox } = u;
        const height = 10 * devicePixelRatio;
        ctx.save();
        ctx.font = `${10 * devicePixelRatio}px system-ui, sans-serif`;
        ctx.textAlign = 'left';
        for (const [i, { at, detail = '0' }] of steps.entries()) {
          if (detail === '0') continue;
          const from = Math.max(bbox.left, u.valToPos(at, 'x', true));
          const next = steps[i + 1];
          const to = next ? u.valToPos(next.at, 'x', true) : bbox.left + bbox.width;
          ctx.fillStyle = translucent(colours.ochre, 0.35);
          ctx.fillRect(from, bbox.top + bbox.height - height, Math.max(2, to - from), height);
          ctx.fillStyle = colours.ink;
          if (to - from > 48 * devicePixelRatio)
            ctx.fillText(words.rung(detail), from + 3, bbox.top + bbox.height - 2 * devicePixelRatio);
        }
        ctx.restore();
      },
    },
  };
}

/** Listeners over time: the proven count as a line, the server's as the upper edge of a band. */
function listenersPlot(
  evening: Evening,
  width: number,
  words: PictureWords,
): [uPlot.Options, uPlot.AlignedData] {
  const colours = paint();
  const points = withGaps(evening.points, evening.step);
  const column = (i: 1 | 2 | 3 | 4): (number | null)[] => points.map((point) => point[i]);
  return [
    {
      ...{ width, height: HEIGHT.listeners, cursor: { sync: { key: SYNC } } },
      scales: { y: { range: (_, __, max) => [0, Math.max(4, max * 1.08)] } },
      axes: axes(colours, words),
      plugins: [marks(evening.events, words, colours), rungs(evening.events, words, colours)],
      bands: [{ series: [2, 1], fill: translucent(colours.aegean, 0.25) }],
      series: [
        { label: words.time },
        { label: words.proven, stroke: colours.ember, width: 2 },
        { label: words.delivered, stroke: colours.aegean, width: 1 },
        { label: words.gross, stroke: colours.ash, width: 1, dash: [3, 3], show: false },
      ],
    },
    [points.map(([at]) => at), column(3), column(1), column(4)],
  ];
}

/** Joins per minute: what was heard, and what failed on top of it. */
function joinsPlot(evening: Evening, width: number, words: PictureWords): [uPlot.Options, uPlot.AlignedData] {
  const colours = paint();
  const { joins, points } = evening;
  const bars = uPlot.paths.bars?.({ size: [0.8, 24], align: 1 });
  const failed = joins.map((one) => Object.values(one.failures).reduce((sum, n) => sum + n, 0));
  const ends = { from: points[0]?.[0] ?? 0, to: points.at(-1)?.[0] ?? 1 };
  return [
    {
      ...{ width, height: HEIGHT.joins, cursor: { sync: { key: SYNC } } },
      scales: {
        x: { range: () => [ends.from, ends.to] },
        y: { range: (_, __, max) => [0, Math.max(4, max * 1.08)] },
      },
      axes: axes(colours, words),
      series: [
        { label: words.time },
        {
          label: words.failed,
          stroke: colours.ochre,
          fill: translucent(colours.ochre, 0.6),
          ...(bars ? { paths: bars } : {}),
          points: { show: false },
          value: (_, __, ___, i) => (i === null ? '–' : String(failed[i] ?? 0)),
        },
        {
          label: words.heard,
          stroke: colours.olive,
          fill: translucent(colours.olive, 0.7),
          ...(bars ? { paths: bars } : {}),
          points: { show: false },
        },
      ],
    },
    [
      joins.map(({ at }) => at),
      joins.map(({ successes }, i) => successes + (failed[i] ?? 0)),
      joins.map(({ successes }) => successes),
    ],
  ];
}

/**
 * Draws both plots of the chart, and redraws them when the width or the theme changes. Returns a function that stops
 * this.
 */
export function drawEvening(
  evening: Evening,
  places: { readonly listeners: HTMLElement; readonly joins: HTMLElement | undefined },
  words: PictureWords,
): () => void {
  let plots: uPlot[] = [];
  const draw = (): void => {
    for (const plot of plots) plot.destroy();
    const { listeners, joins } = places;
    plots = [new uPlot(...listenersPlot(evening, listeners.clientWidth, words), listeners)];
    if (joins) plots.push(new uPlot(...joinsPlot(evening, joins.clientWidth, words), joins));
  };
  draw();
  let width = places.listeners.clientWidth;
  const resized = new ResizeObserver(() => {
    if (places.listeners.clientWidth === width) return;
    width = places.listeners.clientWidth;
    for (const [i, plot] of plots.entries())
      plot.setSize({ width, height: i === 0 ? HEIGHT.listeners : HEIGHT.joins });
  });
  resized.observe(places.listeners);
  const theme = matchMedia('(prefers-color-scheme: dark)');
  theme.addEventListener('change', draw);
  const chosen = new MutationObserver(draw);
  chosen.observe(document.documentElement, { attributeFilter: ['data-theme'] });
  return () => {
    resized.disconnect();
    chosen.disconnect();
    theme.removeEventListener('change', draw);
    for (const plot of plots) plot.destroy();
  };
}
