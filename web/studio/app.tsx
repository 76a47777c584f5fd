import { useEffect, useRef } from 'preact/hooks';
import { Before } from './check/before.tsx';
import { Check } from './check/check.tsx';
import { useConsole, useWords } from './console/context.ts';
import { Dialogs } from './dialogs/dialogs.tsx';
import { Farewell } from './farewell/farewell.tsx';
import { ForecastCard } from './forecast/forecast-card.tsx';
import { Front } from './front/front.tsx';
import { Header } from './front/header.tsx';
import { Banner, Messages } from './front/messages.tsx';
import { AccessCard } from './hands/access-card.tsx';
import { HandsCard } from './hands/hands-card.tsx';
import { InteractionCard } from './interaction/interaction-card.tsx';
import { InviteCard } from './invite/invite-card.tsx';
import { LinksCard } from './invite/links-card.tsx';
import { ModerationCard } from './moderation/moderation-card.tsx';
import { MusicCard } from './music/music-card.tsx';
import { NumbersCard } from './numbers/numbers-card.tsx';
import { Master } from './program/master.tsx';
import { MomentsCard } from './recording/moments-card.tsx';
import { RoomCard } from './room/room-card.tsx';
import { Channels } from './stage/channels.tsx';

/** The whole page. */
export function App() {
  const studio = useConsole();
  const words = useWords();
  const phase = studio.phase.value;
  const first = useRef(true);
  // On each new page of the studio the focus moves to its heading, so that screen readers announce it.
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
      <a class="skip" href="#console">
        {words.skip}
      </a>
      <Header />
      <Banner />
      {working ? (
        <div id="console" class={`console ${phase}`} tabIndex={-1}>
          {phase === 'check' ? (
            <div class="check-column">
              <Before />
              <Check />
            </div>
          ) : (
            <div class="check-column">
              <Channels />
              <HandsCard />
              <InteractionCard />
              <ModerationCard />
            </div>
          )}
          <aside class="console-side">
            <Master />
            <ForecastCard />
            <MomentsCard />
            <NumbersCard />
            <InviteCard />
            <AccessCard />
            <MusicCard />
            <RoomCard />
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
