import { useSignal, useSignalEffect } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { roomAt } from '../../kit/room-name.ts';
import { useConsole, useWords } from '../console/context.ts';
import { Meter } from '../controls/meter.tsx';
import { Theatre } from '../controls/theatre.tsx';
import { reasonOf } from '../host/host-actions.ts';
import { SoundForm, Switch } from './sound-form.tsx';

/** The page before joining: name, microphone, and a check that it works. */
export function Check() {
  const studio = useConsole();
  const { voice, name } = studio;
  const words = useWords();
  const publishing = voice.publishing.value;
  const elsewhere = publishing.at === 'refused' && publishing.why.code === 'already-on-stage';
  const scheduled = studio.room.status.value === 'scheduled';
  const waiting = studio.waiting.value;
  const joining = !waiting && (publishing.at === 'connecting' || publishing.at === 'lost');
  const microphone = voice.microphone.value;
  useEffect(() => void voice.ask(), []);

  const submit = (event: Event) => {
    event.preventDefault();
    studio.join(elsewhere);
  };
  const late = scheduled ? words.joinWhenOpen : words.join;
  const label = joining
    ? words.joining
    : elsewhere
      ? words.joinTakeOver
      : microphone
        ? late
        : words.joinListening;
  return (
    <form class="check card" onSubmit={submit}>
      <header>
        <h1>{words.checkTitle}</h1>
        <p class="ash">{voice.problem.value ? words.checkLeadSilent : words.checkLead}</p>
      </header>
      <Theatre
        people={[{ id: 'you', level: voice.level, off: !microphone }]}
        streams={0}
        label={words.microphone}
      />
      <div class="check-meter">
        <Meter level={voice.level} across dim={!microphone} />
        <LevelCheck />
      </div>
      <label>
        {words.yourName}
        <input
          dir="auto"
          value={name.value}
          maxLength={60}
          required
          autocomplete="name"
          onInput={(event) => {
            name.value = event.currentTarget.value;
          }}
        />
      </label>
      <SoundForm brief />
      <div>
        <HearYourself />
        <Switch
          label={words.joinMuted}
          on={voice.muted.value}
          change={(on) => {
            voice.muted.value = on;
          }}
        />
      </div>
      {elsewhere && (
        <p class="say attention" role="alert">
          {words.elsewhere}
        </p>
      )}
      {publishing.at === 'refused' && !elsewhere && (
        <p class="say attention" role="alert">
          {words.refused(reasonOf(words, publishing.why))}
        </p>
      )}
      {waiting ? (
        <div class="say calm" role="status">
          <p>{voice.listening.value ? words.waitingEars : words.waitingStage}</p>
          <button type="button" class="button quiet" onClick={studio.leave}>
            {words.waitNoMore}
          </button>
        </div>
      ) : (
        <button type="submit" class="button big" disabled={joining}>
          {label}
        </button>
      )}
      {!microphone && !waiting && <p class="small ash">{words.joinListeningHint}</p>}
      <a class="small" href={roomAt(studio.link.slug)}>
        {words.listenInstead}
      </a>
    </form>
  );
}

/** Says in words how the microphone sounds; it waits some seconds before it complains. */
function LevelCheck() {
  const { voice } = useConsole();
  const words = useWords();
  const judged = useSignal<'quiet' | 'good' | 'loud' | ''>('');
  const heard = useSignal({ last: Date.now(), loud: 0 });
  useSignalEffect(() => {
    const level = voice.level.value;
    const now = Date.now();
    const it = heard.peek();
    if (level > -42) it.last = now;
    if (level > -2) it.loud = now;
    judged.value =
      now - it.loud < 1_500 ? 'loud' : now - it.last < 2_500 ? 'good' : now - it.last > 6_000 ? 'quiet' : '';
  });
  const problem = voice.problem.value;
  if (problem)
    return (
      <div class="say bad" role="alert">
        <p>{words.micProblem[problem]}</p>
        {problem !== 'insecure' && (
          <button type="button" class="button quiet" onClick={() => void voice.ask()}>
            {words.tryAgain}
          </button>
        )}
      </div>
    );
  if (voice.asking.value && !voice.microphone.value) return <p class="small ash">{words.askingMic}</p>;
  return (
    <p class={`small level-check ${judged.value}`} role="status">
      {judged.value ? words[judged.value] : words.nobodyYet}
    </p>
  );
}

function HearYourself() {
  const { voice } = useConsole();
  const words = useWords();
  const on = useSignal(false);
  const microphone = voice.microphone.value;
  useEffect(() => {
    microphone?.hearYourself(on.value);
    return () => microphone?.hearYourself(false);
  }, [microphone, on.value]);
  return (
    <Switch
      label={words.hearYourself}
      on={on.value}
      change={(value) => {
        on.value = value;
      }}
    />
  );
}
