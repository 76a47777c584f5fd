import { type Signal, useSignal } from '@preact/signals';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import { LONGEST_CLIP_MS, MOST_TITLE, SHORTEST_CLIP_MS } from '../../../src/wire/replay/edits.ts';
import { useConsole, useWords } from '../console/context.ts';
import { reasonOf } from '../host/host-actions.ts';
import { EditLists } from './edit-lists.tsx';
import { KeepForm } from './keep-form.tsx';
import { placeText, secondsOf } from './place.ts';
import { openReplayEdits } from './replay-edits.ts';

/** The recording is complete some seconds after the end; it is looked for this often, ms. */
const LOOK_MS = 3_000;

type What = 'chapters' | 'clips' | 'trims';

/** The fields of the desk, and what is done with them. */
function useDesk() {
  const { link, notices } = useConsole();
  const all = useWords();
  const words = all.replayDesk;
  const replay = useMemo(() => openReplayEdits(link.slug, () => link.token, true), [link]);
  const [from, to, title, problem] = [useSignal(''), useSignal(''), useSignal(''), useSignal('')];
  const busy = useSignal(false);
  const version = useSignal(0);
  const until = useSignal<number | undefined>(undefined);
  const audio = useRef<HTMLAudioElement>(null);
  useEffect(() => {
    const look = (): void => {
      if (replay.seconds.value === undefined) void replay.refresh();
    };
    look();
    const timer = setInterval(look, LOOK_MS);
    return () => clearInterval(timer);
  }, [replay]);

  /** The places of both fields, if they are in the recording. */
  const places = (both: boolean): { from: number; to: number } | undefined => {
    const [begin, end] = [secondsOf(from.value), both ? secondsOf(to.value) : Infinity];
    const length = replay.seconds.value ?? 0;
    const inside = begin !== undefined && end !== undefined && begin < length && (!both || end <= length + 1);
    problem.value = !inside ? words.placeWrong : end <= begin ? words.orderWrong : '';
    return problem.value === '' && inside ? { from: begin, to: end } : undefined;
  };
  const make = async (what: What): Promise<void> => {
    const at = busy.value ? undefined : places(what !== 'chapters');
    if (!at) return;
    const length = (at.to - at.from) * 1000;
    if (what === 'clips' && (length < SHORTEST_CLIP_MS || length > LONGEST_CLIP_MS))
      problem.value = words.clipWrong;
    else if (title.value.trim() === '') problem.value = words.titleMissing;
    if (problem.value !== '') return;
    const begin = replay.moment(at.from);
    const body =
      what === 'chapters'
        ? { title: title.value, at: begin }
        : { from: begin, to: replay.moment(at.to), [what === 'trims' ? 'note' : 'title']: title.value };
    busy.value = true;
    const why = await replay.send(`/${what}`, body);
    busy.value = false;
    if (why) {
      problem.value = all.failed(reasonOf(all, why));
      return;
    }
    title.value = '';
    if (what === 'trims') version.value += 1;
    notices.say({ chapters: words.noted, clips: words.clipped, trims: words.trimmed }[what]);
  };
  const hear = (): void => {
    const sound = audio.current;
    if (!sound) return;
    if (until.value !== undefined) {
      sound.pause();
      return;
    }
    const at = places(true);
    if (!at) return;
    sound.currentTime = at.from;
    until.value = at.to;
    void sound.play().catch(() => {
      until.value = undefined;
    });
  };
  return { replay, from, to, title, problem, busy, version, until, audio, make, hear };
}

/** One place: written, or taken from where the player is. */
function Place(props: {
  readonly label: string;
  readonly field: Signal<string>;
  readonly here: string;
  at(): number;
}) {
  return (
    <div class="place">
      <label>
        <span class="small">{props.label}</span>
        <input
          value={props.field.value}
          inputMode="text"
          autocomplete="off"
          placeholder="0:00"
          size={8}
          aria-describedby="place-hint"
          onInput={({ currentTarget }) => {
            props.field.value = currentTarget.value;
          }}
        />
      </label>
      <button
        type="button"
        class="button quiet"
        onClick={() => {
          props.field.value = placeText(props.at());
        }}
      >
        {props.here}
      </button>
    </div>
  );
}

/** The recording of a room that is over: find a place, note it, clip it, leave it out. */
export function RecordingDesk() {
  const { link } = useConsole();
  const words = useWords().replayDesk;
  const { replay, from, to, title, problem, busy, version, until, audio, make, hear } = useDesk();
  const at = (): number => audio.current?.currentTime ?? 0;
  const act = (what: What, label: string) => (
    <button type="button" class="button quiet" disabled={busy.value} onClick={() => void make(what)}>
      {label}
    </button>
  );
  if (replay.seconds.value === undefined)
    return (
      <section class="recording-desk card" aria-label={words.desk}>
        <h2>{words.desk}</h2>
        <p>{words.waiting}</p>
      </section>
    );
  return (
    <section class="recording-desk card" aria-label={words.desk}>
      <h2>{words.desk}</h2>
      {/* biome-ignore lint/a11y/useMediaCaption: the recording has no captions; its chapters are the text beside it */}
      <audio
        key={version.value}
        ref={audio}
        controls
        preload="metadata"
        aria-label={words.player}
        src={`/r/${link.slug}/replay.m4a${version.value > 0 ? `?v=${version.value}` : ''}`}
        onTimeUpdate={({ currentTarget }) => {
          if (until.value !== undefined && currentTarget.currentTime >= until.value) currentTarget.pause();
        }}
        onPause={() => {
          until.value = undefined;
        }}
      />
      <div class="places">
        <Place label={words.from} field={from} here={words.fromHere} at={at} />
        <Place label={words.to} field={to} here={words.toHere} at={at} />
      </div>
      <p class="small ash" id="place-hint">
        {words.placeHint}
      </p>
      <label>
        <span class="small">{words.what}</span>
        <input
          value={title.value}
          maxLength={MOST_TITLE}
          dir="auto"
          autocomplete="off"
          onInput={({ currentTarget }) => {
            title.value = currentTarget.value;
          }}
        />
      </label>
      <div class="row">
        <button type="button" class="button quiet" aria-pressed={until.value !== undefined} onClick={hear}>
          {until.value === undefined ? words.preview : words.stop}
        </button>
        {act('chapters', words.makeNote)}
        {act('clips', words.makeClip)}
        {act('trims', words.makeTrim)}
      </div>
      <p class="small problem" role="alert">
        {problem.value}
      </p>
      <p class="small ash">{words.trimHint}</p>
      <EditLists replay={replay} />
      <KeepForm replay={replay} />
    </section>
  );
}
