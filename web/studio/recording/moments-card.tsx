import { useSignal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import { MOST_TITLE } from '../../../src/wire/replay/edits.ts';
import { useConsole, useWords } from '../console/context.ts';
import { reasonOf } from '../host/host-actions.ts';
import { EditLists } from './edit-lists.tsx';
import { openReplayEdits } from './replay-edits.ts';

const LENGTHS = [15, 30, 60, 90] as const;

/** Notes and clips while the room is live: one field, two buttons. Speakers make clips, and see their own. */
export function MomentsCard() {
  const { link, isHost, room, notices } = useConsole();
  const all = useWords();
  const words = all.replayDesk;
  const title = useSignal('');
  const last = useSignal<number>(30);
  const problem = useSignal('');
  const busy = useSignal(false);
  const replay = useMemo(() => openReplayEdits(link.slug, () => link.token, false), [link]);
  const host = isHost.value;
  const shown = room.status.value === 'live';
  useEffect(() => {
    if (shown) void replay.refresh();
  }, [shown, host, replay]);
  if (!shown) return null;
  const send = async (path: string, more: object, said: string): Promise<void> => {
    if (busy.value) return;
    if (title.value.trim() === '') {
      problem.value = words.titleMissing;
      return;
    }
    busy.value = true;
    problem.value = '';
    const why = await replay.send(path, { title: title.value, ...more });
    busy.value = false;
    if (why) {
      problem.value = all.failed(reasonOf(all, why));
      return;
    }
    title.value = '';
    notices.say(said);
  };
  return (
    <section class="moments card" aria-label={words.moments}>
      <h2>{words.moments}</h2>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (host) void send('/chapters', {}, words.noted);
          else void send('/clips', { last: last.value }, words.clipped);
        }}
      >
        <label>
          <span class="small">{words.what}</span>
          <input
            value={title.value}
            maxLength={MOST_TITLE}
            placeholder={words.example}
            dir="auto"
            autocomplete="off"
            onInput={({ currentTarget }) => {
              title.value = currentTarget.value;
            }}
          />
        </label>
        {host && (
          <button type="submit" class="button quiet" disabled={busy.value}>
            {words.noteNow}
          </button>
        )}
        <label>
          <span class="small">{words.lastLabel}</span>
          <select
            value={String(last.value)}
            onChange={({ currentTarget }) => {
              last.value = Number(currentTarget.value);
            }}
          >
            {LENGTHS.map((seconds) => (
              <option key={seconds} value={String(seconds)}>
                {words.last(seconds)}
              </option>
            ))}
          </select>
        </label>
        <button
          type="button"
          class="button quiet"
          disabled={busy.value}
          onClick={() => void send('/clips', { last: last.value }, words.clipped)}
        >
          {words.clipLast}
        </button>
        <p class="small problem" role="alert">
          {problem.value}
        </p>
      </form>
      <p class="small ash">{host ? words.momentsHint : words.clipHint}</p>
      <EditLists replay={replay} quiet />
    </section>
  );
}
