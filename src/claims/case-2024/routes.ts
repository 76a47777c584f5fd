import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { Hono } from 'hono';
import { languageOf } from '../../base/negotiation.ts';
import { factsOfBundle } from '../bundle-facts.ts';
import type { ClaimFacts } from '../facts.ts';
import { baseOf, type CheckDeps } from '../http/check-routes.ts';
import { CLAIMS_PAGE_HEADERS } from '../http/page.ts';
import { claimWords } from '../words/catalogue.ts';
import { casePage } from './page.ts';

const FOLDER = new URL('../../../docs/case-2024/', import.meta.url);
/** It changes with the program alone. */
const CACHED = 'public, max-age=300';
/** What can be fetched beside the page. */
const FILES: Readonly<Record<string, string>> = {
  'evening.bundle': 'text/plain; charset=utf-8',
  'evening.svg': 'image/svg+xml; charset=utf-8',
  'evening-fr.svg': 'image/svg+xml; charset=utf-8',
};
/** A picture that runs nothing, wherever it is opened. Spec: CSP 3. */
const PICTURE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox";

/** Adds `/case-2024`, with its bundle and pictures. The bundle is read with the first question. */
export function caseRoutes(app: Hono, { publicUrl }: Pick<CheckDeps, 'publicUrl'>): void {
  let facts: Promise<ClaimFacts | undefined> | undefined;
  const read = async (): Promise<ClaimFacts | undefined> => {
    const text = await readFile(new URL('evening.bundle', FOLDER), 'utf8').catch(() => '');
    const found = factsOfBundle(text);
    return 'facts' in found ? found.facts : undefined;
  };
  app.get('/case-2024', async (c) => {
    facts ??= read();
    const known = await facts;
    if (!known) return c.notFound();
    const words = claimWords(languageOf(c.req.header('accept-language')));
    const headers = { ...CLAIMS_PAGE_HEADERS, 'cache-control': CACHED };
    return new Response(casePage(known, words, baseOf(c, publicUrl)), { headers });
  });
  app.get('/case-2024/:file', async (c) => {
    const file = c.req.param('file');
    const type = FILES[file];
    const path = fileURLToPath(new URL(file, FOLDER));
    const found = type === undefined ? undefined : await stat(path).catch(() => undefined);
    if (!found || type === undefined) return c.notFound();
    return new Response(Readable.toWeb(createReadStream(path)) as ReadableStream, {
      headers: {
        ...{ 'content-type': type, 'content-length': `${found.size}`, 'cache-control': CACHED },
        ...{ 'content-security-policy': PICTURE_POLICY, 'x-content-type-options': 'nosniff' },
      },
    });
  });
}
