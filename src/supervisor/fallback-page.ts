import { createHash } from 'node:crypto';
import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createSecureServer } from 'node:tls';
import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import { problem } from '../base/reply.ts';
import { type Ms, ms } from '../base/time.ts';

/** The certificate for the static page, and what is wrong with the files when they can no longer be used. */
export interface FallbackCertificate {
  readonly pair?: { readonly cert: string | Buffer; readonly key: string | Buffer };
  readonly fault?: string;
  /** True when doors start without it, because it is being obtained. */
  readonly later?: boolean;
}

/** Dependencies of the fallback page. */
export interface FallbackPageDeps {
  readonly clock: Clock;
  readonly log: Log;
  /** The public port; it is shared with the doors (SO_REUSEPORT). */
  readonly port: number;
  readonly host: string;
  /**
   * Reads the certificate where the public port speaks TLS: when it is opened, each hour, and whenever it
   * takes the port.
   */
  readonly certificate?: () => FallbackCertificate;
  /** 0 ≤ n < 1; spreads the times at which people come back. */
  readonly random: () => number;
}

/**
 * Rung 6: while no door is up, the supervisor itself answers on the public port with one page from memory.
 */
export interface FallbackPage {
  /**
   * Takes the port, and keeps trying while another program has it. Harmless when it is already held. `starting`: no
   * door was ever up, so nothing is logged.
   */
  show(starting?: boolean): void;
  /**
   * Releases the port; answers that have begun are finished. `up`: a door is up again; otherwise Earshot is stopping.
   */
  hide(up: boolean): void;
  /** True while it has the port. */
  readonly shown: boolean;
  /** Answers given so far. */
  readonly answers: number;
}

/** Limit of simultaneous connections; further ones are dropped and come back by themselves. */
const MAX_CONNECTIONS = 1_000;
/** Time limit for a TLS handshake, and then for a request and the reading of its answer. */
const PATIENCE_MS = 3_000;
/** Bytes of a request that are read; what it asks for does not matter. */
const MAX_HEAD = 8_192;
/** Everyone is told a pause between these, so that they do not all come back at the same instant. */
const FIRST_PAUSE_S = 3;
const LAST_PAUSE_S = 12;
const RETRY_MS = ms(200);
const LOOK_EVERY = ms(3_600_000);
const STALE = 'the certificate cannot be used: the static page speaks TLS with the last good one';
const NONE =
  'there is no usable certificate: the static page speaks plain HTTP, which a browser that asks for https shows as a broken connection';
const FILES = 'no door will start: repair the files';
const LATER =
  'doors that start refuse TLS until there is a good one: repair the file, or restart Earshot and it will request a new one';

/** Allows pages of other origins any header, so that they get the same answer as others. Spec: Fetch, 3.3. */
const LEAVE =
  'HTTP/1.1 204 No Content\r\naccess-control-allow-origin: *\r\naccess-control-allow-methods: GET, HEAD, OPTIONS\r\n' +
  'access-control-allow-headers: *\r\ncache-control: no-store\r\nconnection: close\r\n\r\n';

/** Opens the fallback page; it does not hold the port yet. */
export function openFallbackPage(deps: FallbackPageDeps): FallbackPage {
  const { clock, log } = deps;
  const answersOf = (minutes: number) =>
    Array.from({ length: LAST_PAUSE_S - FIRST_PAUSE_S + 1 }, (_, i) => ({
      page: reply('text/html; charset=utf-8', page(FIRST_PAUSE_S + i, minutes), FIRST_PAUSE_S + i),
      data: reply('application/problem+json', String(problem('doors-away').body), FIRST_PAUSE_S + i),
    }));
  let made = { minutes: 0, answers: answersOf(0) };
  let server: Server | undefined;
  let wanted = false;
  let answered = 0;
  /** Since when there has been no door, if there was one before. */
  let since: Ms | undefined;
  /** What is said now: after some minutes "a moment" would not be true. */
  const answersNow = () => {
    const minutes = since === undefined ? 0 : Math.floor((clock.now() - since) / 60_000);
    if (minutes !== made.minutes) made = { minutes, answers: answersOf(minutes) };
    return made.answers;
  };

  function serve(socket: Socket): void {
    let head = '';
    const timer = clock.after(ms(PATIENCE_MS), () => socket.destroy());
    socket.on('error', () => undefined);
    socket.on('close', () => timer[Symbol.dispose]());
    socket.on('data', (chunk: Buffer) => {
      if (!socket.writable) return;
      head += chunk.toString('latin1', 0, MAX_HEAD - head.length);
      if (!head.includes('\r\n\r\n') && head.length < MAX_HEAD) return;
      answered += 1;
      const answers = answersNow();
      const answer = answers[Math.floor(deps.random() * answers.length)] ?? answers[0];
      const said = /^accept:[^\r]*text\/html/im.test(head) ? answer?.page : answer?.data;
      if (head.startsWith('OPTIONS ')) return void socket.end(LEAVE);
      socket.end((head.startsWith('HEAD ') ? said?.head : said?.whole) ?? '');
    });
  }
  // So that there is a good one to go back to when the files are damaged later.
  deps.certificate?.();
  if (deps.certificate) clock.every(LOOK_EVERY, () => void deps.certificate?.());
  function listen(): void {
    const pair = deps.certificate?.().pair;
    const opened = pair
      ? createSecureServer({ ...pair, handshakeTimeout: PATIENCE_MS }, serve)
      : createServer({ noDelay: true }, serve);
    opened.maxConnections = MAX_CONNECTIONS;
    // Node tells of a handshake that does not come, and leaves the connection open.
    opened.on('tlsClientError', (_error: Error, socket: Socket) => socket.destroy());
    opened.on('error', (error: NodeJS.ErrnoException) => {
      if (server !== opened) return;
      server = undefined;
      if (error.code !== 'EADDRINUSE')
        log.warn(
          { error: error.message },
          'the static page for "no door is up" cannot be served; trying again',
        );
      clock.after(RETRY_MS, () => wanted && !server && listen());
    });
    server = opened;
    opened.listen({ port: deps.port, host: deps.host, reusePort: true, backlog: 4096 });
  }
  return {
    show(starting = false) {
      wanted = true;
      if (server) return;
      if (!starting && since === undefined) {
        since = clock.now();
        log.warn({ port: deps.port }, 'no door is up: everyone who asks gets a static page until one is');
        const { pair, fault, later } = deps.certificate?.() ?? {};
        if (fault !== undefined) log.error({ fault }, `${pair ? STALE : NONE}; ${later ? LATER : FILES}`);
      }
      listen();
    },
    hide(up) {
      wanted = false;
      if (up && since !== undefined) log.warn({ ms: Math.round(clock.now() - since) }, 'a door is up again');
      since = undefined;
      server?.close();
      server = undefined;
    },
    get shown() {
      return server?.listening === true;
    },
    get answers() {
      return answered;
    },
  };
}

/** An answer with and without its body. Spec: RFC 9110, 10.2.3 and 15.6.4. */
function reply(type: string, body: string, pause: number): { head: string; whole: string } {
  const style = /<style>([^<]*)<\/style>/.exec(body)?.[1];
  const hash = style && `'sha256-${createHash('sha256').update(style).digest('base64')}'`;
  const head =
    `HTTP/1.1 503 Service Unavailable\r\ncontent-type: ${type}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n` +
    `retry-after: ${pause}\r\ncache-control: no-store\r\naccess-control-allow-origin: *\r\naccess-control-expose-headers: retry-after\r\nx-content-type-options: nosniff\r\n` +
    `content-security-policy: default-src 'none'; style-src ${hash ?? "'none'"}\r\nconnection: close\r\n\r\n`;
  return { head, whole: head + body };
}

/** From here on, in minutes, it is no moment any more. */
const LONG_MINUTES = 2;

const ENGLISH = (pause: number, minutes: number): string =>
  minutes < LONG_MINUTES
    ? `<h1>The doors are shut for a moment</h1>
<p>The part of this server that sends the sound to listeners has stopped and is being restarted. This page tries again by itself in ${pause} seconds; there is nothing you need to do.</p>`
    : `<h1>The doors have been shut for ${minutes} minutes</h1>
<p>The part of this server that sends the sound to listeners is started again and again, and has ended each time. Somebody has to repair it; when that will be, this page does not know. It tries again by itself in ${pause} seconds.</p>`;

const FRENCH = (pause: number, minutes: number): string =>
  minutes < LONG_MINUTES
    ? `<h2>Les portes sont fermées un instant</h2>
<p>La partie de ce serveur qui porte le son aux auditeurs s’est arrêtée et redémarre. Cette page réessaie d’elle-même dans ${pause} secondes ; vous n’avez rien à faire.</p>`
    : `<h2>Les portes sont fermées depuis ${minutes} minutes</h2>
<p>La partie de ce serveur qui porte le son aux auditeurs est relancée sans cesse, et s’arrête chaque fois. Quelqu’un doit la réparer ; quand, cette page ne le sait pas. Elle réessaie d’elle-même dans ${pause} secondes.</p>`;

/** The page. It says only what this process can know. */
const page = (pause: number, minutes: number): string => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<meta http-equiv="refresh" content="${pause}"><title>Earshot: ${minutes < LONG_MINUTES ? 'back in a moment' : 'the doors are shut'}</title>
<style>:root{color-scheme:light dark;--g:#f7f3ea;--i:#1c1a17;--a:#635d52;--e:#a93c1a}
@media(prefers-color-scheme:dark){:root{--g:#11131a;--i:#f1ece1;--a:#a9a394;--e:#ff8a5c}}
body{margin:0;min-height:100vh;display:grid;place-items:center;background:var(--g);color:var(--i);font:18px/1.5 system-ui,sans-serif}
main{max-width:34rem;padding:24px}svg{width:72px;color:var(--e)}h1{font-size:28px;line-height:1.2;margin:12px 0}h2{font-size:20px;margin:28px 0 0}
p{margin:8px 0}.n{color:var(--a);font-size:16px}</style></head>
<body><main><svg viewBox="4 8 24 16" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" aria-hidden="true"><path d="M5 22a11 11 0 0 1 22 0"/><path d="M10.5 22a5.5 5.5 0 0 1 11 0"/><circle cx="16" cy="22" r="1"/></svg>
${ENGLISH(pause, minutes)}
<p class="n">This page comes from the program that watches over the others. It cannot tell what is happening on stage in the meantime.</p>
<section lang="fr">${FRENCH(pause, minutes)}</section>
</main></body></html>
`;
