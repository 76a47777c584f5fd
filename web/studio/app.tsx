import { useEffect, useRef } from 'preact/hooks';
import { CheatSheet } from './cheat-sheet.tsx';
import { Check } from './check.tsx';
import { useDesk, useWords } from './context.ts';
import { Confirm, Dialog } from './dialog.tsx';
import { Farewell } from './farewell.tsx';
import { Header } from './header.tsx';
import { InviteCard } from './invite-card.tsx';
import { Master } from './master.tsx';
import { Banner, Messages } from './messages.tsx';
import { MusicCard } from './music-card.tsx';
import { MuteBar } from './mute-bar.tsx';
import { SoundForm } from './sound-form.tsx';
import { Strip } from './strip.tsx';

/** The whole page. */
export function App() {
  const desk = useDesk();
  const words = useWords();
  const phase = desk.phase.value;
  const first = useRef(true);
  // A new page of the studio is said aloud and ready for the keyboard.
  useEffect(() => {
    if (!first.current) {
      scrollTo(0, 0);
      const target = document.querySelector<HTMLElement>(phase === 'stage' ? '.mute-key' : '.plain h1');
      target?.focus({ preventScroll: true });
    }
    first.current = false;
  }, [phase]);
  const working = phase === 'check' || phase === 'stage';
  return (
    <>
      <a class="skip" href="#desk">
        {words.skip}
      </a>
      <Header />
      <Banner />
      {working ? (
        <div id="desk" class={`desk ${phase}`} tabIndex={-1}>
          {phase === 'check' ? <Check /> : <Channels />}
          <aside class="desk-side">
            <Master />
            <InviteCard />
            <MusicCard />
          </aside>
        </div>
      ) : (
        <Farewell />
      )}
      <Messages />
      {phase === 'stage' && <MuteBar />}
      <Dialogs />
    </>
  );
}

/** Channels drawn even when nobody has them: an empty desk still looks like one. */
const DESK_WIDTH = 5;

/** Everyone on stage, side by side. */
function Channels() {
  const { room, isHost } = useDesk();
  const words = useWords();
  const people = room.people.value;
  const free = Math.max(DESK_WIDTH - people.length - (isHost.value ? 1 : 0), 0);
  return (
    <section class="channels" aria-label={words.onStage}>
      {people.length === 0 ? (
        <p class="ash">{words.emptyStage}</p>
      ) : (
        <ol class={people.length > DESK_WIDTH ? 'strips crowded' : 'strips'}>
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
    </section>
  );
}

function Dialogs() {
  const { dialog, change, leave } = useDesk();
  const words = useWords();
  switch (dialog.value) {
    case 'keys':
      return <CheatSheet />;
    case 'sound':
      return (
        <Dialog title={words.sound}>
          <SoundForm />
        </Dialog>
      );
    case 'end':
      return (
        <Confirm title={words.end} text={words.endSure} yes={words.endYes} run={() => void change('end')} />
      );
    case 'leave':
      return <Confirm title={words.leave} text={words.leaveSure} yes={words.leaveYes} run={leave} />;
    default:
      return null;
  }
}
