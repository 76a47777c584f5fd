import { BOUNDS, MEASURED, type PlanWishes, plan, readWishes, spoken } from '../plan/index.ts';

/** Tells readers of French that a page for operators is not translated. */
export const ENGLISH_ONLY = '<p lang="fr" class="small ash">Cette page n’existe qu’en anglais.</p>';

const FIELDS: readonly (readonly [Exclude<keyof PlanWishes, 'tls'>, string])[] = [
  ['listeners', 'Listeners at once'],
  ['bitrate', 'Sound, kbit/s'],
  ['hours', 'Hours'],
  ['arrival', 'Minutes within which half of them arrive'],
  ['cores', 'Cores per machine'],
  ['nic', 'Its network card, Gbit/s'],
  ['period', 'Milliseconds between writes (320 to 2,560)'],
  ['cached', 'Share of listeners behind caches, 0 to 1'],
  ['open', 'Share of listeners with the page open, 0 to 1'],
  ['machineHour', 'Your price per machine and hour'],
  ['terabyte', 'Your price per terabyte sent'],
  ['millionRequests', 'Your price per million requests'],
];

const spokenBounds = ({ name, least, most }: { name: string; least: number; most: number }): string =>
  `${FIELDS.find(([field]) => field === name)?.[1] ?? name}: use a number from ${least} to ${most}`;

/**
 * The calculator as a page's `main`: a form that submits to its own page by GET, and the result, line by line. Works
 * without scripts.
 */
export function planMain(query: URLSearchParams): string {
  // A form does not send an unticked checkbox.
  const asked = query.size > 0 && !query.has('tls') ? 'no' : undefined;
  const { wishes, wrong } = readWishes((name) => query.get(name) ?? (name === 'tls' ? asked : undefined));
  const { summary, lines, notes } = plan(wishes, MEASURED);
  const fields = FIELDS.map(([name, label]) => {
    const [least, most] = BOUNDS[name];
    return `<label>${label} <input name="${name}" type="number" step="any" min="${least}" max="${most}" value="${wishes[name]}" inputmode="decimal"></label>`;
  });
  const rows = lines.map(
    (line) =>
      `<tr><th scope="row">${line.what}</th><td>${spoken(line)}</td><td class="ash">${line.formula}</td></tr>`,
  );
  return `<main class="plain page"><h1>How many machines?</h1>
${ENGLISH_ONLY}
<p>What a crowd needs, worked out from measurements. The server that shows this page does the arithmetic; nothing is stored.</p>
<form method="get" action="/plan" class="plan">
${fields.join('\n')}
<label><input name="tls" type="checkbox" value="yes"${wishes.tls ? ' checked' : ''}> TLS ends in Earshot</label>
<button type="submit" class="button">Calculate</button>
</form>
${wrong.length > 0 ? `<p role="alert">Not used: ${wrong.map(spokenBounds).join('; ')}.</p>` : ''}
<p class="summary" role="status"><strong>${summary}</strong></p>
<table><thead><tr><th>What</th><th>Result</th><th>How</th></tr></thead><tbody>
${rows.join('\n')}
</tbody></table>
${notes.map((note) => `<p>${note}</p>`).join('\n')}
<p class="ash small">Figures: ${MEASURED.source}. Measure your own machine with <code>bin/earshot plan --measure</code>.</p>
</main>`;
}
