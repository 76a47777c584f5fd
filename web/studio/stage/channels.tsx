import { useConsole, useWords } from '../console/context.ts';
import { Ears } from './ears.tsx';
import { Strip } from './strip.tsx';

/** How many channels are drawn at least, so that an empty console still looks like one. */
const CONSOLE_WIDTH = 5;

/** Everyone on stage, side by side. */
export function Channels() {
  const { room, isHost } = useConsole();
  const words = useWords();
  const people = room.people.value;
  const known = room.contact.value === 'here';
  const free = Math.max(CONSOLE_WIDTH - people.length - (isHost.value ? 1 : 0), 0);
  return (
    <section class="channels" aria-label={words.onStage}>
      {people.length === 0 ? (
        <p class="ash">
          {!known ? words.stageUnknown : isHost.value ? words.emptyStage : words.emptyStageGuest}
        </p>
      ) : (
        <ol class={people.length > CONSOLE_WIDTH ? 'strips crowded' : 'strips'}>
          {people.map((person, index) => (
            <Strip key={person.id} person={person} index={index} />
          ))}
          {isHost.value && (
            <li class="strip empty">
              <button
                type="button"
                class="invite-here"
                onClick={() => document.getElementById('invite-name')?.focus()}
              >
                <span aria-hidden="true">+</span>
                {words.invite}
              </button>
            </li>
          )}
          {Array.from({ length: free }, (_, i) => (
            <li key={`free-${i}`} class="strip empty spare" aria-hidden="true" />
          ))}
        </ol>
      )}
      <Ears />
    </section>
  );
}
