import { fileURLToPath } from 'node:url';
import type { Fetch } from '../../api/index.ts';
import { languageOf } from '../../base/negotiation.ts';
import { find } from '../../http/index.ts';
import { accountFrame, forecastElsewhere, forecastPage, loadManifest } from '../../pages/index.ts';
import type { ForecastTold } from '../../wire/figures/forecast.ts';

const BUILD = fileURLToPath(new URL('../../../dist', import.meta.url));
/** Nothing inline, nothing foreign, kept nowhere. Spec: CSP 3. */
const HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy':
    "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self'; script-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  vary: 'accept-language, cookie',
} as const;

/** The page about the forecast of a room. Whoever may read it is whoever may read it in the API. */
export async function openForecastPage(
  api: Fetch,
): Promise<{ takes(path: string): boolean; fetch(request: Request): Promise<Response> }> {
  const frame = accountFrame(await loadManifest(BUILD));
  return {
    takes: (path) => find(path)?.address.id === 'syndication-forecast',
    async fetch(request) {
      const url = new URL(request.url);
      const slug = find(url.pathname)?.room ?? '';
      const language = languageOf(request.headers.get('accept-language') ?? undefined);
      const { headers } = request;
      const answer = await api(new Request(new URL(`/api/rooms/${slug}/forecast`, url), { headers }));
      const page = answer.ok
        ? forecastPage(language, (await answer.json()) as ForecastTold)
        : forecastElsewhere(language, slug, answer.status);
      const isStranger = answer.status === 401;
      return new Response(frame(language, { ...page, own: url.pathname, isStranger }), {
        status: answer.status,
        headers: HEADERS,
      });
    },
  };
}
