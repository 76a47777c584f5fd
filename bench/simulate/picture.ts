import { LEVELS } from '../../src/wire/delivery.ts';
import type { Evening, Sample } from './evening.ts';

const WIDTH = 880;
const LEFT = 92;
const RIGHT = 24;
const PLOT = WIDTH - LEFT - RIGHT;
/** Seconds per point of a curve. */
const STEP = 15;

/**
 * One picture of the simulation: arrivals, what people received, the level, the line. The colours are those of the
 * pages.
 */
export function picture({ samples, arrivals, waits }: Evening): string {
  const points = samples.filter(({ second }) => second % STEP === 0);
  const x = (second: number): number => LEFT + (second / arrivals.length) * PLOT;
  const most = (value: (s: Sample) => number): number =>
    samples.reduce((max, s) => Math.max(max, value(s)), 1);
  const people = most((s) => s.live + s.ring + s.cache + s.text);
  const path = (value: (s: Sample) => number, max: number, top: number, height: number): string =>
    points
      .map(
        (s, i) =>
          `${i ? 'L' : 'M'}${x(s.second).toFixed(1)} ${(top + height - (value(s) / max) * height).toFixed(1)}`,
      )
      .join('');
  const area = (
    value: (s: Sample) => number,
    below: (s: Sample) => number,
    max: number,
    top: number,
    height: number,
  ): string => {
    const y = (v: number): string => (top + height - (v / max) * height).toFixed(1);
    const up = points.map((s) => `${x(s.second).toFixed(1)} ${y(below(s) + value(s))}`);
    const down = points.toReversed().map((s) => `${x(s.second).toFixed(1)} ${y(below(s))}`);
    return `M${[...up, ...down].join('L')}Z`;
  };
  const round = (value: number): string =>
    value >= 1e6 ? `${(value / 1e6).toFixed(2)} million` : Math.round(value).toLocaleString('en');
  const grid = (top: number, height: number, label: string, max: string): string =>
    `<path class="hair" d="M${LEFT} ${top + height}H${WIDTH - RIGHT}M${LEFT} ${top}H${WIDTH - RIGHT}"/>` +
    `<text class="ink name" x="24" y="${top - 10}">${label}</text><text class="ash small" x="${LEFT - 8}" y="${top + 4}" text-anchor="end">${max}</text>` +
    `<text class="ash small" x="${LEFT - 8}" y="${top + height + 4}" text-anchor="end">0</text>`;
  const minutes = [-10, 0, 10, 20, 30, 40, 54, 60, 70, 78];
  const marks = minutes
    .map((minute) => {
      const at = x(arrivals.start + minute * 60);
      const word =
        minute === 0
          ? 'announced'
          : minute === 54
            ? 'it begins'
            : minute === 78
              ? 'the end'
              : `${minute} min`;
      return `<path class="hair" d="M${at.toFixed(1)} 60V580" stroke-dasharray="2 4"/><text class="ash small" x="${at.toFixed(1)}" y="600" text-anchor="middle">${word.replace('-', '−')}</text>`;
    })
    .join('');
  const live = (s: Sample): number => s.live;
  const behind = (s: Sample): number => s.ring + s.cache;
  const steps = points
    .map((s, i) => {
      const y = (472 - (s.level / (LEVELS.length - 1)) * 70).toFixed(1);
      return i ? `H${x(s.second).toFixed(1)}V${y}` : `M${x(s.second).toFixed(1)} ${y}`;
    })
    .join('');
  const highest = most((s) => s.level);
  const line = most((s) => s.line);
  const median = (waits[Math.floor(waits.length / 2)] ?? 0) / 60;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} 620" role="img" aria-labelledby="t d" font-family="ui-sans-serif, system-ui, sans-serif">
  <title id="t">A simulated evening: ${round(arrivals.come.length)} people come to one room</title>
  <desc id="d">Up to ${round(most((s) => s.arrivals))} people come in one second, ${round(people)} are there at once. The ladder goes up to level ${highest} and is at level 0 again when they have gone. At most ${round(line)} stand in line.</desc>
  <style>
    .ground{fill:#f7f3ea}.ink{fill:#1c1a17}.ash{fill:#635d52}.hair{stroke:#c9bfa9;fill:none}.live{fill:#a93c1a}.behind{fill:#1f5a7a}.text{fill:#7a580f}
    .come{stroke:#1c1a17;fill:none;stroke-width:1.5}.level{stroke:#7a580f;fill:none;stroke-width:2}.line{fill:#1f5a7a}
    text{font-size:13px;font-variant-numeric:tabular-nums}.name{font-weight:600}.small{font-size:11.5px}
    @media (prefers-color-scheme: dark){.ground{fill:#11131a}.ink{fill:#f1ece1}.ash{fill:#a9a394}.hair{stroke:#3a3f50}.live{fill:#ff8a5c}.behind,.line{fill:#7cc0e4}.text{fill:#e2b95a}.come{stroke:#f1ece1}.level{stroke:#e2b95a}}
  </style>
  <rect class="ground" width="${WIDTH}" height="620" rx="12"/>
  <text class="ink name" x="24" y="30" font-size="16">${round(arrivals.come.length)} people, one room: what they have</text>
  ${marks}
  ${grid(80, 60, 'Arrivals per second', round(most((s) => s.arrivals)))}
  <path class="come" d="${path(
    (s) => s.arrivals,
    most((s) => s.arrivals),
    80,
    60,
  )}"/>
  ${grid(184, 190, 'Listeners', round(people))}
  <path class="live" d="${area(live, () => 0, people, 184, 190)}"/>
  <path class="behind" d="${area(behind, live, people, 184, 190)}"/>
  <path class="text" d="${area(
    (s) => s.text,
    (s) => s.live + behind(s),
    people,
    184,
    190,
  )}"/>
  <g class="small"><rect class="live" x="200" y="163" width="10" height="10"/><text class="ash small" x="216" y="172">at the live edge</text>
  <rect class="behind" x="330" y="163" width="10" height="10"/><text class="ash small" x="346" y="172">30 seconds behind</text>
  <rect class="text" x="480" y="163" width="10" height="10"/><text class="ash small" x="496" y="172">text</text></g>
  ${grid(402, 70, 'Level of the ladder', '7')}
  <path class="level" d="${steps}"/>
  ${grid(520, 50, `In line${line > 1 ? `, at most ${round(line)}; of those who moved up half had waited ${Math.max(1, Math.round(median))} min or less` : ': nobody'}`, line > 1 ? round(line) : '')}
  <path class="line" d="${area(
    (s) => s.line,
    () => 0,
    line,
    520,
    50,
  )}"/>
</svg>
`;
}
