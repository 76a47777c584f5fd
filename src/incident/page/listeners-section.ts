import { escapeHtml } from '../../base/plain-text.ts';
import { ANSWER_GROUPS } from '../../wire/figures/door-answers.ts';
import type { Dossier } from '../dossier.ts';
import { addClasses, percentilesOf, type TimePercentiles } from '../minutes/incident-minute.ts';
import type { IncidentWords } from '../words/incident-words.ts';

const took = (ms: number): string => (ms < 1_000 ? `${ms} ms` : `${Math.round(ms / 100) / 10} s`);

/** What listeners got, as far as it was measured. */
export function listenersSection({ incident }: Dossier, words: IncidentWords, now: number): string {
  const { dossier } = words;
  const sound: number[] = [];
  for (const minute of incident.minutes) addClasses(sound, minute.sound ?? []);
  const rows: (readonly [name: string, times: TimePercentiles])[] = [];
  const heard = percentilesOf(sound);
  if (heard) rows.push([dossier.toSound, heard]);
  for (const group of ANSWER_GROUPS) {
    const classes: number[] = [];
    for (const { groups } of incident.minutes) addClasses(classes, groups?.[group]?.times ?? []);
    const times = percentilesOf(classes);
    if (times) rows.push([dossier.answersOf(dossier.groups[group]), times]);
  }
  const table =
    rows.length === 0
      ? `<p>${dossier.notTimed}</p>`
      : `<div class="wide" tabindex="0" role="group" aria-label="${escapeHtml(dossier.got)}"><table class="figures"><thead><tr><td></td><th scope="col">${dossier.half}</th><th scope="col">${dossier.p95}</th><th scope="col">${dossier.p99}</th><th scope="col">${dossier.counted}</th></tr></thead><tbody>
${rows.map(([name, { p50, p95, p99, n }]) => `<tr><th scope="row">${escapeHtml(name)}</th><td>${took(p50)}</td><td>${took(p95)}</td><td>${took(p99)}</td><td>${words.count(n)}</td></tr>`).join('\n')}
</tbody></table></div>
<p class="ash small">${escapeHtml(dossier.classes)}</p>`;
  const silences = incident.signs
    .filter(({ kind }) => kind === 'dead-air')
    .map(({ from, to }) => (to ?? now) - from);
  const silence =
    silences.length === 0
      ? dossier.noSilence
      : dossier.silence(
          words.length(silences.reduce((sum, one) => sum + one, 0)),
          words.length(Math.max(...silences)),
        );
  const cut = incident.minutes.reduce((sum, minute) => sum + (minute.cut ?? 0), 0);
  return `<section aria-labelledby="got"><h2 id="got">${dossier.got}</h2>
${table}
<p>${escapeHtml(silence)}${incident.minutes.some((minute) => minute.cut !== undefined) ? ` ${escapeHtml(dossier.cut(words.count(cut)))}` : ''}</p></section>`;
}
