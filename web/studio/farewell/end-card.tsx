import { useSignal } from '@preact/signals';
import { roomAt } from '../../kit/room-name.ts';
import { useConsole, useWords } from '../console/context.ts';
import { CopyButton } from '../controls/copy-button.tsx';
import { Sign } from '../controls/icons.tsx';
import { ForecastCard } from '../forecast/forecast-card.tsx';
import { RecordingDesk } from '../recording/recording-desk.tsx';
import { localeOf, timeOf } from '../words/times.ts';

/** The last page, for the host: figures of the show, its recording, and a new room. */
export function EndCard() {
  const { room, link, mostAtOnce: peak, settings, dialog, recording } = useConsole();
  const words = useWords();
  const language = settings.language.value;
  const { opened, firstSpeech, ended } = room.open.value?.clocks ?? {};
  const begun = firstSpeech ?? opened;
  const gaps = Math.max(room.open.value?.gaps.length ?? 0, room.program.value?.gaps ?? 0);
  const page = new URL(`/r/${link.slug}`, location.href).href;
  const removed = recording.removed.value;
  const note = recording.note.value;
  const goes = note?.goesAt;
  const canShare = useSignal('share' in navigator);
  const facts: [string, string][] = [];
  if (begun !== undefined && ended !== undefined)
    facts.push([
      firstSpeech === undefined ? words.endOpen : words.endLength,
      `${words.duration(Math.round((ended - begun) / 1000))} (${timeOf(begun, language)}–${timeOf(ended, language)})`,
    ]);
  if (note && !removed) facts.push([words.endReplay, words.duration(Math.round(note.seconds))]);
  facts.push([words.endPeak, new Intl.NumberFormat(language).format(peak.value)]);
  if (!removed) facts.push([words.endGaps, gaps === 0 ? words.endNoGaps : String(gaps)]);
  return (
    <section class="plain ended">
      <Sign />
      <h1 tabIndex={-1}>{words.endedTitle}</h1>
      <p>
        {removed ? words.recordingRemoved : firstSpeech === undefined ? words.endedUnspoken : words.endedText}
      </p>
      <dl class="facts">
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt class="small ash">{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <p class="small ash">{words.endPeakHint}</p>
      {goes !== undefined && !removed && (
        <p class="say attention">
          {words.recordingGoes(
            new Intl.DateTimeFormat(localeOf(language), { dateStyle: 'full' }).format(goes),
          )}
        </p>
      )}
      <div class="row">
        {!removed && (
          <>
            <a class="button" href={roomAt(link.slug)}>
              {words.replay}
            </a>
            <a class="button quiet" href={`${roomAt(link.slug)}/replay.m4a`} download={`${link.slug}.m4a`}>
              {words.download}
            </a>
            <CopyButton url={page} label={words.copyReplay} />
            {canShare.value && (
              <button
                type="button"
                class="button quiet"
                onClick={() => void navigator.share({ title: room.title.value, url: page }).catch(() => {})}
              >
                {words.share}
              </button>
            )}
          </>
        )}
        <a class={removed ? 'button' : 'button quiet'} href="/#start">
          {words.newRoom}
        </a>
        {!removed && (
          <button
            type="button"
            class="button quiet danger"
            onClick={() => {
              dialog.value = 'recording';
            }}
          >
            {words.removeRecording}…
          </button>
        )}
      </div>
      {!removed && firstSpeech !== undefined && <RecordingDesk />}
      <ForecastCard />
    </section>
  );
}
