import type { Console } from '../console/console.ts';
import { useConsole, useWords } from '../console/context.ts';
import { Icon } from '../controls/icons.tsx';
import { Meter } from '../controls/meter.tsx';
import type { StudioWords } from '../words/words.ts';

/** The bar for one's own microphone. */
export function MuteBar() {
  const studio = useConsole();
  const words = useWords();
  const { voice, dialog } = studio;
  const { silent, live, needed, label, hint, press, off, still } = keyOf(studio, words);
  const holding = studio.settings.pushToTalk.value && !off;
  const open = (which: 'sound' | 'leave') => () => {
    dialog.value = which;
  };
  const hold = (on: boolean) => () => {
    if (holding) voice.held.value = on;
  };
  return (
    <div class="mute-bar" role="toolbar" aria-label={words.microphone}>
      <button type="button" class="button quiet side" title={words.sound} onClick={open('sound')}>
        <Icon name="sound" />
        <span>{words.sound}</span>
      </button>
      <button
        type="button"
        class={`mute-key${silent ? ' off' : live ? ' air' : ''}${needed ? ' needed' : ''}`}
        {...(off ? {} : { 'aria-pressed': !silent })}
        aria-disabled={still}
        aria-describedby="mute-hint"
        onClick={() => !holding && !still && press()}
        onPointerDown={hold(true)}
        onPointerUp={hold(false)}
        onPointerLeave={hold(false)}
        onPointerCancel={hold(false)}
      >
        <Icon name={silent ? 'mic-off' : 'mic'} />
        <span class="mute-text">
          <strong>{label}</strong>
          <span id="mute-hint" class="small">
            {hint}
          </span>
        </span>
        <Meter level={voice.level} dim={silent} across />
      </button>
      <button type="button" class="button quiet side" title={words.leave} onClick={open('leave')}>
        <Icon name="leave" />
        <span>{words.leave}</span>
      </button>
    </div>
  );
}

interface Key {
  readonly label: string;
  readonly hint: string;
  readonly silent: boolean;
  readonly live: boolean;
  readonly needed: boolean;
  /** It is not a switch now: there is no microphone, or a host has muted it. */
  readonly off: boolean;
  /** Pressing it does nothing now. */
  readonly still: boolean;
  press(): void;
}

/** The label and the action of the big key; it never offers what would be refused. */
function keyOf(studio: Console, words: StudioWords): Key {
  const { voice, settings, toggleMute, talkingMuted, room, trouble, hostMuted, act, join } = studio;
  const silent = voice.silent.value;
  const quiet = { silent: true, live: false, needed: false, off: true, still: false };
  if (voice.listening.value) {
    const asking = voice.asking.value && !voice.problem.value;
    const turnOn = async () => {
      await voice.ask();
      if (!voice.microphone.value) return;
      // A microphone that is allowed here starts muted, so that nobody goes on air by allowing it.
      voice.muted.value = true;
      join();
    };
    return {
      ...quiet,
      still: asking,
      label: voice.microphone.value ? words.speakToo : words.turnMicOn,
      hint: asking ? words.askingMic : words.onlyListening,
      press: () => void turnOn(),
    };
  }
  if (hostMuted.value) {
    const asks = room.people.value.find((person) => person.id === room.me.value.id)?.asks === true;
    return {
      ...quiet,
      still: asks,
      label: asks ? words.askedToSpeak : words.askToSpeak,
      hint: words.hostMuted,
      press: () => act({ do: 'ask-to-speak' }),
    };
  }
  const here = room.contact.value === 'here' && voice.publishing.value.at === 'on';
  const live = here && room.program.value?.program.carries === 'stage';
  const holding = settings.pushToTalk.value;
  const label = holding
    ? silent
      ? words.holdToTalk
      : words.talking
    : silent
      ? words.unmuteMe
      : words.muteMe;
  return {
    silent,
    live,
    needed: here && silent && (talkingMuted.value || trouble.value?.cause === 'all-muted'),
    off: false,
    still: false,
    label,
    hint: talkingMuted.value
      ? words.talkingMuted
      : silent
        ? words.micOff
        : live
          ? words.onAir
          : here
            ? words.offAir
            : words.notConnected,
    press: toggleMute,
  };
}
