import { useSignal } from '@preact/signals';
import type { ListenerCount } from '../../../src/wire/room.ts';
import { clockOf } from '../../kit/figures.ts';
import { roomAt } from '../../kit/room-name.ts';
import { useConsole, useWords } from '../console/context.ts';
import { CopyButton } from '../controls/copy-button.tsx';
import { Icon } from '../controls/icons.tsx';
import { LocalNote } from '../controls/local-note.tsx';
import { Meter } from '../controls/meter.tsx';
import { Theatre } from '../controls/theatre.tsx';
import { minutesLate } from '../feed/standing.ts';
import { timeOf } from '../words/times.ts';
import { CapForm } from './cap-form.tsx';

/** The master section: what the audience hears now, as far as this page knows. */
export function Master() {
  const { room, link, voice, now, settings, standing } = useConsole();
  const words = useWords();
  const program = room.program.value;
  const here = room.contact.value === 'here' && room.state.value.at === 'here' && program;
  const carries = program?.program.carries ?? 'standby';
  const silent = carries === 'stage' && Boolean(program?.program.deadAir) && program?.status === 'live';
  const hears = silent ? words.hearsNothing : words.hears[carries];
  const lasting = here ? now.value - program.program.since : 0;
  const streams = here ? program.streams : 0;
  const late = room.open.value?.catchingUp ?? 0;
  const people = room.people.value;
  const count = new Intl.NumberFormat(settings.language.value).format(streams);
  const listeners = room.open.value?.listeners;
  const counted = listeners && amountIn(listeners, settings.language.value);
  const you = room.me.value.id;
  const page = new URL(`/r/${link.slug}`, location.href).href;
  const unheard =
    standing.value === 'scheduled'
      ? words.hearsClosed
      : standing.value === 'checking'
        ? '…'
        : words.hearsUnknown;
  return (
    <section class="master card" aria-label={words.audienceHears}>
      <Theatre
        people={people.map((it) => ({
          id: it.id,
          level: room.level(it.id),
          off: !here || (it.id === you ? voice.silent.value : it.muted),
        }))}
        streams={streams}
        label={`${words.onStage}: ${people.map((it) => it.name).join(', ')}`}
      />
      <div>
        <p class="small ash">{words.audienceHears}</p>
        <p class={`hears display${here ? (silent ? ' bad' : '') : ' unknown'}`} role="status">
          {here ? (
            <>
              <Icon name={carries === 'stage' ? 'stage' : 'note'} /> {hears}
            </>
          ) : (
            unheard
          )}
        </p>
        <Meter level={room.programLevel} across dim={!here} />
        <p class="small ash">
          {[
            here && carries === 'stage' && words.behind,
            lasting > 1_000 && words.since(clockOf(lasting / 1000)),
          ]
            .filter(Boolean)
            .join(' · ') || '\u00a0'}
        </p>
      </div>
      <Say />
      {here && listeners && (
        <p class="listeners">
          <span class="figure">{counted}</span> {words.listeners[listeners.status]}{' '}
          <a class="small" href={`${roomAt(link.slug)}/numbers`} target="_blank" rel="noopener">
            {words.whatIsThis}
          </a>
        </p>
      )}
      {here && (
        <details class="streams">
          <summary>
            <span class={listeners ? '' : 'figure'}>{count}</span>
            <span>
              {words.streams(streams)}
              {late > 0 && <small class="ash"> · {words.catchingUp(late)}</small>}
            </span>
          </summary>
          <p class="small ash">{words.streamsHint}</p>
        </details>
      )}
      {program && program.gaps > 0 && <p class="small ochre">{words.gaps(program.gaps)}</p>}
      <CapForm />
      <div class="audience">
        <a class="small" href={roomAt(link.slug)} target="_blank" rel="noopener">
          {words.openAudience}
        </a>
        <CopyButton url={page} label={words.copyAudience} />
        <QrCode url={page} />
        <LocalNote url={page} />
      </div>
    </section>
  );
}

/** The address for cameras, on request. */
function QrCode({ url }: { url: string }) {
  const words = useWords();
  const { link } = useConsole();
  const isMissing = useSignal(false);
  return (
    <details>
      <summary class="small">{words.qr}</summary>
      {isMissing.value ? (
        <p class="small ash">{words.qrNone}</p>
      ) : (
        <img
          src={`/r/${link.slug}/qr.svg`}
          alt={words.qrOf(url)}
          width="232"
          height="232"
          loading="lazy"
          onError={() => {
            isMissing.value = true;
          }}
        />
      )}
    </details>
  );
}

/** How many listen, in figures: the range where the two counts differ too much for one figure. */
function amountIn({ value, low, high, status }: ListenerCount, language: string): string {
  const figure = new Intl.NumberFormat(language);
  return status === 'range' && low !== undefined && high !== undefined
    ? `${figure.format(low)} – ${figure.format(high)}`
    : figure.format(value);
}

/** The state of the show in one sentence. */
function Say() {
  const { room, isHost, standing, settings, now } = useConsole();
  const words = useWords();
  const scheduled = room.open.value?.clocks.scheduled;
  const late = minutesLate(standing.value, scheduled, now.value);
  const heard = !room.program.value?.program.deadAir;
  switch (standing.value) {
    case 'live':
      return heard ? <p class="small">{words.youAreLive}</p> : null;
    case 'break':
      return <p class="small">{isHost.value ? words.breakHost : words.breakGuest}</p>;
    case 'open':
      return (
        <p class="small" id="show-hint">
          {late > 0 && scheduled !== undefined && (
            <strong class="ochre">{words.late(late, timeOf(scheduled, settings.language.value))} </strong>
          )}
          {isHost.value ? words.goLiveHint : words.waitForHost}
        </p>
      );
    case 'scheduled':
      return isHost.value ? (
        <p class="small" id="show-hint">
          {words.openHint}
        </p>
      ) : null;
    default:
      return null;
  }
}
