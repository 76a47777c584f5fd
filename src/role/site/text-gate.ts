import { fileURLToPath } from 'node:url';
import { refuse } from '../../api/index.ts';
import { languageOf } from '../../base/negotiation.ts';
import { escapeHtml } from '../../base/plain-text.ts';
import { mediaTypeOf, readBody } from '../../http/index.ts';
import type { BlockLists } from '../../moderation/index.ts';
import { accountFrame, loadManifest } from '../../pages/index.ts';
import {
  type CompiledBlockRule,
  checkText,
  compileBlockRule,
  notAccepted,
} from '../../wire/moderation/block-words.ts';

const BUILD = fileURLToPath(new URL('../../../dist', import.meta.url));
/** A longer body is refused by whoever reads it. */
const MOST_BODY = 64 * 1024;
const JSON_TYPE = 'application/json';
const FORM_TYPE = 'application/x-www-form-urlencoded';
/** Fields that everybody reads, in rooms and what belongs to them; reports may repeat what they are about. */
const ROOM_FIELDS: ReadonlySet<string> = new Set(['title', 'host', 'name', 'text', 'late', 'topic', 'about']);
const ACCOUNT_FIELDS: ReadonlySet<string> = new Set(['name']);
const POST_FIELDS: ReadonlySet<string> = new Set(['text', 'bio', 'reason', 'handle', 'links', 'alt']);
/** What hangs below a room and has texts in it. */
const ROOM_STEPS: ReadonlySet<string | undefined> = new Set(['clips', 'chapters', 'notes', 'claims']);
const ACCOUNT_PAGES: ReadonlySet<string | undefined> = new Set(['sign-up', 'account']);

/** Compares what people write to the site with the lists of words. */
export interface TextGate {
  /** All lists, now and after each change. */
  publish(lists: BlockLists): void;
  /** Answers a request whose texts break a rule; undefined for every other. The request can still be read. */
  refuses(request: Request): Promise<Response | undefined>;
}

/** Which fields of a request are compared, and in which room. */
function watched({ method, url }: Request): { room: string; fields: ReadonlySet<string> } | undefined {
  if (method !== 'POST' && method !== 'PATCH' && method !== 'PUT') return undefined;
  const [, first, second, third, fourth] = new URL(url).pathname.split('/');
  if (ACCOUNT_PAGES.has(first) && second === undefined) return { room: '', fields: ACCOUNT_FIELDS };
  if (first === 'r' && third === 'claims') return { room: second ?? '', fields: ROOM_FIELDS };
  if (first === 'compose' || first?.startsWith('@')) return { room: '', fields: POST_FIELDS };
  if (first !== 'api') return undefined;
  if (second === 'posts' || second === 'profile') {
    // A report may repeat what it is about.
    return fourth === 'reports' ? undefined : { room: '', fields: POST_FIELDS };
  }
  if (second === 'claims' && third === 'add') return { room: '', fields: ROOM_FIELDS };
  if (second !== 'rooms') return undefined;
  const isRoom = fourth === undefined || ROOM_STEPS.has(fourth);
  return isRoom ? { room: third ?? '', fields: ROOM_FIELDS } : undefined;
}

/** The texts of a body by the names of their fields. */
function textsOf(body: string, type: string | undefined): [name: string, text: string][] {
  if (type === FORM_TYPE) return [...new URLSearchParams(body)];
  try {
    const sent: unknown = JSON.parse(body);
    if (typeof sent !== 'object' || sent === null) return [];
    return Object.entries(sent).flatMap(([name, value]): [string, string][] => {
      if (typeof value === 'string') return [[name, value]];
      // Why a room is late, and the like, stand one level below.
      if (typeof value !== 'object' || value === null) return [];
      return Object.values(value).flatMap((inner): [string, string][] => {
        if (typeof inner === 'string') return [[name, inner]];
        // Descriptions of images stand two levels below.
        const { alt } = (inner ?? {}) as { alt?: unknown };
        return typeof alt === 'string' ? [['alt', alt]] : [];
      });
    });
  } catch {
    return [];
  }
}

/** Opens the gate; `frame` is around the page for whoever sent a form. */
export function openTextGate(
  frame: (language: 'en' | 'fr', page: { title: string; main: string }) => string,
): TextGate {
  let compiled = new Map<string, readonly CompiledBlockRule[]>();

  function page(request: Request, rule: string): Response {
    const french = languageOf(request.headers.get('accept-language') ?? undefined) === 'fr';
    const title = french ? 'Ce texte n’est pas accepté' : 'This text is not accepted';
    const says = french
      ? `Il enfreint la règle « ${escapeHtml(rule)} » de ce serveur ou de cette salle. Revenez en arrière et écrivez-le autrement.`
      : `It breaks the rule “${escapeHtml(rule)}” of this server or room. Go back and write it differently.`;
    const main = `<main class="page people"><h1>${title}</h1><p role="alert" class="bad">${says}</p></main>`;
    return new Response(frame(french ? 'fr' : 'en', { title, main }), {
      status: 422,
      headers: {
        'content-type': 'text/html; charset=utf-8',
        'content-security-policy':
          "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self'",
        'cache-control': 'no-store',
      },
    });
  }

  return {
    publish(lists) {
      const rules = Object.entries(lists).map(
        ([room, list]) => [room, list.flatMap((rule) => compileBlockRule(rule) ?? [])] as const,
      );
      compiled = new Map(rules);
    },
    async refuses(request) {
      if (compiled.size === 0) return undefined;
      const where = watched(request);
      const type = mediaTypeOf(request.headers.get('content-type') ?? undefined);
      if (!where || (type !== JSON_TYPE && type !== FORM_TYPE)) return undefined;
      const rules = [
        ...(compiled.get('') ?? []),
        ...(where.room === '' ? [] : (compiled.get(where.room) ?? [])),
      ];
      if (rules.length === 0) return undefined;
      const length = request.headers.get('content-length');
      const bytes = await readBody(request.clone().body, length, MOST_BODY);
      if (typeof bytes === 'string') return undefined;
      for (const [name, text] of textsOf(bytes.toString('utf8'), type)) {
        // A form has a description for each image.
        const kind = name.replace(/^alt-[0-9a-f]+$/, 'alt');
        const rule = where.fields.has(kind) ? checkText(text, rules)?.name : undefined;
        if (rule === undefined) continue;
        return type === FORM_TYPE
          ? page(request, rule)
          : refuse('unprocessable', notAccepted(name, rule), {}, { field: name, rule });
      }
      return undefined;
    },
  };
}

/** The gate of a site, with its pages. */
export const openSiteTextGate = async (): Promise<TextGate> =>
  openTextGate(accountFrame(await loadManifest(BUILD)));
