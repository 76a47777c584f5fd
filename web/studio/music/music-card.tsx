import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { isRefusal } from '../../capture/index.ts';
import { clockOf } from '../../kit/figures.ts';
import { useConsole, useWords } from '../console/context.ts';
import { reasonOf } from '../host/host-actions.ts';
import { askMusic, fetchMusic, type KeptMusic, removeMusic, sendMusic } from './music-file.ts';

/**
 * The card for the room's own hold music: what plays now, another file, or the built-in music. Errors are shown under
 * the field.
 */
export function MusicCard() {
  const { link, isHost, room } = useConsole();
  const words = useWords();
  const busy = useSignal<'reading' | 'removing' | number | undefined>(undefined);
  const own = useSignal<KeptMusic | undefined>(undefined);
  const problem = useSignal('');
  const stop = useRef<AbortController>(undefined);
  const host = isHost.value;
  const look = async (): Promise<void> => {
    own.value = await askMusic(link.slug, link.token);
  };
  useEffect(() => {
    if (host) void look();
  }, [host]);
  if (!host) return null;
  const choose = async (input: HTMLInputElement) => {
    const file = input.files?.[0];
    if (!file || busy.value !== undefined) return;
    problem.value = '';
    busy.value = 'reading';
    stop.current = new AbortController();
    const sent = await sendMusic(link.slug, link.token, file, {
      progress: (share) => {
        busy.value = share;
      },
      signal: stop.current.signal,
    });
    busy.value = undefined;
    input.value = '';
    if (sent === 'stopped') return;
    if (sent === 'no-sound') problem.value = words.musicNoSound(file.name);
    else if (sent === 'unreadable') problem.value = words.musicUnreadable(file.name);
    else if (sent === 'too-large') problem.value = words.musicTooLarge;
    else if (isRefusal(sent)) problem.value = words.failed(reasonOf(words, sent));
    else own.value = { name: file.name, seconds: sent.seconds };
  };
  const remove = async () => {
    if (busy.value !== undefined) return;
    problem.value = '';
    busy.value = 'removing';
    const why = await removeMusic(link.slug, link.token);
    busy.value = undefined;
    if (why) problem.value = words.failed(reasonOf(words, why));
    else own.value = undefined;
  };
  const sending = typeof busy.value === 'number';
  return (
    <details class="music card">
      <summary>
        <h2>{words.holdMusic}</h2>
      </summary>
      <p class="small" role="status">
        {own.value
          ? words.musicNow(own.value.name ?? words.musicOwn, clockOf(own.value.seconds))
          : words.musicHouse}
      </p>
      {own.value && (
        <div class="row">
          <PlayMusic
            key={`${own.value.name}${own.value.seconds}`}
            failed={() => {
              problem.value = words.failed(words.refusals['network'] ?? '');
            }}
          />
          <button
            type="button"
            class="button quiet"
            disabled={busy.value !== undefined}
            onClick={() => void remove()}
          >
            {words.musicRemove}
          </button>
        </div>
      )}
      <label>
        <span class="small">{own.value ? words.musicOther : words.musicChoose}</span>
        <input
          id="music-file"
          type="file"
          accept="audio/*"
          disabled={busy.value !== undefined}
          aria-describedby="music-problem music-hint"
          aria-invalid={problem.value ? 'true' : 'false'}
          onChange={(event) => void choose(event.currentTarget)}
        />
      </label>
      {busy.value === 'reading' && (
        <p class="small" role="status">
          {words.musicReading}
        </p>
      )}
      {sending && (
        <div class="row sending">
          <progress value={busy.value as number} max={1} aria-label={words.musicSending} />
          <span class="small figure">{Math.round((busy.value as number) * 100)} %</span>
          <button type="button" class="button quiet" onClick={() => stop.current?.abort()}>
            {words.cancel}
          </button>
        </div>
      )}
      <p id="music-problem" class="problem small" role="alert">
        {problem.value}
      </p>
      <p id="music-hint" class="small ash">
        {words.holdMusicHint}
      </p>
      {room.status.value === 'scheduled' && <p class="small ash">{words.musicDay}</p>}
    </details>
  );
}

/** Plays the hold music to the host only. */
function PlayMusic({ failed }: { failed: () => void }) {
  const { link } = useConsole();
  const words = useWords();
  const playing = useSignal(false);
  const audio = useRef<HTMLAudioElement>(undefined);
  useEffect(() => () => release(audio.current), []);
  const press = async () => {
    if (playing.value) return audio.current?.pause();
    if (!audio.current) {
      const sound = await fetchMusic(link.slug, link.token);
      if (!sound) return failed();
      const player = new Audio(URL.createObjectURL(sound));
      for (const event of ['play', 'pause', 'ended'])
        player.addEventListener(event, () => {
          playing.value = !player.paused;
        });
      audio.current = player;
    }
    await audio.current.play().catch(() => {});
  };
  return (
    <button type="button" class="button quiet" aria-pressed={playing.value} onClick={() => void press()}>
      {playing.value ? words.musicStop : words.musicPlay}
    </button>
  );
}

function release(audio: HTMLAudioElement | undefined): void {
  if (!audio) return;
  audio.pause();
  URL.revokeObjectURL(audio.src);
}
