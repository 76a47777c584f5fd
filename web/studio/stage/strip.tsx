import type { BackstagePerson } from '../../../src/wire/stage/backstage.ts';
import { useConsole, useWords } from '../console/context.ts';
import { Icon } from '../controls/icons.tsx';
import { Meter } from '../controls/meter.tsx';
import { PersonMenu } from './person-menu.tsx';

/** One channel of the console: a person, what the studio receives of them, and their microphone. */
export function Strip({ person, index }: { person: BackstagePerson; index: number }) {
  const { room, isHost, voice, toggleMute, act, hostMuted } = useConsole();
  const words = useWords();
  const you = person.id === room.me.value.id;
  const muted = you ? voice.silent.value : person.muted;
  const known = room.contact.value === 'here';
  const onAir =
    known &&
    room.program.value?.program.carries === 'stage' &&
    !muted &&
    person.connected &&
    !person.backstage;
  const state = !known
    ? words.unknownNow
    : !person.connected
      ? words.gone
      : person.asks
        ? words.asks
        : muted
          ? person.forced
            ? words.micForced
            : words.micOff
          : person.speaking
            ? words.speaking
            : words.micOn;
  const asking = you && hostMuted.value;
  const kind = [
    'strip',
    you && 'you',
    onAir && 'on-air',
    known && person.speaking && !muted && 'speaking',
    known && person.asks && 'asks',
    !(known && person.connected) && 'gone',
  ];
  const press = () =>
    asking
      ? act({ do: 'ask-to-speak' })
      : you
        ? toggleMute()
        : act({ do: muted ? 'ask-unmute' : 'mute', who: person.id });
  const label = asking
    ? words.askShort
    : you
      ? muted
        ? words.unmute
        : words.mute
      : person.asks
        ? words.letSpeak
        : muted
          ? words.askUnmute
          : words.mute;
  return (
    <li
      class={kind.filter(Boolean).join(' ')}
      data-person={person.id}
      data-index={index}
      tabIndex={-1}
      aria-label={`${person.name}, ${words.role[person.role]}, ${state}`}
    >
      <p class="strip-top small">
        <span class="strip-number">{index < 9 ? index + 1 : ''}</span>
        <span class="strip-role">{words.role[person.role]}</span>
      </p>
      <Meter level={room.level(person.id)} dim={muted || !known || !person.connected} />
      <p class="strip-name">
        <span dir="auto">{person.name}</span>
        {you && <span class="ash"> ({words.you})</span>}
      </p>
      <p class="strip-state small">
        {state}
        {person.loss >= 0.02 && <span class="ochre"> · {words.loss(Math.round(person.loss * 100))}</span>}
      </p>
      {person.backstage && <p class="strip-notice small ochre">{words.hands.backstage}</p>}
      {person.notice && <p class="strip-notice small ochre">{words.notice[person.notice]}</p>}
      <div class="strip-keys">
        {you || isHost.value ? (
          <button
            type="button"
            class={`key${muted ? ' off' : ''}`}
            onClick={press}
            disabled={asking && person.asks}
            aria-label={
              you ? (asking ? label : muted ? words.unmuteMe : words.muteMe) : `${label}: ${person.name}`
            }
          >
            <Icon name={muted ? 'mic-off' : 'mic'} />
            <span>{label}</span>
          </button>
        ) : (
          <span class="key still">
            <Icon name={muted ? 'mic-off' : 'mic'} />
          </span>
        )}
        {(isHost.value || you) && <PersonMenu person={person} you={you} />}
        {person.backstage && isHost.value && !you && (
          <button
            type="button"
            class="key on-air-key"
            data-on-air={person.id}
            onClick={() => act({ do: 'on-air', who: person.id })}
            aria-label={`${words.hands.onAir}: ${person.name}`}
          >
            <span>{words.hands.onAir}</span>
          </button>
        )}
      </div>
    </li>
  );
}
