import { useConsole, useWords } from '../console/context.ts';
import { CopyButton } from '../controls/copy-button.tsx';
import { LocalNote } from '../controls/local-note.tsx';
import { studioAddress } from '../link/link.ts';

/** The card with the personal link, which is the only way back into this studio. */
export function LinksCard() {
  const { link, room, isHost, dialog } = useConsole();
  const owner = room.me.value.role === 'host';
  const words = useWords();
  if (!isHost.value) return null;
  const url = studioAddress(location.origin, link.slug, link.token);
  const mail = `mailto:?subject=${encodeURIComponent(words.mailSubject(room.title.value))}&body=${encodeURIComponent(words.mailBody(url))}`;
  return (
    <section class="links card" aria-label={words.hostLink}>
      <h2>{words.hostLink}</h2>
      <p class="small">{words.hostLinkKeep}</p>
      <div class="row">
        <CopyButton url={url} label={words.copyHostLink} />
        <a class="button quiet" href={mail}>
          {words.mailHostLink}
        </a>
        {'share' in navigator && (
          <button
            type="button"
            class="button quiet"
            onClick={() =>
              void navigator.share({ title: words.mailSubject(room.title.value), url }).catch(() => {})
            }
          >
            {words.share}
          </button>
        )}
      </div>
      <LocalNote brief url={url} />
      <p class="small ash">{words.hostLinkSecret}</p>
      {owner && (
        <button
          type="button"
          class="button quiet bare start"
          onClick={() => {
            dialog.value = 'links';
          }}
        >
          {words.voidLinks}…
        </button>
      )}
      {room.status.value !== 'scheduled' && (
        <button
          type="button"
          class="button quiet bare start"
          onClick={() => {
            dialog.value = 'announce';
          }}
        >
          {words.announceTitle}…
        </button>
      )}
    </section>
  );
}
