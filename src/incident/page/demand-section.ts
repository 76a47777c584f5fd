import { escapeHtml } from '../../base/plain-text.ts';
import type { Dossier } from '../dossier.ts';
import type { IncidentMinute } from '../minutes/incident-minute.ts';
import type { IncidentWords } from '../words/incident-words.ts';
import { moment } from '../words/sentences.ts';

const WIDTH = 640;
const HEIGHT = 150;
/** Room for the axis on the left, and for the times below. */
const LEFT = 46;
const BELOW = 20;
const ABOVE = 12;

/** One line of a plot; what was not measured leaves a gap. */
interface PlotLine {
  readonly name: string;
  readonly kind: 'first' | 'second' | 'third';
  readonly values: readonly (number | undefined)[];
}

interface Plot {
  readonly lines: readonly PlotLine[];
  /** The upper end of the scale, at least. */
  readonly least: number;
  readonly scale: (value: number) => string;
  /** A line across, with its name. */
  readonly full?: { readonly at: number; readonly name: string };
}

/** A round number that is not below `value`. */
function above(value: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(1e-9, value)));
  return ([1, 2, 2.5, 5, 10].find((step) => step * power >= value) ?? 10) * power;
}

/** Lines over the minutes of an incident, as SVG without a script. */
function plot({ lines, least, scale, full }: Plot, dossier: Dossier, now: number): string {
  const { minutes, window } = dossier.incident;
  const from = minutes[0]?.at ?? window.from;
  const end = (minutes.at(-1)?.at ?? from) + 60_000;
  const most = above(Math.max(least, ...lines.flatMap(({ values }) => values.map((value) => value ?? 0))));
  const x = (at: number): number =>
    LEFT + ((Math.min(end, Math.max(from, at)) - from) / Math.max(1, end - from)) * (WIDTH - LEFT - 4);
  const y = (value: number): number => ABOVE + (1 - value / most) * (HEIGHT - ABOVE - BELOW);
  const drawn = lines.map(({ kind, values }) => {
    let open = false;
    const path = values
      .map((value, index) => {
        if (value === undefined) {
          open = false;
          return '';
        }
        const at = (minutes[index]?.at ?? from) + 30_000;
        const step = `${open ? 'L' : 'M'}${x(at).toFixed(1)} ${y(value).toFixed(1)}`;
        // A minute that stands alone is a dot.
        const dot = !open && values[index + 1] === undefined ? 'h0.1' : '';
        open = true;
        return step + dot;
      })
      .join('');
    return `<path class="line ${kind}" d="${path}"/>`;
  });
  const [a, b] = [x(window.from), x(window.to ?? now)];
  const across = full
    ? `<line class="full" x1="${LEFT}" x2="${WIDTH - 4}" y1="${y(full.at).toFixed(1)}" y2="${y(full.at).toFixed(1)}"/><text x="${WIDTH - 6}" y="${(y(full.at) - 3).toFixed(1)}" text-anchor="end">${escapeHtml(full.name)}</text>`
    : '';
  return `<svg class="plot" viewBox="0 0 ${WIDTH} ${HEIGHT}" aria-hidden="true">
<rect class="during" x="${a.toFixed(1)}" y="${ABOVE}" width="${Math.max(1.5, b - a).toFixed(1)}" height="${HEIGHT - ABOVE - BELOW}"/>
<line class="axis" x1="${LEFT}" x2="${WIDTH - 4}" y1="${HEIGHT - BELOW}" y2="${HEIGHT - BELOW}"/>
<text x="${LEFT - 6}" y="${(y(most) + 5).toFixed(1)}" text-anchor="end">${escapeHtml(scale(most))}</text>
<text x="${LEFT - 6}" y="${HEIGHT - BELOW + 4}" text-anchor="end">${escapeHtml(scale(0))}</text>
<text x="${LEFT}" y="${HEIGHT - 5}">${moment(from).slice(11, 16)}</text>
<text x="${WIDTH - 4}" y="${HEIGHT - 5}" text-anchor="end">${moment(end).slice(11, 16)} UTC</text>
${across}${drawn.join('')}
</svg>
<p class="key small">${lines.map(({ kind, name }) => `<span class="${kind}">${escapeHtml(name)}</span>`).join(' ')}</p>`;
}

const shareOf = (value: number | undefined, most: number | undefined): number | undefined =>
  value === undefined || most === undefined || most <= 0 ? undefined : value / most;
const failedIn = ({ groups }: IncidentMinute): number | undefined =>
  groups && Object.values(groups).reduce((sum, group) => sum + (group?.failed ?? 0), 0);

function table(minutes: readonly IncidentMinute[], words: IncidentWords): string {
  const { dossier } = words;
  const cell = (value: number | undefined): string =>
    `<td>${value === undefined ? '' : words.count(value)}</td>`;
  const share = (value: number | undefined): string =>
    `<td>${value === undefined ? '' : `${Math.round(value * 100)} %`}</td>`;
  const rows = minutes.map(
    (minute) =>
      `<tr><th scope="row">${moment(minute.at).slice(11, 16)}</th>${cell(minute.listeners)}${cell(minute.attempts)}${cell(minute.failures)}${cell(failedIn(minute))}${share(shareOf(minute.connections, minute.mostConnections))}${share(shareOf(minute.bytes, minute.mostBytes))}</tr>`,
  );
  const heads = [
    ...[dossier.minute, dossier.listeners, dossier.attempts, dossier.failures, dossier.failedAnswers],
    ...[dossier.connections, dossier.bytes],
  ];
  return `<details><summary>${dossier.asTable}</summary><div class="wide" tabindex="0" role="group" aria-label="${escapeHtml(dossier.demand)}"><table class="figures"><thead><tr>${heads.map((head) => `<th scope="col">${escapeHtml(head)}</th>`).join('')}</tr></thead><tbody>
${rows.join('\n')}
</tbody></table></div></details>`;
}

/** What was wanted of the server, minute by minute, against what it can give. */
export function demandSection(dossier: Dossier, words: IncidentWords, now: number): string {
  const { minutes } = dossier.incident;
  const own = words.dossier;
  const head = `<h2 id="demand">${own.demand}</h2>`;
  if (minutes.length === 0)
    return `<section aria-labelledby="demand">${head}<p>${own.noMinutes}</p></section>`;
  const connections = minutes.map((one) => shareOf(one.connections, one.mostConnections));
  const bytes = minutes.map((one) => shareOf(one.bytes, one.mostBytes));
  const knowsBytes = bytes.some((value) => value !== undefined);
  const loads: PlotLine[] = [
    { name: own.connections, kind: 'first', values: connections },
    ...(knowsBytes ? [{ name: own.bytes, kind: 'second', values: bytes } as const] : []),
  ];
  const people: PlotLine[] = [
    { name: own.listeners, kind: 'first', values: minutes.map(({ listeners }) => listeners) },
    { name: own.attempts, kind: 'second', values: minutes.map(({ attempts }) => attempts) },
    { name: own.failedAnswers, kind: 'third', values: minutes.map(failedIn) },
  ];
  const isKnown = connections.some((value) => value !== undefined);
  const percent = (value: number): string => `${Math.round(value * 100)} %`;
  return `<section aria-labelledby="demand">${head}
<p class="ash small">${escapeHtml(own.demandLead)}</p>
<figure>${plot({ lines: people, least: 4, scale: words.count }, dossier, now)}</figure>
${isKnown ? `<figure>${plot({ lines: loads, least: 1, scale: percent, full: { at: 1, name: own.full } }, dossier, now)}</figure>` : ''}
${knowsBytes ? '' : `<p class="ash small">${escapeHtml(own.capacityUnknown)}</p>`}
${table(minutes, words)}
</section>`;
}
