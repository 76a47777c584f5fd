/** How links of ours look elsewhere: what other sites are told to show, images, and codes for cameras. */
import { languageOf } from '../base/negotiation.ts';
import { problem, type Reply } from '../base/reply.ts';
import { find, originOf } from '../http/index.ts';
import { openCards } from './card-answers.ts';
import { oembedAnswer } from './oembed-answer.ts';
import type { PreviewDeps } from './preview-deps.ts';
import { qrCode } from './qr-code.ts';

export type { PreviewDeps } from './preview-deps.ts';

const OWN: ReadonlySet<string | undefined> = new Set(['oembed', 'room-card', 'post-card', 'room-qr']);

/** The part, once open. */
export interface Previews {
  /** True for a path that `fetch` answers. */
  takes(path: string): boolean;
  fetch(request: Request): Promise<Response>;
}

const answered = ({ status, headers, body }: Reply): Response =>
  new Response(body as string, { status, headers });

/** Opens the part. */
export function open(deps: PreviewDeps): Previews {
  const cards = openCards(deps);
  async function qr(request: Request, slug: string): Promise<Response | undefined> {
    const card = await deps.card(slug);
    if (!card || card.access === 'private') return undefined;
    const base = deps.publicUrl?.replace(/\/+$/, '') ?? originOf(request);
    const at = `${base}/r/${slug}`;
    const isFrench = languageOf(request.headers.get('accept-language') ?? undefined) === 'fr';
    const says = isFrench ? `Code QR de ${at}` : `QR code of ${at}`;
    return new Response(qrCode(at, says), {
      headers: {
        'content-type': 'image/svg+xml',
        'cache-control': deps.publicUrl === undefined ? 'no-store' : 'public, max-age=3600',
        vary: 'accept-language',
        // An image that is opened as a page runs nothing and loads nothing.
        'content-security-policy':
          "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
      },
    });
  }
  return {
    takes: (path) => OWN.has(find(path)?.address.id),
    async fetch(request) {
      const found = find(new URL(request.url).pathname);
      const room = found?.room.replace(/~.*$/, '') ?? '';
      if (found?.address.id === 'oembed') return answered(await oembedAnswer(deps, request));
      const answer =
        found?.address.id === 'post-card'
          ? await cards.post(request)
          : found?.address.id === 'room-qr'
            ? await qr(request, room)
            : await cards.room(request, room);
      return answer ?? answered(problem(found?.address.id === 'post-card' ? 'not-found' : 'room-unknown'));
    },
  };
}
