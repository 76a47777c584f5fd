import { fileURLToPath } from 'node:url';
import type { Fetch } from '../../api/index.ts';
import { languageOf, type PageLanguage } from '../../base/negotiation.ts';
import { claimPaths } from '../../claims/index.ts';
import type { Config } from '../../config/index.ts';
import { incidentPaths } from '../../incident/index.ts';
import { moderationPaths } from '../../moderation/index.ts';
import { type ApiDescription, apiPage, loadManifest } from '../../pages/index.ts';
import { replayPaths } from '../../replay/index.ts';
import { socialPaths } from '../../social/index.ts';
import { reminderPaths } from '../../syndication/index.ts';
import { handPaths } from './hand-paths.ts';
import { interactionPaths } from './interaction-paths.ts';
import { listeningPaths } from './listening-paths.ts';
import { stagePaths } from './stage-paths.ts';

const BUILD = fileURLToPath(new URL('../../../dist', import.meta.url));
const HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy':
    "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'cache-control': 'public, max-age=60',
  vary: 'accept-language',
  link: '</openapi.json>; rel="service-desc"',
};

/** What parts beside the rooms answer, as the description of the API has it. */
export const describedPaths = (): Record<string, object> => ({
  ...claimPaths(),
  ...replayPaths(),
  ...listeningPaths(),
  ...stagePaths(),
  ...handPaths(),
  ...interactionPaths(),
  ...incidentPaths(),
  ...moderationPaths(),
  ...socialPaths(),
  ...reminderPaths(),
});

/** Answers `/api` with the page about the API, made from the description that `next` gives; passes on everything else. */
export async function describeApi(
  { publicUrl, port }: Pick<Config, 'publicUrl' | 'port'>,
  next: Fetch,
): Promise<Fetch> {
  const page = apiPage(await loadManifest(BUILD));
  const base = (publicUrl ?? `http://localhost:${port}`).replace(/\/+$/, '');
  const kept = new Map<PageLanguage, string>();
  return async (request) => {
    if (new URL(request.url).pathname !== '/api' || !['GET', 'HEAD'].includes(request.method))
      return next(request);
    const language = languageOf(request.headers.get('accept-language') ?? undefined);
    let html = kept.get(language);
    if (html === undefined) {
      const described = await next(new Request(new URL('/openapi.json', request.url)));
      html = page((await described.json()) as ApiDescription, language, base);
      kept.set(language, html);
    }
    return new Response(html, { headers: HEADERS });
  };
}
