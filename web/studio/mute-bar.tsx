import { useDesk, useWords } from './context.ts';
import { Icon } from './icons.tsx';
import { Meter } from './meter.tsx';

/** The front edge of the desk: one's own microphone, at thumb's reach. */
export function MuteBar() {
  const { voice, settings, toggleMute, dialog, talkingMuted, room, trouble } = useDesk();
  const words = useWords();
  const silent = voice.silent.value;
  const holding = settings.pushToTalk.value;
  const live = room.program.value?.program.carries === 'stage';
  const needed = silent && (talkingMuted.value || trouble.value?.cause === 'all-muted');
  const open = (which: 'sound' | 'leave') => () => {
    dialog.value = which;
  };
  const hold = (on: boolean) => () => {
    if (holding) voice.held.value = on;
  };
  const label = holding
    ? silent
      ? words.holdToTalk
      : words.talking
    : silent
      ? words.unmuteMe
      : words.muteMe;
  return (
    <div class="mute-bar" role="toolbar" aria-label={words.microphone}>
      <button type="button" class="button quiet side" onClick={open('sound')}>
        <Icon name="sound" />
        <span>{words.sound}</span>
      </button>
      <button
        type="button"
        class={`mute-key${silent ? ' off' : live ? ' air' : ''}${needed ? ' needed' : ''}`}
        aria-pressed={!silent}
        aria-describedby="mute-hint"
        onClick={() => !holding && toggleMute()}
        onPointerDown={hold(true)}
        onPointerUp={hold(false)}
        onPointerLeave={hold(false)}
        onPointerCancel={hold(false)}
      >
        <Icon name={silent ? 'mic-off' : 'mic'} />
        <span class="mute-text">
          <strong>{label}</strong>
          <span id="mute-hint" class="small">
            {talkingMuted.value
              ? words.talkingMuted
              : silent
                ? words.micOff
                : live
                  ? words.onAir
                  : words.offAir}
          </span>
        </span>
        <Meter level={voice.level} dim={silent} across />
      </button>
      <button type="button" class="button quiet side" onClick={open('leave')}>
        <Icon name="leave" />
        <span>{words.leave}</span>
      </button>
    </div>
  );
}
