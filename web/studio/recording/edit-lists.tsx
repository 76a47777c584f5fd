import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { MOST_TITLE } from '../../../src/wire/replay/edits.ts';
import { useConsole, useWords } from '../console/context.ts';
import { reasonOf } from '../host/host-actions.ts';
import { timeOf } from '../words/times.ts';
import type { ReplayEdits, ShownEdit } from './replay-edits.ts';

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
  const send = async (
    path: string,
    body: object | undefined,
    method: 'PATCH' | 'DELETE',
    said: string,
    shown: ShownEdit<object>,
  ) => {
    const why = await replay.send(path, body, method, shown);
    const failed = why?.code === 'etag-mismatch' ? words.changed : why && all.failed(reasonOf(all, why));
    notices.say(failed ?? said);
    return why === undefined;
  };
  const remove = (path: string, label: string, title: string, said: string, shown: ShownEdit<object>) => (
    <button
      type="button"
      class="button quiet"
      aria-label={`${label}: ${title}`}
      onClick={() => void send(path, undefined, 'DELETE', said, shown)}
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
        edits.chapters.map((one) => (
          <li key={one.id}>
            <Titled
              at={timeOf(one.at, language)}
              title={one.title}
              save={(next) => send(`/chapters/${one.id}`, { title: next }, 'PATCH', words.saved, one)}
            />
            {remove(`/chapters/${one.id}`, words.remove, one.title, words.removed, one)}
          </li>
        )),
      )}
      {list(
        words.clips,
        edits.clips.map((one) => (
          <li key={one.id}>
            <Titled
              at={timeOf(one.from, language)}
              title={one.title}
              save={(next) => send(`/clips/${one.id}`, { title: next }, 'PATCH', words.saved, one)}
            />
            <a
              class="button quiet"
              href={`/r/${link.slug}/clip/${one.id}`}
              target="_blank"
              rel="noopener"
              aria-label={`${words.open}: ${one.title}`}
            >
              {words.open}
            </a>
            {remove(`/clips/${one.id}`, words.remove, one.title, words.removed, one)}
          </li>
        )),
      )}
      {!quiet &&
        list(
          words.trims,
          edits.trims.map((one) => (
            <li key={one.id}>
              <p>
                <time>{timeOf(one.from, language)}</time>{' '}
                <span class="ash">{all.duration(Math.round((one.to - one.from) / 1000))}</span>{' '}
                <span dir="auto">{one.note}</span>
              </p>
              {remove(`/trims/${one.id}`, words.putBack, one.note, words.wasPutBack, one)}
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
  /** The title when the form was opened: another one is by somebody else, and is shown above what was written. */
  const opened = useSignal(props.title);
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
            opened.value = props.title;
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
      {opened.value !== props.title && (
        <p>
          <time>{props.at}</time> <span dir="auto">{props.title}</span>
        </p>
      )}
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
