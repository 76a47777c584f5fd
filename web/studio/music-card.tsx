import { useSignal } from '@preact/signals';
import { isRefusal } from '../capture/index.ts';
import { useDesk, useWords } from './context.ts';
import { removeMusic, sendMusic } from './music-file.ts';

/** The host's own hold music: choose a file, or go back to that of the house. */
export function MusicCard() {
  const { link, isHost, notices } = useDesk();
  const words = useWords();
  const busy = useSignal(false);
  const own = useSignal<string | undefined>(undefined);
  const { token } = link;
  if (!isHost.value || !token) return null;
  const choose = async (input: HTMLInputElement) => {
    const file = input.files?.[0];
    if (!file || busy.value) return;
    busy.value = true;
    const sent = await sendMusic(link.slug, token, file);
    busy.value = false;
    input.value = '';
    if (sent === 'unreadable') return notices.say(words.musicUnreadable(file.name));
    if (sent === 'too-large') return notices.say(words.musicTooLarge);
    if (isRefusal(sent)) return notices.say(words.failed(sent.detail));
    own.value = file.name;
    notices.say(words.musicSet(file.name, sent.seconds));
  };
  const remove = async () => {
    busy.value = true;
    const why = await removeMusic(link.slug, token);
    busy.value = false;
    if (why) return notices.say(words.failed(why.detail));
    own.value = undefined;
    notices.say(words.musicRemoved);
  };
  return (
    <details class="music card">
      <summary>{words.holdMusic}</summary>
      <p class="small ash">{words.holdMusicHint}</p>
      <label>
        <span class="small">{busy.value ? words.musicSending : words.musicChoose}</span>
        <input
          id="music-file"
          type="file"
          accept="audio/*"
          disabled={busy.value}
          onChange={(event) => void choose(event.currentTarget)}
        />
      </label>
      <button type="button" class="button quiet" disabled={busy.value} onClick={() => void remove()}>
        {words.musicRemove}
      </button>
    </details>
  );
}
