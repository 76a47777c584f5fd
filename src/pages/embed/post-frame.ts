import type { EmbedWish } from '../../wire/listening/embed-wish.ts';
import { loadTags, type Manifest } from '../page-shell.ts';
import { embedDocument } from './embed-document.ts';

/** The frame of posts in pages of other sites: no header, no footer; every link leads into a window of its own. */
export function embedFrame(manifest: Manifest): (wish: EmbedWish, title: string, main: string) => string {
  const tags = loadTags(
    manifest,
    {
      sources: [
        ...['web/kit/style.css', 'web/kit/social.css', 'web/people/embedded.css'],
        'web/audience/embed-posts.ts',
      ],
      scripted: true,
    },
    'en',
  );
  return (wish, title, main) =>
    embedDocument(
      wish,
      title,
      `<base target="_blank">\n<meta name="referrer" content="no-referrer">\n${tags}`,
      main,
    );
}
