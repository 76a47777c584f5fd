import { escapeHtml } from '../../base/plain-text.ts';
import type { Dossier } from '../dossier.ts';
import { OBJECTIVES, type PartHistory, type PartMinute } from '../minutes/objectives.ts';
import type { IncidentWords } from '../words/incident-words.ts';
import { moment } from '../words/sentences.ts';

const WIDTH = 10;
const HEIGHT = 28;
const percent = (share: number): string => `${Math.round(share * 100)} %`;

/** A minute: its form says the state, and not its colour alone. */
function bar({ at, state, share, asked, silent }: PartMinute, index: number, words: IncidentWords): string {
  const x = index * WIDTH + 1;
  const width = WIDTH - 2;
  const said = [
    `${moment(at).slice(11, 16)}: ${words.dossier.states[state]}`,
    ...(share === undefined ? [] : [`${(Math.floor(share * 1000) / 10).toString()} %, ${asked}`]),
    ...(silent > 0 ? [words.length(silent)] : []),
  ].join(', ');
  const shape =
    state === 'unknown'
      ? `<rect class="unknown" x="${x + 0.5}" y="4.5" width="${width - 1}" height="${HEIGHT - 5}"/>`
      : state === 'idle'
        ? `<rect class="idle" x="${x}" y="${HEIGHT - 5}" width="${width}" height="5"/>`
        : state === 'met'
          ? `<rect class="met" x="${x}" y="4" width="${width}" height="${HEIGHT - 4}"/>`
          : `<rect class="missed" x="${x}" y="4" width="${width}" height="${HEIGHT - 4}"/><rect class="cap" x="${x}" y="0" width="${width}" height="6"/>`;
  return `<g><title>${escapeHtml(said)}</title>${shape}</g>`;
}

function row(part: PartHistory, words: IncidentWords): string {
  const { dossier } = words;
  const { group, minutes, met, missed, asked, failed, refused } = part;
  const { share, silentMs, players } = OBJECTIVES[group];
  const result =
    met + missed > 0
      ? dossier.partMet(met, missed)
      : minutes.some(({ state }) => state === 'idle')
        ? dossier.partIdle
        : dossier.partUnknown;
  const objective = dossier.objective(
    percent(share),
    silentMs === undefined ? undefined : words.length(silentMs),
    players === undefined ? undefined : percent(players),
  );
  const width = minutes.length * WIDTH;
  const bars = minutes.map((minute, index) => bar(minute, index, words)).join('');
  const says = `${dossier.groups[group]}: ${result}`;
  return `<tr><th scope="row">${escapeHtml(dossier.groups[group])}<span class="ash small">${escapeHtml(objective)}</span></th>
<td><svg class="minutes" viewBox="0 0 ${width} ${HEIGHT}" preserveAspectRatio="none" role="img" aria-label="${escapeHtml(says)}">${bars}</svg>
<span class="small${missed > 0 ? ' bad' : ''}">${escapeHtml(result)}${asked > 0 ? `<span class="ash">; ${escapeHtml(dossier.answered(words.count(asked), words.count(failed), refused > 0 ? words.count(refused) : undefined))}</span>` : ''}</span></td></tr>`;
}

/** The blast radius: each part of the server in the same minutes, against what it has to do. */
export function blastSection({ parts, incident }: Dossier, words: IncidentWords): string {
  const { dossier } = words;
  const { minutes } = incident;
  const [first] = minutes;
  const last = minutes.at(-1);
  const inside =
    !first || !last
      ? `<p>${dossier.noMinutes}</p>`
      : `<p class="ash small">${escapeHtml(dossier.blastLead)}</p>
<table class="blast"><caption class="small ash">${moment(first.at).slice(0, 16)} – ${moment(last.at + 60_000).slice(11, 16)} UTC</caption><tbody>
${parts.map((part) => row(part, words)).join('\n')}
</tbody></table>`;
  return `<section aria-labelledby="blast"><h2 id="blast">${dossier.blast}</h2>\n${inside}</section>`;
}
