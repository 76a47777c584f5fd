import type { PageLanguage } from '../../base/negotiation.ts';
import { escapeHtml } from '../../base/plain-text.ts';
import type { Operations, WatchedDisk } from '../../wire/operations/operations.ts';
import type { OperatorPageName, OverviewWords } from './overview-words.ts';
import { numbersOf } from './page-numbers.ts';

/** Pages of the operator, as each of them links the others. */
export const OPERATOR_PAGES: readonly { readonly path: string; readonly name: OperatorPageName }[] = [
  { path: '/operate/server', name: 'server' },
  { path: '/operate/reports', name: 'reports' },
  { path: '/operate/words', name: 'words' },
  { path: '/operate/audit', name: 'audit' },
  { path: '/operate/accounts', name: 'accounts' },
  { path: '/operate/incidents', name: 'incidents' },
];

/** A disk that is full before this is told as trouble, seconds. */
const SOON_S = 7 * 86_400;
const WIDTH = 400;

/** What is not well, in words; `more`, for an operator, is what else needs them, as HTML. */
export function healthLines(
  words: OverviewWords,
  language: PageLanguage,
  told: Operations | undefined,
  more?: readonly string[],
): string {
  const n = numbersOf(language);
  const parts = (told?.checks ?? [])
    .filter(({ ok }) => !ok)
    .map(({ part, says }) => escapeHtml(`${words.part(part)}${says === undefined ? '' : `: ${says}`}`));
  const fullIn = told?.disk?.fullIn;
  const lines = [
    ...parts,
    ...(fullIn !== undefined && fullIn < SOON_S ? [words.diskFull(n.span(fullIn))] : []),
    ...(more ?? []),
  ];
  return lines.length === 0
    ? `<p class="well">${more ? words.allWell : words.partsWell}</p>`
    : `<p class="bad">${words.notWell}</p><ul>${lines.map((line) => `<li>${line}</li>`).join('')}</ul>`;
}

/** Rooms and listeners now, in a sentence. */
export function runningNow(words: OverviewWords, language: PageLanguage, { counts }: Operations): string {
  const n = numbersOf(language);
  if (!counts) return '';
  return counts.rooms === 0
    ? words.nothingRuns
    : words.running(n.whole(counts.rooms), n.whole(counts.live), n.whole(counts.listeners));
}

/** How full the disk is, drawn and in words, and when it will be full. */
export function diskPart(
  words: OverviewWords,
  language: PageLanguage,
  disk: WatchedDisk | undefined,
): string {
  if (!disk || !(disk.size > 0)) return '';
  const n = numbersOf(language);
  const used = Math.min(1, Math.max(0, 1 - disk.free / disk.size));
  const width = Math.round(used * WIDTH);
  const soon = (disk.fullIn !== undefined && disk.fullIn < SOON_S) || used > 0.95;
  const forecast = disk.fullIn === undefined ? words.noForecast : words.forecast(n.span(disk.fullIn));
  return `<figure class="disk"><svg viewBox="0 0 ${WIDTH} 12" preserveAspectRatio="none" role="img" aria-label="${escapeHtml(words.diskBar(n.share(used)))}"><rect class="whole" width="${WIDTH}" height="12"/><rect class="${soon ? 'used soon' : 'used'}" width="${width}" height="12"/></svg>
<figcaption>${words.diskSays(n.bytes(disk.free), n.bytes(disk.size))} ${forecast}</figcaption></figure>`;
}
