import { useEffect, useRef } from 'preact/hooks';
import { Before } from './check/before.tsx';
import { Check } from './check/check.tsx';
import { SoundForm } from './check/sound-form.tsx';
import { useDesk, useWords } from './console/context.ts';
import { Confirm, Dialog } from './controls/dialog.tsx';
import { AnnounceForm } from './dialogs/announce-form.tsx';
import { CheatSheet } from './dialogs/cheat-sheet.tsx';
import { Farewell } from './farewell/farewell.tsx';
import { Front } from './front/front.tsx';
import { Header } from './front/header.tsx';
import { Banner, Messages } from './front/messages.tsx';
import { InviteCard } from './invite/invite-card.tsx';
import { LinksCard } from './invite/links-card.tsx';
import { MusicCard } from './music/music-card.tsx';
import { Master } from './program/master.tsx';
import { Ears } from './stage/ears.tsx';
import { Strip } from './stage/strip.tsx';

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
          {phase === 'check' ? (
            <div class="check-column">
              <Before />
              <Check />
            </div>
          ) : (
            <Channels />
          )}
          <aside class="desk-side">
            <Master />
            <InviteCard />
            <MusicCard />
            <LinksCard />
          </aside>
        </div>
      ) : (
        <Farewell />
      )}
      <Messages />
      {working && <Front />}
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
  const known = room.contact.value === 'here';
  const free = Math.max(DESK_WIDTH - people.length - (isHost.value ? 1 : 0), 0);
  return (
    <section class="channels" aria-label={words.onStage}>
      {people.length === 0 ? (
        <p class="ash">
          {!known ? words.stageUnknown : isHost.value ? words.emptyStage : words.emptyStageGuest}
        </p>
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
      <Ears />
    </section>
  );
}

function Dialogs() {
  const { dialog, host, leave, joinAndGoLive, recording } = useDesk();
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
        <Confirm
          title={words.end}
          text={words.endSure}
          yes={words.endYes}
          run={() => void host.change('end')}
        />
      );
    case 'announce':
      return <AnnounceForm />;
    case 'cancel':
      return (
        <Confirm
          title={words.cancelRoom}
          text={words.cancelSure}
          no={words.cancelNo}
          yes={words.cancelYes}
          run={() => void host.change('cancel')}
        />
      );
    case 'links':
      return (
        <Confirm
          title={words.voidLinks}
          text={words.voidSure}
          yes={words.voidYes}
          run={() => void host.renewLinks()}
        />
      );
    case 'recording':
      return (
        <Confirm
          title={words.removeRecording}
          text={words.removeRecordingSure}
          yes={words.removeRecordingYes}
          run={() =>
            void host.removeRecording().then((done) => {
              if (done) recording.removed.value = true;
            })
          }
        />
      );
    case 'empty-stage':
      return <EmptyStage join={() => void joinAndGoLive()} live={() => void host.change('live')} />;
    case 'leave':
      return <Confirm title={words.leave} text={words.leaveSure} yes={words.leaveYes} run={leave} />;
    default:
      return null;
  }
}

/** Going live with nobody on stage: three ways, the likeliest first. */
function EmptyStage({ join, live }: { join: () => void; live: () => void }) {
  const { dialog, phase } = useDesk();
  const words = useWords();
  const answer = (run?: () => void) => () => {
    dialog.value = undefined;
    run?.();
  };
  return (
    <Dialog title={words.emptyTitle}>
      <p>{words.emptyText}</p>
      <p class="row end">
        <button type="button" class="button quiet" onClick={answer()}>
          {words.cancel}
        </button>
        <button type="button" class="button quiet" onClick={answer(live)}>
          {words.emptyLive}
        </button>
        {phase.value === 'check' && (
          <button type="button" class="button" onClick={answer(join)} autofocus>
            {words.joinAndGoLive}
          </button>
        )}
      </p>
    </Dialog>
  );
}
