import type { Verdict } from '../judge/verdict.ts';
import { VERDICT_STYLE } from './page-style.ts';
import { escaped, timePlot } from './time-plot.ts';

const CLIENTS = 50;
const percent = (share: number): string => `${(Math.round(share * 1000) / 10).toLocaleString('en')} %`;
const number = (value: number): string => (Math.round(value * 10) / 10).toLocaleString('en');

/** The verdict as one page: no scripts, nothing from elsewhere, light and dark. */
export function verdictPage(found: Verdict): string {
  const [headline = '', ...sentences] = found.sentences;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escaped(found.label)}: what the access log supports</title>
<style>${VERDICT_STYLE}</style>
</head>
<body>
<main>
<p class="ash">Earshot: what an access log supports</p>
<h1>${escaped(headline)}</h1>
<section class="answer" aria-label="The answer">
${sentences.map((sentence) => `<p>${escaped(sentence)}</p>`).join('\n')}
</section>
${plots(found)}
${shares(found)}
${families(found)}
${conditions(found)}
${list('What speaks for an attack', found.for, 'Nothing.')}
${list('What speaks against it', found.against, 'Nothing.')}
${clients(found)}
${networks(found)}
${list('What this log cannot tell', found.unknown, 'Nothing that is known of.')}
${sources(found)}
</main>
</body>
</html>
`;
}

function plots({ series, window }: Verdict): string {
  if (series.start === null || series.requests.length === 0) return '';
  const start = Date.parse(series.start);
  const at = (iso: string | null): number => (Date.parse(iso ?? '') - start) / 1000 / series.seconds;
  const shade = [at(window.from), at(window.to)] as const;
  const base = { start, seconds: series.seconds, shade };
  const known = series.hostile.length > 0;
  const demand = timePlot({
    ...base,
    title: 'Requests a second',
    description: `Requests a second over time, at most ${number(series.requests.reduce((a, b) => Math.max(a, b), 0))}; the time that is judged is shaded.`,
    unit: 'req/s',
    lines: [
      { name: 'all', colour: 'var(--aegean)', values: series.requests, area: true },
      ...(known ? [{ name: 'hostile', colour: 'var(--ember)', values: series.hostile, dashed: true }] : []),
    ],
  });
  const parts = [
    figure('How much was asked for?', 'Requests a second; the time that is judged is shaded.', demand, [
      ['all requests', 'var(--aegean)'],
      ...(known ? [['hostile (dashed)', 'var(--ember)'] as const] : []),
    ]),
  ];
  if (series.failed.some((share) => share > 0)) {
    const failed = timePlot({
      ...base,
      title: 'Failed answers',
      description: 'Share of answers with an error of the server (5xx) over time.',
      unit: '%',
      lines: [
        {
          name: 'failed',
          colour: 'var(--ochre)',
          values: series.failed.map((share) => share * 100),
          area: true,
        },
      ],
    });
    parts.push(figure('What failed?', 'Answers with an error of the server (5xx), in percent.', failed, []));
  }
  if (series.duration.some((median) => median !== null)) {
    const slow = timePlot({
      ...base,
      title: 'Median duration',
      description: 'Median duration of requests that are no audio or video, over time, in milliseconds.',
      unit: 'ms',
      lines: [{ name: 'median', colour: 'var(--olive)', values: series.duration }],
    });
    parts.push(figure('How long did it take?', 'Median duration in ms, without audio and video.', slow, []));
  }
  return parts.join('\n');
}

const figure = (
  title: string,
  caption: string,
  svg: string,
  keys: readonly (readonly [name: string, colour: string])[],
): string =>
  `<figure><h2>${title}</h2><figcaption>${caption}</figcaption>${svg}${
    keys.length > 0
      ? `<ul class="keys">${keys.map(([name, colour]) => `<li><span style="background:${colour}"></span>${name}</li>`).join('')}</ul>`
      : ''
  }</figure>`;

const list = (title: string, lines: readonly string[], none: string): string =>
  `<section><h2>${title}</h2>${
    lines.length > 0
      ? `<ul>${lines.map((line) => `<li>${escaped(line)}</li>`).join('')}</ul>`
      : `<p>${none}</p>`
  }</section>`;

const table = (title: string, about: string, head: readonly string[], rows: readonly string[]): string =>
  `<section><h2>${title}</h2><p class="ash">${about}</p><div class="scroll"><table><thead><tr>${head
    .map(
      (cell) =>
        `<th${/^(?:cost|requests|clients|weight|share)$/.test(cell) ? ' class="n"' : ''} scope="col">${cell}</th>`,
    )
    .join('')}</tr></thead><tbody>${rows.join('')}</tbody></table></div></section>`;

function shares({ hostile, classes }: Verdict): string {
  const total = Object.values(classes).reduce((sum, { requests }) => sum + requests, 0);
  const range = (of: 'cost' | 'requests'): string => {
    const { share, low, high } = hostile[of];
    return share === null ? 'not known' : `${percent(share)} (${percent(low)} to ${percent(high)})`;
  };
  return table(
    'Who was it?',
    `Hostile: ${range('cost')} of cost, ${range('requests')} of requests. The ranges are 95 % of a bootstrap over prefixes.`,
    ['class', 'clients', 'requests', 'cost', 'share'],
    Object.entries(classes).map(
      ([name, { clients: count, requests, cost }]) =>
        `<tr><td>${name}<span class="bar" style="width:${((requests / Math.max(1, total)) * 100).toFixed(1)}%"></span></td><td class="n">${number(count)}</td><td class="n">${number(requests)}</td><td class="n">${number(cost)}</td><td class="n">${percent(requests / Math.max(1, total))}</td></tr>`,
    ),
  );
}

const families = ({ families: all }: Verdict): string =>
  all.length === 0
    ? ''
    : table(
        'What each family of features says',
        'Each by itself, with how much it can be relied on here.',
        ['family', 'says', 'weight', 'measured'],
        all.map(
          ({ name, says, weight, detail }) =>
            `<tr><td>${name}</td><td>${says}</td><td class="n">${weight}</td><td>${escaped(detail)}</td></tr>`,
        ),
      );

const conditions = ({ conditions: all, caused }: Verdict): string =>
  all.length === 0
    ? ''
    : table(
        'Did an attack cause the failure?',
        `${caused === true ? 'Yes: all five conditions hold.' : caused === false ? 'No.' : 'It cannot be said. An attack is called the cause only if all five hold.'}`,
        ['condition', 'holds', 'measured'],
        all.map(
          ({ condition, holds, detail }) =>
            `<tr><td>${escaped(condition)}</td><td>${holds === null ? 'not known' : holds ? 'yes' : 'no'}</td><td>${escaped(detail)}</td></tr>`,
        ),
      );

const clients = ({ clients: all }: Verdict): string =>
  table(
    'Clients by cost',
    'A client is an address with an agent. Units of cost are explained in the manual.',
    ['client', 'class', 'requests', 'cost', 'why'],
    all
      .slice(0, CLIENTS)
      .map(
        ({ key, class: is, requests, cost, why }) =>
          `<tr><td class="key">${escaped(key.slice(0, 200))}</td><td>${is}</td><td class="n">${number(requests)}</td><td class="n">${number(cost)}</td><td>${escaped(why)}</td></tr>`,
      ),
  );

const networks = ({ networks: all }: Verdict): string =>
  table(
    'Prefixes and networks by cost',
    '/24 and /16 of IPv4, /48 and /32 of IPv6, ends of host names.',
    ['network', 'clients', 'cost', 'hostile'],
    all.map(
      ({ key, clients: count, cost, hostile }) =>
        `<tr><td>${escaped(key)}</td><td class="n">${number(count)}</td><td class="n">${number(cost)}</td><td>${percent(hostile)}</td></tr>`,
    ),
  );

const sources = ({ log }: Verdict): string =>
  list(
    'What was read',
    log.files.map(
      ({ name, format, lines, unread, example }) =>
        `${name}: ${format}, ${number(lines)} lines${unread > 0 ? `, ${number(unread)} not readable, such as: ${example ?? ''}` : ''}`,
    ),
    'Nothing.',
  );
