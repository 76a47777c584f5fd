import type { PageLanguage } from '../base/negotiation.ts';
import { escapeHtml } from '../base/plain-text.ts';
import type { Operations } from '../wire/operations/operations.ts';
import { diskPart, healthLines, OPERATOR_PAGES, runningNow } from './operate/overview.ts';
import { overviewWords } from './operate/overview-words.ts';
import { numbersOf, type PageNumbers } from './operate/page-numbers.ts';
import { type OperationWords, operationWords } from './operate-words.ts';
import { OPERATE, type Shell } from './page-shell.ts';
import type { PlainWords } from './plain-words.ts';

/** One table that scrolls by itself where it is too wide; the first column names the row. */
function table(
  title: string,
  id: string,
  columns: readonly (readonly [name: string, isNumber: boolean])[],
  rows: readonly (readonly string[])[],
): string {
  const kind = (at: number): string => (columns[at]?.[1] ? ' class="number"' : '');
  const head = columns.map(([name], at) => `<th scope="col"${kind(at)}>${name}</th>`).join('');
  const body = rows
    .map(
      ([first = '', ...others]) =>
        `<tr><th scope="row">${first}</th>${others.map((cell, at) => `<td${kind(at + 1)}>${cell}</td>`).join('')}</tr>`,
    )
    .join('\n');
  return `<h3 id="${id}">${title}</h3>
<div class="wide" role="region" tabindex="0" aria-labelledby="${id}"><table><thead><tr>${head}</tr></thead><tbody>
${body}
</tbody></table></div>`;
}

/** The networks that cost most; nothing where none costs much. */
function prefixesTable(told: Operations, words: OperationWords, n: PageNumbers): string {
  if (told.prefixes.length === 0) return '';
  return `${table(
    words.prefixes,
    'prefixes',
    [
      ...([
        [words.network, false],
        [words.process, false],
        [words.cpu, true],
      ] as const),
      ...([
        [words.people, true],
        [words.measure, false],
      ] as const),
    ],
    told.prefixes.map(({ name, door, cost, listeners, step }) => [
      ...[escapeHtml(name), door, n.share(cost), n.whole(listeners)],
      words.steps[step] ?? escapeHtml(step),
    ]),
  )}
<p class="small">${words.networkNames}</p>`;
}

/** What every process is doing, as tables. */
function operationsMain(told: Operations, words: OperationWords, language: PageLanguage): string {
  const n = numbersOf(language);
  const processes = table(
    words.processes,
    'processes',
    [
      ...([
        [words.process, false],
        [words.state, false],
        [words.cpu, true],
        [words.memory, true],
      ] as const),
      ...([
        [words.late, true],
        [words.restarts, true],
        [words.since, true],
      ] as const),
    ],
    told.processes.map((one) => [
      ...[one.name, words.states[one.state], n.share(one.cpu)],
      one.memoryLimit === undefined
        ? n.bytes(one.memory)
        : `${n.bytes(one.memory)} / ${n.bytes(one.memoryLimit)}`,
      ...[n.milliseconds(one.late), n.whole(one.restarts), n.span(one.seconds)],
    ]),
  );
  const rooms =
    told.rooms.length === 0
      ? `<h3>${words.rooms}</h3><p>${words.noRooms}</p>`
      : table(
          words.rooms,
          'rooms',
          [
            ...([
              [words.room, false],
              [words.state, false],
              [words.listeners, true],
            ] as const),
            ...([
              [words.speakers, true],
              [words.rung, true],
              [words.cpu, true],
              [words.cell, false],
            ] as const),
          ],
          told.rooms.map((one) => [
            `<a href="/r/${escapeHtml(one.slug)}">${escapeHtml(one.slug)}</a>`,
            [
              one.live ? words.live : words.lobby,
              ...(one.resting ? [words.resting] : []),
              ...(one.deadAir > 0 ? [`${words.silent} ${n.span(one.deadAir)}`] : []),
            ].join(', '),
            ...[n.whole(one.listeners), n.whole(one.speakers), n.whole(one.rung), n.share(one.busy)],
            one.process,
          ]),
        );
  const doors = table(
    words.doors,
    'doors',
    [
      ...([
        [words.process, false],
        [words.connections, true],
        [words.streams, true],
      ] as const),
      ...([
        [words.wait, true],
        [words.admitted, true],
        [words.putOff, true],
      ] as const),
    ],
    told.doors.map((one) => [
      ...[one.name, n.whole(one.connections), n.whole(one.streams), n.milliseconds(one.wait)],
      ...[n.share(one.admitted), n.whole(one.putOff)],
    ]),
  );
  const defence =
    told.defence.length === 0
      ? ''
      : table(
          words.defence,
          'defence',
          [
            [words.figure, false],
            [words.value, true],
          ],
          told.defence.map(({ name, labels, value }) => [
            escapeHtml(`${name.replaceAll('_', ' ').replace(/ total$/, '')}${labels ? ` (${labels})` : ''}`),
            n.number(value),
          ]),
        );
  return [processes, rooms, doors, prefixesTable(told, words, n), defence].filter(Boolean).join('\n');
}

/**
 * The operator's page: what every process is doing, for everybody, and beside it what scripts add for the operator.
 * `told` is undefined while nobody can say.
 */
export function operatePage(shell: Shell, words: PlainWords, told: Operations | undefined): string {
  const own = operationWords(words.language);
  const head = {
    ...{ title: words.operate, about: words.operateAbout, path: '/operate' },
    extra: '<meta name="robots" content="noindex">\n',
  };
  const main = told ? operationsMain(told, own, words.language) : `<p class="bad">${own.away}</p>`;
  const over = overviewWords(words.language);
  const overview = told
    ? `${healthLines(over, words.language, told)}<p>${runningNow(over, words.language, told)}</p>${diskPart(over, words.language, told.disk)}`
    : '';
  return shell(
    words,
    head,
    OPERATE,
    `<main class="operate page"><h1>${words.operate}</h1>
<nav aria-label="${over.pages}"><p>${over.forOperators} ${OPERATOR_PAGES.map(({ path, name }) => `<a href="${path}">${over.links[name]}</a>`).join(' · ')}</p></nav>
<section class="doing" aria-labelledby="doing"><h2 id="doing">${own.parts}</h2>
<p class="lead small">${own.lead} <a href="/operate.json">${own.data}</a></p>
<div id="operations">${overview}${main}</div></section>
<noscript><p>${words.operatePlain}</p></noscript></main>`,
  );
}
