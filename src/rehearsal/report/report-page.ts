import { escapeHtml } from '../../base/plain-text.ts';
import type { Outcome, Percentiles, RehearsalResult, Shares } from './outcome.ts';
import { PAGE_STYLE } from './page-style.ts';
import { figures } from './report-figures.ts';

/** The report of a rehearsal as one HTML file that needs nothing else. */
export function reportPage(result: RehearsalResult): string {
  const { outcome } = result;
  const { target, asked } = outcome;
  const title = `Rehearsal of ${target.room}: ${number(outcome.held)} of ${number(asked.listeners)} held`;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta name="robots" content="noindex"><title>${escapeHtml(title)}</title><style>${PAGE_STYLE}</style></head><body><main>
<p class="eyebrow">Rehearsal · ${escapeHtml(target.origin)}/r/${escapeHtml(target.room)} · ${escapeHtml(outcome.began.slice(0, 16).replace('T', ' '))} UTC</p>
<h1>${escapeHtml(outcome.firstToBreak)}</h1>
${outcome.generator.bottleneck ? '<p class="warn">The generator was at its own limit: these figures say more about the generator than about the server.</p>' : ''}
${outcome.stopped === 'complete' ? '' : `<p class="warn">Stopped before its end: ${escapeHtml(outcome.stopped)}.</p>`}
<dl class="figures">${FIGURES.map(([name, value]) => `<div><dt>${name}</dt><dd>${escapeHtml(value(outcome))}</dd></div>`).join('')}</dl>
${figures(result).join('\n')}
<section><h2>How it was done</h2><p>${escapeHtml(method(outcome))}</p><ul>${outcome.limits.map((limit) => `<li>${escapeHtml(limit)}</li>`).join('')}</ul>
<p>Beside this page: <code>certificate.json</code>, the same figures signed. <code>earshot crowd --check certificate.json</code> says whether they were changed.</p></section>
</main></body></html>
`;
}

const FIGURES: readonly (readonly [string, (outcome: Outcome) => string])[] = [
  ['held', ({ held }) => number(held)],
  ['came', ({ arrived }) => number(arrived)],
  ['heard it', ({ joined }) => number(joined)],
  ['live · delayed · in line', ({ shares }) => (shares ? sharesText(shares) : '–')],
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

const percent = (share: number): string => `${Math.floor(share * 1000) / 10} %`;
/** The shares, in words and per cent. */
const sharesText = ({ live, ring, line }: NonNullable<Shares>): string =>
  [live, ring, line].map(percent).join(' · ');
const number = (value: number): string => value.toLocaleString('en');
const milliseconds = (found: Percentiles): string => (found ? `${number(found.p99)} ms` : '–');
