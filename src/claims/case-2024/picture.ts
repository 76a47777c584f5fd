/** The picture of the evening of 2024, drawn from the figures of its bundle. The colours are those of the pages. */
import type { PageLanguage } from '../../base/negotiation.ts';
import type { MetricId } from '../../wire/metrics.ts';
import { metricOf } from '../../wire/metrics.ts';
import { unitShape } from '../card/unit-shape.ts';
import type { ClaimFacts, ClaimMinute } from '../facts.ts';
import { CASE_WORDS, type CaseWords } from './words.ts';

const WIDTH = 880;
const LEFT = 92;
const RIGHT = 24;
const PLOT = WIDTH - LEFT - RIGHT;
/** The logarithmic axis of the figures: from 100,000 to 1 billion. */
const [LEAST, MOST] = [5, 9.2];
const EASTERN = new Intl.DateTimeFormat('en-GB', {
  ...{ timeZone: 'America/New_York', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
});

/** The evening as it is drawn: minutes from 19:30 to 23:30 Eastern time, or what there is of them. */
interface Drawn {
  readonly minutes: readonly ClaimMinute[];
  readonly words: CaseWords;
  /** A minute since 1970 as x. */
  x(minute: number): number;
  count(value: number): string;
}

const countOf = ({ figures }: ClaimMinute, metric: MetricId): number => figures.get(metric)?.value ?? 0;
const highOf = ({ figures }: ClaimMinute, metric: MetricId): number => figures.get(metric)?.high ?? 0;

/** The picture as SVG. */
export function eveningPicture(facts: ClaimFacts, language: PageLanguage): string {
  const words = CASE_WORDS[language];
  const minutes = facts.minutes.slice(0, 241);
  const first = minutes[0]?.minute ?? 0;
  const span = Math.max(1, (minutes.at(-1)?.minute ?? first) - first);
  const drawn: Drawn = {
    ...{ minutes, words },
    x: (minute) => LEFT + ((minute - first) / span) * PLOT,
    count: (value) =>
      value >= 1e6
        ? words.millions((value / 1e6).toLocaleString(language, { maximumSignificantDigits: 3 }), value < 2e6)
        : Math.round(value).toLocaleString(language),
  };
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} 780" role="img" aria-labelledby="t d" font-family="ui-sans-serif, system-ui, sans-serif">
  <title id="t">${words.pictureTitle}</title>
  <desc id="d">${words.pictureDescription}</desc>
  <style>
    .ground{fill:#f7f3ea}.ink{fill:#1c1a17}.ash{fill:#635d52}.hair{stroke:#c9bfa9;fill:none}.live{fill:#a93c1a}.good{fill:#55662b}.room{stroke:#1f5a7a;fill:none;stroke-width:2}.shape{color:#1f5a7a}.sum{stroke:#a93c1a;fill:none;stroke-width:1.5;stroke-dasharray:4 3}
    text{font-size:13px;font-variant-numeric:tabular-nums}.name{font-weight:600}.small{font-size:11.5px}
    @media (prefers-color-scheme:dark){.ground{fill:#11131a}.ink{fill:#f1ece1}.ash{fill:#a9a394}.hair{stroke:#3a3f50}.live{fill:#ff8a5c}.good{fill:#b4c878}.room{stroke:#7cc0e4}.shape{color:#7cc0e4}.sum{stroke:#ff8a5c}}
  </style>
  <rect class="ground" width="${WIDTH}" height="780" rx="12"/>
  <text class="ink name" x="24" y="30" font-size="16">${words.pictureTitle}</text>
${clockMarks(drawn)}
${people(drawn, 76, 150)}
${joins(drawn, 284, 90)}
${figures(facts, drawn, 452)}
</svg>
`;
}

function clockMarks({ minutes, x, words }: Drawn): string {
  return minutes
    .filter(({ minute }) => {
      const [, past] = EASTERN.format(minute * 60_000).split(':');
      return past === '00' || past === '30';
    })
    .map(({ minute }) => {
      const at = x(minute).toFixed(1);
      const clock = EASTERN.format(minute * 60_000);
      return `  <path class="hair" d="M${at} 60V376" stroke-dasharray="2 4"/><text class="ash small" x="${at}" y="392" text-anchor="middle">${words.clock(clock)}</text>`;
    })
    .join('\n');
}

const frame = (top: number, height: number, most: string, label: string): string =>
  `  <path class="hair" d="M${LEFT} ${top + height}H${WIDTH - RIGHT}M${LEFT} ${top}H${WIDTH - RIGHT}"/><text class="ink name" x="24" y="${top - 12}">${label}</text><text class="ash small" x="${LEFT - 8}" y="${top + 4}" text-anchor="end">${most}</text><text class="ash small" x="${LEFT - 8}" y="${top + height + 4}" text-anchor="end">0</text>`;

/** Who was in the room, and who listened. */
function people({ minutes, x, words, count }: Drawn, top: number, height: number): string {
  const most = Math.max(
    1,
    ...minutes.flatMap((one) => [highOf(one, 'listeners_now'), countOf(one, 'in_room_now')]),
  );
  const y = (value: number): string => (top + height - (value / most) * height).toFixed(1);
  const line = (value: (one: ClaimMinute) => number): string =>
    minutes.map((one, i) => `${i ? 'L' : 'M'}${x(one.minute).toFixed(1)} ${y(value(one))}`).join('');
  const [first, last] = [minutes[0]?.minute ?? 0, minutes.at(-1)?.minute ?? 0];
  const area = `${line((one) => highOf(one, 'listeners_now'))}L${x(last).toFixed(1)} ${y(0)}L${x(first).toFixed(1)} ${y(0)}Z`;
  return `${frame(top, height, count(most), words.inRoomAndListening)}
  <path class="live" d="${area}"/>
  <path class="room" d="${line((one) => countOf(one, 'in_room_now'))}"/>
  <path class="room" d="M400 60h18"/><text class="ash small" x="424" y="64">${words.inRoom}</text><rect class="live" x="620" y="55" width="10" height="10"/><text class="ash small" x="636" y="64">${words.listening}</text>`;
}

/** What became of the presses on Listen, minute by minute: failures stand on successes. */
function joins({ minutes, x, words, count }: Drawn, top: number, height: number): string {
  const grown = (metric: MetricId): readonly number[] =>
    minutes.map((one, i) => {
      const before = minutes[i - 1];
      return before ? Math.max(0, countOf(one, metric) - countOf(before, metric)) : 0;
    });
  const [good, bad] = [grown('join_success'), grown('join_failures')];
  const most = Math.max(1, ...good.map((value, i) => value + (bad[i] ?? 0)));
  const step = PLOT / Math.max(1, minutes.length - 1);
  const bars = (values: readonly number[], under?: readonly number[]): string =>
    minutes
      .map(({ minute }, i) => {
        const [from, size] = [under?.[i] ?? 0, values[i] ?? 0];
        const high = (size / most) * height;
        const at = top + height - (from / most) * height - high;
        return high < 0.05
          ? ''
          : `M${(x(minute) - step).toFixed(1)} ${at.toFixed(1)}h${(step * 0.8).toFixed(1)}v${high.toFixed(1)}h-${(step * 0.8).toFixed(1)}z`;
      })
      .join('');
  return `${frame(top, height, count(most), words.joinsPerMinute)}
  <path class="good" d="${bars(good)}"/><path class="live" d="${bars(bad, good)}"/>
  <rect class="good" x="400" y="${top - 21}" width="10" height="10"/><text class="ash small" x="416" y="${top - 12}">${words.joined}</text><rect class="live" x="560" y="${top - 21}" width="10" height="10"/><text class="ash small" x="576" y="${top - 12}">${words.failed}</text>`;
}

/** What was called the audience, each on the same axis; a step is ten times. */
function figures(facts: ClaimFacts, { words, count, minutes }: Drawn, top: number): string {
  const at = (value: number): number => {
    const share = (Math.log10(Math.max(1, value)) - LEAST) / (MOST - LEAST);
    return LEFT + Math.min(1, Math.max(0, share)) * (PLOT - 150);
  };
  const row = (i: number): number => top + 34 + i * 40;
  const mark = (i: number, metric: MetricId, value: number, text: string): string => {
    const x = at(value);
    return `  <g class="shape" transform="translate(${(x - 11).toFixed(1)} ${row(i) - 11}) scale(.46)">${unitShape(metricOf(metric).unit)}</g><text class="ink" x="${(x + 20).toFixed(1)}" y="${row(i) + 4}">${text}</text>`;
  };
  const of = (metric: MetricId): number => facts.figures.get(metric)?.value ?? 0;
  const plays = facts.figures.get('listens_total');
  const parts = Object.values(plays?.parts ?? {});
  const post = minutes.find((one) => countOf(one, 'post_impressions') >= 6e7);
  const posts = facts.others.map(({ figures }) => figures.get('post_impressions')?.value ?? 0);
  const sum = posts.reduce((all, one) => all + one, of('post_impressions'));
  const half = minutes.find(({ minute }) => EASTERN.format(minute * 60_000) === '20:30');
  const axis = [5, 6, 7, 8, 9]
    .map((power) => {
      const x = at(10 ** power).toFixed(1);
      return `  <path class="hair" d="M${x} ${top + 14}V${top + 262}"/><text class="ash small" x="${x}" y="${top + 280}" text-anchor="middle">${count(10 ** power)}</text>`;
    })
    .join('\n');
  const ticks = posts.map((one) => `M${at(one).toFixed(1)} ${row(5) - 9}v18`).join('');
  const end = at(sum);
  return `  <text class="ink name" x="24" y="${top - 4}">${words.sixFigures}</text>
${axis}
${half ? mark(0, 'in_room_now', countOf(half, 'in_room_now'), words.atHalf(count(countOf(half, 'in_room_now')))) : ''}
${mark(1, 'peak_concurrent', of('peak_concurrent'), words.peak(count(of('peak_concurrent'))))}
${mark(2, 'listens_total', of('listens_total'), words.plays(count(parts[0] ?? 0), count(parts[1] ?? 0)))}
${post ? mark(3, 'post_impressions', countOf(post, 'post_impressions'), words.postThen(count(countOf(post, 'post_impressions')), words.clock(EASTERN.format((post.minute + 1) * 60_000)))) : ''}
${mark(4, 'post_impressions', of('post_impressions'), words.postLast(count(of('post_impressions'))))}
  <path class="shape" stroke="currentColor" stroke-width="2" d="${ticks}"/><path class="sum" d="M${end.toFixed(1)} ${row(5) - 12}v24"/><text class="ink" x="${(end + 4).toFixed(1)}" y="${row(5) + 28}" text-anchor="end">${words.added(count(sum))}</text>
  <text class="ash small" x="${LEFT}" y="${top + 304}">${words.tenTimes}</text>`;
}
