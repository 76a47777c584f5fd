import type { ComponentChildren } from 'preact';
import { useConsole, useWords } from '../console/context.ts';
import { Icon } from '../controls/icons.tsx';

/** The host's buttons: open, go live, back to music, end. */
export function Curtain() {
  const { standing, host, goLive, phase } = useConsole();
  const words = useWords();
  const busy = host.busy.value;
  const waits = busy !== undefined;
  switch (standing.value) {
    case 'scheduled':
      return (
        <Row>
          <button
            type="button"
            class={phase.value === 'stage' ? 'button' : 'button quiet'}
            aria-describedby="show-hint"
            disabled={waits}
            onClick={() => void host.change('open')}
          >
            {busy === 'open' ? words.opening : words.openNow}
          </button>
        </Row>
      );
    case 'open':
    case 'break':
      return (
        <Row>
          <button
            type="button"
            class={phase.value === 'stage' ? 'button live' : 'button quiet'}
            {...(standing.value === 'open'
              ? { 'aria-describedby': 'show-hint' }
              : { title: words.goLiveHint })}
            disabled={waits}
            onClick={goLive}
          >
            {busy === 'live' ? words.goingLive : words.goLive}
          </button>
          <End />
        </Row>
      );
    case 'live':
      return (
        <Row>
          <button
            type="button"
            class="button quiet"
            title={words.backToMusicHint}
            disabled={waits}
            onClick={() => void host.change('standby')}
          >
            <Icon name="note" /> {busy === 'standby' ? words.goingMusic : words.backToMusic}
          </button>
          <End />
        </Row>
      );
    default:
      // The state of the show is unknown: offers nothing that may be wrong.
      return null;
  }
}

function Row({ children }: { children: ComponentChildren }) {
  return (
    <section class="curtain" aria-label={useWords().show}>
      {children}
    </section>
  );
}

function End() {
  const { dialog } = useConsole();
  const words = useWords();
  return (
    <button
      type="button"
      class="button quiet danger"
      onClick={() => {
        dialog.value = 'end';
      }}
    >
      {words.end}…
    </button>
  );
}
