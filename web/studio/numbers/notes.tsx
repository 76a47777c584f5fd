import { useSignal } from '@preact/signals';
import { MOST_NOTE_TEXT } from '../../../src/wire/figures/host-note.ts';
import { type NoteText, noteThreads } from '../../../src/words/note-threads.ts';
import { isRefusal, post } from '../../capture/index.ts';
import { useConsole, useWords } from '../console/context.ts';
import { reasonOf } from '../host/host-actions.ts';
import { timeOf } from '../words/times.ts';
import { momentOf } from './note-moment.ts';
import type { RoomNumbersFeed } from './room-numbers.ts';

/** A new note is in the public file once the log has signed it, ms. */
const SHOWN_AFTER = 12_000;

interface About {
  readonly how: 'answers' | 'corrects';
  readonly note: NoteText;
}

/** The notes of the room, and the form that writes one. */
export function Notes({ feed }: { readonly feed: RoomNumbersFeed }) {
  const { isHost, settings } = useConsole();
  const words = useWords().numbers;
  const about = useSignal<About | undefined>(undefined);
  const threads = noteThreads(feed.evening.value?.events ?? []);
  const line = (note: NoteText) => (
    <>
      <time>{timeOf(note.at * 1000, settings.language.value)}</time> <span dir="auto">{note.text}</span>{' '}
      <small class="ash">{words.authors[note.author] ?? note.author}</small>
    </>
  );
  const ask = (how: About['how'], note: NoteText, label: string) => (
    <button
      type="button"
      class="button quiet bare small"
      aria-label={`${label}: ${note.text}`}
      onClick={() => {
        about.value = { how, note };
      }}
    >
      {label}
    </button>
  );
  return (
    <div class="notes">
      <h3>{words.notes}</h3>
      {threads.length > 0 && (
        <ul>
          {threads.map(({ versions, answers }) => {
            const last = versions.at(-1) as NoteText;
            return (
              <li key={versions[0]?.seq}>
                {line(last)}
                {versions.length > 1 && <small class="ash"> · {words.corrected}</small>}
                {answers.map((answer) => (
                  <p key={answer.seq} class="answer">
                    {line(answer)}
                  </p>
                ))}
                {isHost.value && (
                  <p class="row">
                    {ask('answers', last, words.answer)}
                    {last.author === 'host' && ask('corrects', last, words.correct)}
                  </p>
                )}
              </li>
            );
          })}
        </ul>
      )}
      {isHost.value && <NoteForm feed={feed} about={about} />}
    </div>
  );
}

function NoteForm({
  feed,
  about,
}: {
  readonly feed: RoomNumbersFeed;
  readonly about: { value: About | undefined };
}) {
  const { link, notices, now } = useConsole();
  const all = useWords();
  const words = all.numbers;
  const text = useSignal('');
  const time = useSignal('');
  const problem = useSignal('');
  const busy = useSignal(false);
  const send = async (event: Event) => {
    event.preventDefault();
    if (busy.value || text.value.trim() === '') return;
    const at = momentOf(time.value, now.value);
    if (at === 'later') {
      problem.value = words.noteTimeWrong;
      return;
    }
    busy.value = true;
    problem.value = '';
    const sent = await post(`/api/rooms/${link.slug}/notes`, link.token, {
      text: text.value,
      ...(at === undefined ? {} : { at: new Date(at).toISOString() }),
      ...(about.value ? { [about.value.how]: about.value.note.seq } : {}),
    });
    busy.value = false;
    if (isRefusal(sent)) {
      problem.value = all.failed(reasonOf(all, sent));
      return;
    }
    text.value = '';
    time.value = '';
    about.value = undefined;
    notices.say(words.noteWritten);
    setTimeout(() => void feed.refresh(), SHOWN_AFTER);
  };
  return (
    <form onSubmit={send}>
      {about.value && (
        <p class="small">
          {about.value.how === 'answers'
            ? words.answering(about.value.note.text)
            : words.correcting(about.value.note.text)}{' '}
          <button
            type="button"
            class="button quiet bare small"
            onClick={() => {
              about.value = undefined;
            }}
          >
            {all.cancel}
          </button>
        </p>
      )}
      <label>
        <span class="small">{words.noteLabel}</span>
        <input
          value={text.value}
          maxLength={MOST_NOTE_TEXT}
          placeholder={words.noteExample}
          dir="auto"
          autocomplete="off"
          onInput={({ currentTarget }) => {
            text.value = currentTarget.value;
          }}
        />
      </label>
      <label>
        <span class="small">{words.noteTime}</span>
        <input
          type="time"
          value={time.value}
          onInput={({ currentTarget }) => {
            time.value = currentTarget.value;
          }}
        />
      </label>
      <button type="submit" class="button quiet" disabled={busy.value}>
        {words.noteWrite}
      </button>
      <p class="small problem" role="alert">
        {problem.value}
      </p>
      <p class="small ash">{words.notesHint}</p>
    </form>
  );
}
