import { createHash } from 'node:crypto';
import type { QueueState } from '../wire/queue.ts';
import { type Place, placeIn, pollAfter, type Range, type TicketPlace } from '../wire/queue-place.ts';

const STYLE = `:root{color-scheme:light dark;--ground:#f7f3ea;--stone:#ebe4d5;--ink:#1c1a17;--ash:#635d52;--aegean:#1f5a7a}
@media (prefers-color-scheme:dark){:root{--ground:#11131a;--stone:#1b1e28;--ink:#f1ece1;--ash:#a9a394;--aegean:#7cc0e4}}
body{margin:0;background:var(--ground);color:var(--ink);font:18px/1.5 system-ui,sans-serif}
main{max-width:36rem;margin:0 auto;padding:24px 16px}
h1{font-size:1.5rem}a{color:var(--aegean)}.ash{color:var(--ash);font-size:.9rem}
button,.button{display:inline-block;min-height:44px;padding:8px 20px;box-sizing:border-box;border:1px solid var(--aegean);border-radius:12px;background:var(--stone);color:var(--ink);font:inherit;text-decoration:none}
audio{width:100%;margin:16px 0}iframe{width:100%;height:14rem;border:0;background:var(--ground)}`;

/** The pages' own style and no scripts at all. Spec: CSP 3. */
export const QUEUE_PAGE_HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': `default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'; media-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'`,
  'cache-control': 'no-store',
  'x-robots-tag': 'noindex',
} as const;

const escaped = (text: string): string => text.replace(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`);

const html = (title: string, refresh: string, body: string): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title>
${refresh}<style>${STYLE}</style>
</head>
<body><main>
${body}
</main></body>
</html>
`;

const figure = (value: number): string => value.toLocaleString('en');
const range = ({ low, high }: Range): string =>
  low === high ? figure(low) : `${figure(low)}–${figure(high)}`;

/** A place in words: "12,400–12,900 people ahead, 38–44 minutes". */
export function placeWords(place: Place): string {
  if (place.called) return 'It is your turn.';
  const ahead = place.ahead.high === 0 ? 'Nobody is ahead' : `${range(place.ahead)} people are ahead`;
  if (!place.minutes) return `${ahead}. In the last minutes nobody has left the live edge.`;
  return `${ahead}, about ${range(place.minutes)} minutes at the present pace.`;
}

/** What the pages are made of. */
export interface PageFacts {
  readonly slug: string;
  readonly title: string;
  /** The ticket as text, and its place. */
  readonly ticket: string;
  readonly at: TicketPlace;
  readonly queue: QueueState;
  /** Wall-clock ms. */
  readonly now: number;
  /** In [0, 1): spreads the reloads. */
  readonly random: number;
  /** What became of the ticket that was shown. */
  readonly said?: string | undefined;
}

/** Least seconds between two loads of the part that reloads. */
const LEAST_RELOAD_S = 10;

/** The frame that says the place and reloads itself. */
export function placePage({ slug, ticket, at, queue, now, random, said }: PageFacts): string {
  const place = placeIn(queue, at);
  const wait = Math.max(LEAST_RELOAD_S * (1 + 0.2 * random), pollAfter(queue, at, now, random) / 1000);
  const code = encodeURIComponent(ticket);
  const refresh = `<meta http-equiv="refresh" content="${Math.round(wait)};url=/r/${slug}/queue?part=place&amp;code=${code}">\n`;
  const lottery =
    now < queue.start
      ? '<p>Everyone who comes before the start takes part in one draw: it does not matter who came first.</p>'
      : '';
  const up = place.called
    ? `<p><a class="button" target="_top" href="/r/${slug}/radio.mp3?ticket=${code}">Listen live</a></p>`
    : '';
  return html(
    'Your place in line',
    refresh,
    `${said ? `<p>${escaped(said)}</p>` : ''}<p role="status"><strong>${placeWords(place)}</strong></p>${up}${lottery}
<p class="ash">This part of the page looks again by itself in ${Math.round(wait)} s. The figure is a range, because the order within a minute is drawn.</p>`,
  );
}

/** The page of somebody in line, useful without scripts and without cookies. */
export function linePage(facts: PageFacts): string {
  const { slug, title, ticket } = facts;
  const code = encodeURIComponent(ticket);
  return html(
    `In line: ${title}`,
    '',
    `<h1>${escaped(title)}</h1>
<p>You are in line for the live edge. You hear the conversation 30 seconds late meanwhile.</p>
<audio controls preload="none" src="/r/${slug}/radio.mp3?ticket=${code}"></audio>
<iframe src="/r/${slug}/queue?part=place&amp;code=${code}" title="Your place in line"><a href="/r/${slug}/queue?part=place&amp;code=${code}">Your place in line</a></iframe>
<p class="ash">Your place is in the address of this page: keep it as a bookmark, and the place is yours, on this device or another. It is kept for 10 minutes after the page was last open.</p>
<p><a href="/r/${slug}">The room</a> · <a href="/r/${slug}/queue.json">The queue, as everyone sees it</a></p>`,
  );
}

/** The page of somebody who is not in line yet. */
export const doorPage = (slug: string, title: string, said?: string): string =>
  html(
    `The line: ${title}`,
    '',
    `<h1>${escaped(title)}</h1>
${said ? `<p>${escaped(said)}</p>` : ''}<p>All places at the live edge are taken. With a place in line you hear the conversation 30 seconds late, and move up when there is room.</p>
<form method="post" action="/r/${slug}/ticket"><button>Take a place in line</button></form>
<p><a href="/r/${slug}">The room</a></p>`,
  );

/** The page while nobody waits. */
export const openPage = (slug: string, title: string): string =>
  html(
    title,
    '',
    `<h1>${escaped(title)}</h1>
<p role="status">Nobody has to wait: there is room for everyone.</p>
<p><a class="button" target="_top" href="/r/${slug}">Go to the room</a> <a class="button" target="_top" href="/r/${slug}/radio.mp3">Listen without scripts</a></p>`,
  );
