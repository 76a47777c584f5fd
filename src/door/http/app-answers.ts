import type { IncomingMessage, ServerResponse } from 'node:http';
import { languageOf } from '../../base/negotiation.ts';
import { appManifest, NO_WORKER, OFFLINE_PAGE, type Pages } from '../../pages/index.ts';
import type { Assets } from '../answer/assets.ts';
import { OFFLINE_HEADERS, send } from '../answer/send.ts';

/** What is needed to answer at the addresses of the app. */
export interface AppDeps {
  readonly assets: Assets;
  readonly pages: Pick<Pages, 'installable'>;
}

const HOUR = 'public, max-age=3600';

/**
 * Answers at an address of the app: its manifest, its worker, the page it shows. The worker is checked by browsers at each
 * page, so that a change, or its end, reaches everybody with their next one. Spec: Service Workers, Soft Update.
 */
export function answerApp({ assets, pages }: AppDeps, id: string, req: IncomingMessage, res: ServerResponse) {
  if (id === 'app-manifest') {
    const type = 'application/manifest+json';
    const headers = { 'content-type': type, 'cache-control': HOUR, vary: 'accept-language' };
    return send(req, res, {
      status: 200,
      headers,
      body: appManifest(languageOf(req.headers['accept-language'])),
    });
  }
  if (id === 'offline') {
    const headers = { ...OFFLINE_HEADERS, 'cache-control': 'no-cache' };
    return send(req, res, { status: 200, headers, body: OFFLINE_PAGE });
  }
  const built = assets.get('/_/service-worker.js');
  const headers = {
    ...{ 'content-type': 'text/javascript; charset=utf-8', 'cache-control': 'no-cache' },
    // It loads pages of its own server, and nothing else.
    'content-security-policy':
      "default-src 'none'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  };
  const body = pages.installable && built ? Buffer.from(built.bytes) : NO_WORKER;
  send(req, res, { status: 200, headers, body });
}
