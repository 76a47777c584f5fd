import type { PageLanguage } from '../../base/negotiation.ts';
import { escapeHtml } from '../../base/plain-text.ts';
import type { Operations } from '../../wire/operations/operations.ts';
import { type ComingRooms, comingForecasts } from './forecast-page.ts';
import { diskPart, healthLines, OPERATOR_PAGES } from './overview.ts';
import { type LimitName, type OverviewWords, overviewWords } from './overview-words.ts';
import { numbersOf, type PageNumbers } from './page-numbers.ts';

/** One limit as the configuration has it. */
export interface ServerLimit {
  readonly name: LimitName;
  /** Undefined: there is none. */
  readonly value: number | string | undefined;
  readonly unit: 'ms' | 'bytes' | 'bytes/s' | 'number' | 'word';
  /** How it is set: an environment variable. */
  readonly setting: string;
  readonly isDefault: boolean;
  /** True where no value means: worked out from the machine. */
  readonly automatic: boolean;
}

/** What the operator's page tells about a server. */
export interface ServerFacts {
  /** Wall-clock ms. */
  readonly now: number;
  /** Undefined while the processes cannot be asked. */
  readonly told: Operations | undefined;
  readonly version: string;
  readonly publicUrl: string | undefined;
  readonly database: string;
  /** Names of operators. */
  readonly operators: readonly string[];
  readonly accounts: { readonly operators: number; readonly hosts: number; readonly members: number };
  readonly suspended: number;
  readonly rooms: { readonly scheduled: number; readonly open: number; readonly live: number };
  readonly reports: number;
  readonly objections: number;
  readonly mails: { readonly waiting: number; readonly failed: number };
  /** The name of the mail server; undefined: there is none. */
  readonly mailServer: string | undefined;
  /** The last backup that was made on this machine. */
  readonly backup:
    | { readonly at: number; readonly bytes: number; readonly files: number; readonly rows: number }
    | undefined;
  readonly limits: readonly ServerLimit[];
  /** The rooms that come next, with how many are expected; absent: nothing is foretold. */
  readonly coming?: ComingRooms;
}

/** A backup older than this is told as trouble, days. */
const OLD_BACKUP_DAYS = 8;
const DAY_MS = 86_400_000;

/** What needs the operator beside parts that are not well, with the page where it is done. */
function needs(words: OverviewWords, facts: ServerFacts): string[] {
  const { reports, objections, mails, mailServer, backup, now } = facts;
  const link = (path: string, text: string): string => `<a href="${path}">${escapeHtml(text)}</a>`;
  const age = backup ? Math.floor((now - backup.at) / DAY_MS) : 0;
  return [
    ...(reports > 0 ? [link('/operate/reports', words.reportsWait(reports))] : []),
    ...(objections > 0 ? [link('/operate/reports', words.objectionsWait(objections))] : []),
    ...(mails.failed > 0 ? [link('/operate/accounts', words.mailsStuck(mails.failed))] : []),
    ...(mailServer === undefined && mails.waiting > 0
      ? [link('/operate/accounts', words.mailsByHand(mails.waiting))]
      : []),
    ...(backup ? (age >= OLD_BACKUP_DAYS ? [words.savedLongAgo(age)] : []) : [words.neverSaved]),
  ];
}

function limitRow(words: OverviewWords, n: PageNumbers, limit: ServerLimit): string {
  const { name, value, unit, setting, isDefault, automatic } = limit;
  const written = (): string => {
    if (value === undefined) return words.valueOf[name] ?? (automatic ? words.automatic : words.unlimited);
    if (typeof value === 'string') return words.valueOf[`${name} ${value}`] ?? escapeHtml(value);
    if (unit === 'ms') return n.span(value / 1000);
    return unit === 'bytes' ? n.bytes(value) : unit === 'bytes/s' ? `${n.bytes(value)}/s` : n.whole(value);
  };
  return `<tr><th scope="row">${words.limitOf[name]}<br><code class="ash small">${setting}</code></th><td>${written()}<br><span class="ash small">${isDefault ? words.asDefault : words.asSet}</span></td></tr>`;
}

/** Everything that an operator wants to know of a server at a glance. */
export function serverPage(language: PageLanguage, facts: ServerFacts): { title: string; main: string } {
  const words = overviewWords(language);
  const n = numbersOf(language);
  const { told, accounts, rooms, backup } = facts;
  const when = (at: number): string =>
    `${new Intl.DateTimeFormat(language === 'fr' ? 'fr' : 'en-GB', { dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC' }).format(at)} UTC`;
  const figures = {
    ...{ live: rooms.live, open: rooms.open, scheduled: rooms.scheduled },
    listeners: told?.counts?.listeners,
    ...{ operators: accounts.operators, hosts: accounts.hosts, members: accounts.members },
    ...{ suspended: facts.suspended, reports: facts.reports, objections: facts.objections },
    mails: facts.mails.waiting,
  };
  const counts = Object.entries(figures).map(
    ([name, value]) =>
      `<div><dt>${words.count[name as keyof typeof figures]}</dt><dd>${n.whole(value)}</dd></div>`,
  );
  const fact = (name: string, text: string): string => `<div><dt>${name}</dt><dd>${text}</dd></div>`;
  const links = OPERATOR_PAGES.filter(({ name }) => name !== 'server').map(
    ({ path, name }) => `<a href="${path}">${words.links[name]}</a>`,
  );
  return {
    title: words.title,
    main: `<main class="page people server"><h1>${words.title}</h1>
<p class="ash">${words.lead}</p>
<nav aria-label="${words.pages}"><p>${links.join(' · ')} · <a href="/operate">/operate</a></p></nav>
${told ? '' : `<p class="bad">${words.away}</p>`}
<section aria-labelledby="health"><h2 id="health">${words.health}</h2>${healthLines(words, language, told, needs(words, facts))}</section>
${facts.coming ? comingForecasts(language, facts.coming) : ''}
<section aria-labelledby="counts"><h2 id="counts">${words.counts}</h2><dl class="figures">${counts.join('')}</dl></section>
${told?.disk ? `<section aria-labelledby="disk"><h2 id="disk">${words.disk}</h2>${diskPart(words, language, told.disk)}</section>` : ''}
<section aria-labelledby="who"><h2 id="who">${words.who}</h2><dl class="facts">
${fact(words.operators, facts.operators.map((name) => `<bdi>${escapeHtml(name)}</bdi>`).join(', ') || '–')}
${fact(words.address, facts.publicUrl === undefined ? words.noAddress : escapeHtml(facts.publicUrl))}
${fact(words.version, escapeHtml(facts.version))}
${fact(words.database, escapeHtml(facts.database))}
${fact(words.mail, facts.mailServer === undefined ? words.noMail : words.mailBy(escapeHtml(facts.mailServer)))}
${fact(words.backup, backup ? words.savedAt(when(backup.at), n.bytes(backup.bytes), n.whole(backup.files), n.whole(backup.rows)) : words.neverSaved)}
</dl></section>
<section><h2 id="limits">${words.limits}</h2><p class="ash small">${words.limitsLead}</p>
<div class="wide" role="region" tabindex="0" aria-labelledby="limits"><table><thead><tr><th scope="col">${words.limit}, ${words.setting}</th><th scope="col">${words.value}</th></tr></thead><tbody>
${facts.limits.map((limit) => limitRow(words, n, limit)).join('\n')}
</tbody></table></div></section></main>`,
  };
}

/** The page for whoever is not an operator. */
export function notForYou(language: PageLanguage, signedIn: boolean): { title: string; main: string } {
  const words = overviewWords(language);
  const link = signedIn ? '' : `<p><a href="/sign-in">${words.signIn}</a></p>`;
  return {
    title: words.title,
    main: `<main class="page people"><h1>${words.title}</h1><p role="alert" class="bad">${words.operatorsOnly}</p>${link}</main>`,
  };
}
