import { useSignal } from '@preact/signals';
import { useConsole, useWords } from '../console/context.ts';
import { reasonOf } from '../host/host-actions.ts';
import type { ReplayEdits } from './replay-edits.ts';

const MOST_DAYS = 3_650;

/** The title of the evening, and how long its recording is kept. */
export function KeepForm({ replay }: { readonly replay: ReplayEdits }) {
  const { room, host, notices } = useConsole();
  const all = useWords();
  const words = all.replayDesk;
  const problem = useSignal('');
  const kept = replay.edits.value?.keepDays;
  const title = async (text: string): Promise<void> => {
    if (text.trim() === room.title.value) return;
    const wrong = await host.announce({ title: text }, Date.now());
    problem.value = wrong?.title ?? wrong?.other ?? '';
    if (!wrong) notices.say(words.saved);
  };
  const keep = async (text: string): Promise<void> => {
    const days = text.trim() === '' ? null : Number(text);
    if (days !== null && !(Number.isInteger(days) && days >= 1 && days <= MOST_DAYS)) {
      problem.value = words.keepWrong;
      return;
    }
    const why = await replay.send('/replay', { days }, 'PATCH', null);
    const isOthers = why?.code === 'etag-mismatch';
    problem.value = isOthers ? words.changed : why ? all.failed(reasonOf(all, why)) : '';
    if (!why) notices.say(words.saved);
  };
  return (
    <>
      <form
        class="keep"
        onSubmit={(event) => {
          event.preventDefault();
          const fields = new FormData(event.currentTarget);
          void title(String(fields.get('title') ?? ''));
        }}
      >
        <label>
          <span class="small">{words.roomTitle}</span>
          <input name="title" defaultValue={room.title.value} maxLength={140} dir="auto" autocomplete="off" />
        </label>
        <button type="submit" class="button quiet">
          {words.save}
        </button>
      </form>
      <form
        class="keep"
        onSubmit={(event) => {
          event.preventDefault();
          const fields = new FormData(event.currentTarget);
          void keep(String(fields.get('days') ?? ''));
        }}
      >
        <label>
          <span class="small">{words.keep}</span>
          <input
            key={kept ?? 0}
            name="days"
            inputMode="numeric"
            defaultValue={kept === undefined ? '' : String(kept)}
            aria-describedby="keep-hint"
            autocomplete="off"
          />
        </label>
        <button type="submit" class="button quiet" aria-label={`${words.save}: ${words.keep}`}>
          {words.save}
        </button>
      </form>
      <p class="small ash" id="keep-hint">
        {words.keepHint}
      </p>
      <p class="small problem" role="alert">
        {problem.value}
      </p>
    </>
  );
}
