import type { RehearsalResult } from '../rehearsal.ts';
import type { Outcome, Percentiles, Shares } from './outcome.ts';
import { PAGE_STYLE } from './page-style.ts';
import { barPlot, escaped, linePlot, type Series } from './plot.ts';
import type { Row } from './timeline.ts';

/** The report of a rehearsal as one HTML file that needs nothing else. */
export function reportPage({ outcome, rows, glances }: RehearsalResult): string {
  const { target, asked } = outcome;
  const title = `Rehearsal of ${target.room}: ${number(outcome.held)} of ${number(asked.listeners)} held`;
  const seconds = rows.length;
  const over = (pick: (row: Row) => number | undefined): Series['points'] =>
    rows.map((row) => [row.at, pick(row)]);
  let came = 0;
  let joined = 0;
  const sums = rows.map((row) => {
    came += row.counts.arrived;
    joined += row.counts.joined;
    return { at: row.at, came, joined };
  });
  const causes = [...new Set(rows.flatMap((row) => Object.keys(row.errors)))];
  const plots = [
    figure(
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
    ),
    figure(
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
    ),
    distribution('From the click to the first sound', 'Retries included.', outcome.joinMs),
    figure(
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
    ),
    figure(
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
    ),
    figure(
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
    ),
    causes.length === 0
      ? '<figure><h2>Errors by cause</h2><figcaption>None.</figcaption></figure>'
      : figure(
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
        ),
    figure(
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
    ),
    figure(
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
    ),
  ];
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta name="robots" content="noindex"><title>${escaped(title)}</title><style>${PAGE_STYLE}</style></head><body><main>
<p class="eyebrow">Rehearsal · ${escaped(target.origin)}/r/${escaped(target.room)} · ${escaped(outcome.began.slice(0, 16).replace('T', ' '))} UTC</p>
<h1>${escaped(outcome.firstToBreak)}</h1>
${outcome.generator.bottleneck ? '<p class="warn">The generator was at its own limit: these figures say more about the generator than about the server.</p>' : ''}
${outcome.stopped === 'complete' ? '' : `<p class="warn">Stopped before its end: ${escaped(outcome.stopped)}.</p>`}
<dl class="figures">${FIGURES.map(([name, value]) => `<div><dt>${name}</dt><dd>${escaped(value(outcome))}</dd></div>`).join('')}</dl>
${plots.join('\n')}
<section><h2>How it was done</h2><p>${escaped(method(outcome))}</p><ul>${outcome.limits.map((limit) => `<li>${escaped(limit)}</li>`).join('')}</ul>
<p>Beside this page: <code>certificate.json</code>, the same figures signed. <code>earshot crowd --check certificate.json</code> says whether they were changed.</p></section>
</main></body></html>
`;
}

const COLOURS = ['var(--ember)', 'var(--aegean)', 'var(--ochre)', 'var(--olive)', 'var(--ash)', 'var(--ink)'];

const FIGURES: readonly (readonly [string, (outcome: Outcome) => string])[] = [
  ['held', ({ held }) => number(held)],
  ['came', ({ arrived }) => number(arrived)],
  ['heard it', ({ joined }) => number(joined)],
  ['live · ring · in line', ({ shares }) => (shares ? sharesText(shares) : '–')],
  ['sound or a place, at least', ({ shares }) => (shares ? percent(shares.least) : '–')],
  ['first sound, p99', ({ joinMs }) => milliseconds(joinMs)],
  ['sound late by, p99', ({ delayMs }) => milliseconds(delayMs)],
  ['ear behind the stage, p99', ({ earMs }) => milliseconds(earMs)],
  [
    'stalls',
    ({ stalls, doubtfulStalls }) =>
      doubtfulStalls > 0 ? `${number(stalls)} (${number(doubtfulStalls)} doubtful)` : number(stalls),
  ],
  ['gaps · repeats', ({ gaps, repeats }) => `${number(gaps)} · ${number(repeats)}`],
  ['errors', ({ errors }) => number(Object.values(errors).reduce((a, b) => a + b, 0))],
  ['generator late, p99', ({ generator }) => milliseconds(generator.latenessMs)],
];

function method({ asked, generator, software, target }: Outcome): string {
  const share = (value: number): string => `${Math.round(value * 100)} %`;
  return (
    `${number(asked.listeners)} connections to ${target.origin}, arriving as a ${asked.curve} over ${asked.arrivalSeconds} s and held for ${asked.holdSeconds} s, ` +
    `codec ${asked.codec}${asked.rate === null ? '' : ` at ${asked.rate} kbit/s`}; ${share(asked.pages)} loaded the page first, ${share(asked.hls)} took HLS, ${share(asked.asPage)} behaved as our page does. ` +
    `${generator.processes} processes on ${generator.machines} machines. Tool: ${software.tool}; server: ${software.server}.`
  );
}

function distribution(name: string, caption: string, found: Percentiles): string {
  if (!found)
    return `<figure><h2>${escaped(name)}</h2><figcaption>Nobody heard anything.</figcaption></figure>`;
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
    .map(([word, colour]) => `<li><span style="background:${colour}"></span>${escaped(word)}</li>`)
    .join('');
  return `<figure><h2>${escaped(name)}</h2><figcaption>${escaped(caption)}</figcaption>${keys ? `<ul class="keys">${keys}</ul>` : ''}${plot}</figure>`;
}

const percent = (share: number): string => `${Math.floor(share * 1000) / 10} %`;
/** The shares, in words and per cent. */
const sharesText = ({ live, ring, line }: NonNullable<Shares>): string =>
  [live, ring, line].map(percent).join(' · ');
const number = (value: number): string => value.toLocaleString('en');
const milliseconds = (found: Percentiles): string => (found ? `${number(found.p99)} ms` : '–');
