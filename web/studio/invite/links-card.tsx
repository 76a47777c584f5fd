import { useSignal } from '@preact/signals';
import { useConsole, useWords } from '../console/context.ts';
import { CopyButton } from '../controls/copy-button.tsx';
import { LocalNote } from '../controls/local-note.tsx';
import { reasonOf } from '../host/host-actions.ts';
import { studioAddress } from '../link/link.ts';
import { keepRoom } from '../link/own-link.ts';

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
      <KeepRoom />
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

/** Takes the room into the account that is signed in in this browser. */
function KeepRoom() {
  const { link } = useConsole();
  const words = useWords();
  const state = useSignal<'kept' | 'signed-out' | 'busy' | { why: string } | undefined>(undefined);
  const press = async () => {
    if (state.value === 'busy') return;
    state.value = 'busy';
    const refusal = await keepRoom(link.slug, link.token);
    state.value = !refusal
      ? 'kept'
      : refusal.status === 401 && refusal.code === 'token-missing'
        ? 'signed-out'
        : { why: reasonOf(words, refusal) };
  };
  const now = state.value;
  return (
    <>
      {now !== 'kept' && (
        <button type="button" class="button quiet bare start" onClick={() => void press()}>
          {words.keepRoom}
        </button>
      )}
      <p class="small" role="status">
        {now === 'kept' && words.keptRoom}
        {now === 'signed-out' && (
          <>
            {words.keepSignIn}{' '}
            <a href="/sign-in" target="_blank" rel="noopener">
              {words.signIn}
            </a>
          </>
        )}
        {typeof now === 'object' && now.why}
      </p>
    </>
  );
}
