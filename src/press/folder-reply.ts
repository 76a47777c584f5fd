import { createReadStream } from 'node:fs';
import { lstat, open } from 'node:fs/promises';
import { join } from 'node:path';
import { languageOf, matches } from '../base/negotiation.ts';
import { problem, type Reply } from '../base/reply.ts';

/** What is asked of the folder. */
export interface PressRequest {
  /** The path, without a query. */
  readonly path: string;
  readonly language?: string | undefined;
  readonly ifNoneMatch?: string | undefined;
  readonly method?: string | undefined;
}

/** Files up to this size are read at once; longer ones, bundles, are streamed. */
const MOST_AT_ONCE = 512 * 1024;
/** Two steps below the list at most, nothing hidden, nothing that leads elsewhere. */
const PATH = /^\/incidents(?:\/[A-Za-z0-9_-][\w.-]{0,127}){0,2}$|^\/incidents(?:\.fr)?\.html$/;
const TYPES: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  json: 'application/json',
  xml: 'application/atom+xml; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
  txt: 'text/plain; charset=utf-8',
  woff2: 'font/woff2',
  bundle: 'application/jsonl',
  jsonl: 'application/jsonl',
};
const POLICY =
  "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'";
/** Pages change while an incident lasts; fonts and styles hardly ever do. */
const KEPT_S: Readonly<Record<string, number>> = { css: 60, woff2: 86_400, bundle: 60 };
const USUAL_KEPT_S = 5;

/** The file for a path: as it is named, or the page of that name in the language of whoever asks. */
function fileFor(
  path: string,
  language: string | undefined,
): { name: string; negotiated: boolean } | undefined {
  if (!PATH.test(path)) return undefined;
  const name = path.slice(1);
  if (/\.[a-z0-9]+$/.test(name)) return { name, negotiated: false };
  return { name: `${name}${languageOf(language) === 'fr' ? '.fr' : ''}.html`, negotiated: true };
}

/** Answers from the folder of published pages. It reads files and nothing else, so nothing that is down keeps it from it. */
export async function pressReply(folder: string, asked: PressRequest): Promise<Reply> {
  const { path, language, ifNoneMatch, method } = asked;
  const file = fileFor(path, language);
  const at = file && join(folder, file.name);
  const found = at === undefined ? undefined : await lstat(at).catch(() => undefined);
  if (!file || at === undefined || !found?.isFile()) return problem('not-found');
  const kind = file.name.slice(file.name.lastIndexOf('.') + 1);
  const etag = `"${found.size.toString(36)}-${Math.round(found.mtimeMs).toString(36)}"`;
  const headers: Record<string, string> = {
    'content-type': TYPES[kind] ?? 'application/octet-stream',
    'cache-control': `public, max-age=${KEPT_S[kind] ?? USUAL_KEPT_S}`,
    etag,
    ...(kind === 'html' || kind === 'svg' ? { 'content-security-policy': POLICY } : {}),
    ...(file.negotiated ? { vary: 'accept-language' } : {}),
  };
  if (matches(ifNoneMatch, etag)) return { status: 304, headers, body: '' };
  if (found.size > MOST_AT_ONCE && method !== 'HEAD') {
    const sized = { ...headers, 'content-length': String(found.size) };
    return { status: 200, headers: sized, body: createReadStream(at, { end: found.size - 1 }) };
  }
  await using opened = await open(at);
  return {
    status: 200,
    headers,
    body: method === 'HEAD' && found.size > MOST_AT_ONCE ? '' : await opened.readFile(),
  };
}
