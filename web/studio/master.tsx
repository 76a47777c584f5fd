import { clockOf } from '../kit/figures.ts';
import { CapForm } from './cap-form.tsx';
import { useDesk, useWords } from './context.ts';
import { CopyButton } from './copy-button.tsx';
import { Icon } from './icons.tsx';
import { Meter } from './meter.tsx';
import { Theatre } from './theatre.tsx';

/** The master section: what the audience hears at this moment, and the one big button. */
export function Master() {
  const { room, link, voice, now, settings } = useDesk();
  const words = useWords();
  const program = room.program.value;
  const here = room.state.value.at === 'here' && program;
  const carries = program?.program.carries ?? 'standby';
  const silent = carries === 'stage' && Boolean(program?.program.deadAir) && program?.status === 'live';
  const hears = silent ? words.hearsNothing : words.hears[carries];
  const lasting = here ? now.value - program.program.since : 0;
  const streams = program?.streams ?? 0;
  const people = room.people.value;
  const count = new Intl.NumberFormat(settings.language.value).format(streams);
  const you = room.me.value.id;
  return (
    <section class="master card" aria-label={words.audienceHears}>
      <Theatre
        people={people.map((it) => ({
          id: it.id,
          level: room.level(it.id),
          off: it.id === you ? voice.silent.value : it.muted,
        }))}
        streams={streams}
        label={`${words.onStage}: ${people.map((it) => it.name).join(', ')}`}
      />
      <div>
        <p class="small ash">{words.audienceHears}</p>
        <p class={`hears display${silent ? ' bad' : ''}`} role="status">
          <Icon name={carries === 'stage' ? 'stage' : 'note'} /> {here ? hears : '…'}
        </p>
        <Meter level={room.programLevel} across dim={!here} />
        <p class="small ash">
          {[carries === 'stage' && words.behind, lasting > 1_000 && words.since(clockOf(lasting / 1000))]
            .filter(Boolean)
            .join(' · ') || '\u00a0'}
        </p>
      </div>
      <details class="streams">
        <summary>
          <span class="figure">{count}</span> {words.streams(streams)}
        </summary>
        <p class="small ash">{words.streamsHint}</p>
      </details>
      <CapForm />
      {program && program.gaps > 0 && <p class="small ochre">{words.gaps(program.gaps)}</p>}
      <Curtain />
      <div class="audience">
        <a class="small" href={`/r/${link.slug}`} target="_blank" rel="noopener">
          {words.openAudience}
        </a>
        <CopyButton url={new URL(`/r/${link.slug}`, location.href).href} label={words.copyAudience} />
      </div>
    </section>
  );
}

/** Open, go live, back to music, end: what the host may do with the room now. */
function Curtain() {
  const { room, isHost, change, busy, dialog, settings, phase } = useDesk();
  const words = useWords();
  const status = room.status.value;
  const heard = !room.program.value?.program.deadAir;
  if (!isHost.value)
    return status === 'live' && !heard ? null : (
      <p class="small">{status === 'live' ? words.youAreLive : words.waitForHost}</p>
    );
  const end = (
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
  if (status === 'scheduled') {
    const at = room.scheduled.value;
    const time =
      at && new Date(at).toLocaleString(settings.language.value, { dateStyle: 'full', timeStyle: 'short' });
    return (
      <div class="curtain">
        {time && <p>{words.startsAt(time)}</p>}
        <button type="button" class="button big" disabled={busy.value} onClick={() => void change('open')}>
          {words.openNow}
        </button>
        <p class="small ash">{words.openHint}</p>
      </div>
    );
  }
  if (status === 'open')
    return (
      <div class="curtain">
        <button
          type="button"
          class={phase.value === 'stage' ? 'button big live' : 'button quiet'}
          disabled={busy.value}
          onClick={() => void change('live')}
        >
          {busy.value ? words.goingLive : words.goLive}
        </button>
        <p class="small ash">{words.goLiveHint}</p>
        {end}
      </div>
    );
  if (status !== 'live') return null;
  return (
    <div class="curtain">
      {heard && <p class="small">{words.youAreLive}</p>}
      <div class="row">
        <button
          type="button"
          class="button quiet"
          title={words.backToMusicHint}
          disabled={busy.value}
          onClick={() => void change('standby')}
        >
          <Icon name="note" /> {words.backToMusic}
        </button>
        {end}
      </div>
    </div>
  );
}
