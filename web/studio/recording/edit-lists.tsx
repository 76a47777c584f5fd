import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { MOST_TITLE } from '../../../src/wire/replay/edits.ts';
import { useConsole, useWords } from '../console/context.ts';
import { reasonOf } from '../host/host-actions.ts';
import { timeOf } from '../words/times.ts';
import type { ReplayEdits } from './replay-edits.ts';

/** Chapters, clips and what was left out, each with what can be done to it; `quiet` leaves out empty lists. */
export function EditLists({
  replay,
  quiet = false,
}: {
  readonly replay: ReplayEdits;
  readonly quiet?: boolean;
}) {
  const { link, settings, notices } = useConsole();
  const all = useWords();
  const words = all.replayDesk;
  const edits = replay.edits.value;
  if (!edits) return null;
  const language = settings.language.value;
  const send = async (path: string, body: object | undefined, method: 'PATCH' | 'DELETE', said: string) => {
    const why = await replay.send(path, body, method);
    notices.say(why ? all.failed(reasonOf(all, why)) : said);
    return why === undefined;
  };
  const remove = (path: string, label: string, title: string, said: string) => (
    <button
      type="button"
      class="button quiet"
      aria-label={`${label}: ${title}`}
      onClick={() => void send(path, undefined, 'DELETE', said)}
    >
      {label}
    </button>
  );
  const list = (title: string, rows: ComponentChildren[]) =>
    quiet && rows.length === 0 ? null : (
      <>
        <h3 class="small">{title}</h3>
        {rows.length === 0 ? <p class="small ash">{words.none}</p> : <ul class="edits">{rows}</ul>}
      </>
    );
  return (
    <>
      {list(
        words.chapters,
        edits.chapters.map(({ id, at, title }) => (
          <li key={id}>
            <Titled
              at={timeOf(at, language)}
              title={title}
              save={(next) => send(`/chapters/${id}`, { title: next }, 'PATCH', words.saved)}
            />
            {remove(`/chapters/${id}`, words.remove, title, words.removed)}
          </li>
        )),
      )}
      {list(
        words.clips,
        edits.clips.map(({ id, from, title }) => (
          <li key={id}>
            <Titled
              at={timeOf(from, language)}
              title={title}
              save={(next) => send(`/clips/${id}`, { title: next }, 'PATCH', words.saved)}
            />
            <a
              class="button quiet"
              href={`/r/${link.slug}/clip/${id}`}
              target="_blank"
              rel="noopener"
              aria-label={`${words.open}: ${title}`}
            >
              {words.open}
            </a>
            {remove(`/clips/${id}`, words.remove, title, words.removed)}
          </li>
        )),
      )}
      {!quiet &&
        list(
          words.trims,
          edits.trims.map(({ id, from, to, note }) => (
            <li key={id}>
              <p>
                <time>{timeOf(from, language)}</time>{' '}
                <span class="ash">{all.duration(Math.round((to - from) / 1000))}</span>{' '}
                <span dir="auto">{note}</span>
              </p>
              {remove(`/trims/${id}`, words.putBack, note, words.wasPutBack)}
            </li>
          )),
        )}
    </>
  );
}

/** A title that can be changed where it stands. */
function Titled(props: {
  readonly at: string;
  readonly title: string;
  save(title: string): Promise<boolean>;
}) {
  const words = useWords().replayDesk;
  const all = useWords();
  const open = useSignal(false);
  const text = useSignal(props.title);
  if (!open.value)
    return (
      <>
        <p>
          <time>{props.at}</time> <span dir="auto">{props.title}</span>
        </p>
        <button
          type="button"
          class="button quiet"
          aria-label={`${words.mend}: ${props.title}`}
          onClick={() => {
            text.value = props.title;
            open.value = true;
          }}
        >
          {words.mend}
        </button>
      </>
    );
  return (
    <form
      class="row"
      onSubmit={async (event) => {
        event.preventDefault();
        if (text.value.trim() !== '' && (await props.save(text.value))) open.value = false;
      }}
    >
      <input
        value={text.value}
        maxLength={MOST_TITLE}
        dir="auto"
        aria-label={words.mend}
        ref={(field) => field?.focus()}
        onInput={({ currentTarget }) => {
          text.value = currentTarget.value;
        }}
      />
      <button type="submit" class="button quiet">
        {words.save}
      </button>
      <button
        type="button"
        class="button quiet"
        onClick={() => {
          open.value = false;
        }}
      >
        {all.cancel}
      </button>
    </form>
  );
}
