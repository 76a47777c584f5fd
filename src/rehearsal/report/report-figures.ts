import { escapeHtml } from '../../base/plain-text.ts';
import type { Percentiles, RehearsalResult } from './outcome.ts';
import { barPlot, linePlot, type Series } from './plot.ts';
import type { TimelineRow } from './timeline.ts';

/** What figures are drawn from. */
interface Seen extends RehearsalResult {
  readonly seconds: number;
  /** A value of each second. */
  over(pick: (row: TimelineRow) => number | undefined): Series['points'];
}

const COLOURS = ['var(--ember)', 'var(--aegean)', 'var(--ochre)', 'var(--olive)', 'var(--ash)', 'var(--ink)'];

/** The figures of a report as HTML, in the order in which it shows them. */
export function figures(result: RehearsalResult): string[] {
  const { rows } = result;
  const seen: Seen = {
    ...result,
    seconds: rows.length,
    over: (pick) => rows.map((row) => [row.at, pick(row)]),
  };
  const all = [people, hearing, joins, joinsOverTime, delay, stalls, errors, rung, lateness];
  return all.map((draw) => draw(seen));
}

function people({ rows, seconds }: Seen): string {
  let came = 0;
  let joined = 0;
  const sums = rows.map((row) => {
    came += row.counts.arrived;
    joined += row.counts.joined;
    return { at: row.at, came, joined };
  });
  return figure(
    'Who came, and who heard it',
    'People, cumulative. Where the lines coincide, nobody waited.',
    [
      ['came', 'var(--aegean)'],
      ['heard their first sound', 'var(--ember)'],
    ],
    linePlot({
      title: 'Arrivals against joins',
      description: `${came} came, ${joined} heard sound.`,
      unit: 'people',
      seconds,
      series: [
        { name: 'came', colour: 'var(--aegean)', dashed: true, points: sums.map((s) => [s.at, s.came]) },
        { name: 'joined', colour: 'var(--ember)', points: sums.map((s) => [s.at, s.joined]) },
      ],
    }),
  );
}

function hearing({ outcome, seconds, over }: Seen): string {
  return figure(
    'Who was hearing',
    'People with sound buffered at the end of each second, and people without. A gap: the generator stood still.',
    [
      ['hearing live', 'var(--olive)'],
      ['on the delayed stream', 'var(--aegean)'],
      ['waiting for their first sound', 'var(--ochre)'],
      ['no sound yet, with a place in line', 'var(--ash)'],
      ['nothing to play', 'var(--ember)'],
    ],
    linePlot({
      title: 'Listeners hearing',
      description: `At most ${outcome.peak} at one time; at least ${outcome.held} during the hold.`,
      unit: 'people',
      seconds,
      series: [
        {
          name: 'hearing',
          colour: 'var(--olive)',
          area: true,
          points: over(({ gauges, complete }) => (complete ? gauges.hearing : undefined)),
        },
        {
          name: 'ring',
          colour: 'var(--aegean)',
          points: over(({ gauges, complete }) => (complete ? gauges.ring : undefined)),
        },
        {
          name: 'waiting',
          colour: 'var(--ochre)',
          points: over(({ gauges, complete }) => (complete ? gauges.waiting : undefined)),
        },
        {
          name: 'in line',
          colour: 'var(--ash)',
          points: over(({ gauges, complete }) => (complete ? gauges.placed : undefined)),
        },
        {
          name: 'dry',
          colour: 'var(--ember)',
          points: over(({ gauges, complete }) => (complete ? gauges.dry : undefined)),
        },
      ],
    }),
  );
}

function joins({ outcome }: Seen): string {
  return distribution('From the click to the first sound', 'Retries included.', outcome.joinMs);
}

function joinsOverTime({ seconds, over }: Seen): string {
  return figure(
    'The same, over time',
    'Those who heard their first sound in each second.',
    [
      ['half of them within', 'var(--aegean)'],
      ['99 of 100 within', 'var(--ember)'],
    ],
    linePlot({
      title: 'Time to first sound over time',
      description: 'p50 and p99 of each second, in ms.',
      unit: 'ms',
      seconds,
      series: [
        { name: 'p50', colour: 'var(--aegean)', points: over(({ p50 }) => p50.join) },
        { name: 'p99', colour: 'var(--ember)', points: over(({ p99 }) => p99.join) },
      ],
    }),
  );
}

function delay({ seconds, over }: Seen): string {
  return figure(
    'How far behind the stage',
    'From the end of each 320 ms of sound to its arrival, and to the listener’s ear in our player.',
    [
      ['arrival, half within', 'var(--aegean)'],
      ['arrival, 99 of 100 within', 'var(--ember)'],
      ['the ear, half within', 'var(--olive)'],
    ],
    linePlot({
      title: 'Delay',
      description: 'Delay of fragments in each second, in ms.',
      unit: 'ms',
      seconds,
      series: [
        { name: 'p50', colour: 'var(--aegean)', points: over(({ p50 }) => p50.delay) },
        { name: 'p99', colour: 'var(--ember)', points: over(({ p99 }) => p99.delay) },
        { name: 'ear', colour: 'var(--olive)', points: over(({ p50 }) => p50.ear) },
      ],
    }),
  );
}

function stalls({ outcome, seconds, over }: Seen): string {
  return figure(
    'Stalls',
    'Times somebody had nothing to play, per second. Doubtful: while the generator itself was late.',
    [
      ['stalls', 'var(--ember)'],
      ['of which doubtful', 'var(--ash)'],
    ],
    linePlot({
      title: 'Stalls',
      description: `${outcome.stalls} in all, ${outcome.doubtfulStalls} of them doubtful.`,
      unit: 'stalls',
      seconds,
      series: [
        { name: 'stalls', colour: 'var(--ember)', points: over(({ counts }) => counts.stalls) },
        {
          name: 'doubtful',
          colour: 'var(--ash)',
          dashed: true,
          points: over(({ counts }) => counts.doubtfulStalls),
        },
      ],
    }),
  );
}

function errors({ outcome, rows, seconds, over }: Seen): string {
  const causes = [...new Set(rows.flatMap((row) => Object.keys(row.errors)))];
  if (causes.length === 0) return '<figure><h2>Errors by cause</h2><figcaption>None.</figcaption></figure>';
  return figure(
    'Errors by cause',
    'Each is one failed attempt; people came back by themselves.',
    causes.slice(0, 6).map((cause, i) => [cause, COLOURS[i % COLOURS.length] ?? 'var(--ink)']),
    linePlot({
      title: 'Errors by cause',
      description: Object.entries(outcome.errors)
        .map(([cause, times]) => `${cause}: ${times}`)
        .join(', '),
      unit: 'errors',
      seconds,
      series: causes.slice(0, 6).map((cause, i) => ({
        name: cause,
        colour: COLOURS[i % COLOURS.length] ?? 'var(--ink)',
        points: over(({ errors }) => errors[cause] ?? 0),
      })),
    }),
  );
}

function rung({ outcome, glances, seconds }: Seen): string {
  return figure(
    'The rung of the ladder',
    'As state.json said once a second. A gap: it did not answer.',
    [['rung', 'var(--ochre)']],
    linePlot({
      title: 'Rung',
      description:
        outcome.rungs.map(({ at, rung }) => `rung ${rung} at ${at} s`).join(', ') || 'not reported',
      unit: 'rung',
      seconds,
      series: [
        {
          name: 'rung',
          colour: 'var(--ochre)',
          steps: true,
          area: true,
          points: glances.map(({ at, rung }) => [at, rung]),
        },
      ],
    }),
  );
}

function lateness({ outcome, seconds, over }: Seen): string {
  return figure(
    'How late the generator itself was',
    'When this is large, the figures above measure the generator.',
    [['99 of 100 timers within', 'var(--ash)']],
    linePlot({
      title: 'Lateness of the generator',
      description: `p99 ${outcome.generator.latenessMs?.p99 ?? 0} ms in all.`,
      unit: 'ms',
      seconds,
      series: [{ name: 'p99', colour: 'var(--ash)', points: over(({ p99 }) => p99.lateness) }],
    }),
  );
}

function distribution(name: string, caption: string, found: Percentiles): string {
  if (!found)
    return `<figure><h2>${escapeHtml(name)}</h2><figcaption>Nobody heard anything.</figcaption></figure>`;
  const bars = [
    { name: 'half within', value: found.p50, colour: 'var(--olive)' },
    { name: '9 of 10', value: found.p90, colour: 'var(--aegean)' },
    { name: '99 of 100', value: found.p99, colour: 'var(--ochre)' },
    { name: 'the slowest', value: found.max, colour: 'var(--ember)' },
  ];
  const description = `p50 ${found.p50}, p90 ${found.p90}, p99 ${found.p99}, max ${found.max} ms`;
  return figure(name, caption, [], barPlot({ title: name, description, bars, unit: 'ms' }));
}

function figure(
  name: string,
  caption: string,
  legend: readonly (readonly [string, string])[],
  plot: string,
): string {
  const keys = legend
    .map(([word, colour]) => `<li><span style="background:${colour}"></span>${escapeHtml(word)}</li>`)
    .join('');
  return `<figure><h2>${escapeHtml(name)}</h2><figcaption>${escapeHtml(caption)}</figcaption>${keys ? `<ul class="keys">${keys}</ul>` : ''}${plot}</figure>`;
}
