import { roomAt } from '../../kit/room-name.ts';
import { useConsole, useWords } from '../console/context.ts';
import { timeOf, wholeOf, zoneOf } from '../words/times.ts';

/** A room that has not opened: when it opens, what happens then, and what the host can change until then. */
export function Before() {
  const { room, link, settings, isHost, dialog } = useConsole();
  const words = useWords();
  const language = settings.language.value;
  const { scheduled } = room.open.value?.clocks ?? {};
  const opens = room.opens.value;
  if (room.status.value !== 'scheduled' || scheduled === undefined) return null;
  const open = (which: 'announce' | 'cancel') => () => {
    dialog.value = which;
  };
  return (
    <section class="before card" aria-label={words.beforeTitle}>
      <p class="small ash">{words.beforeTitle}</p>
      <p class="display when">
        <time dateTime={new Date(scheduled).toISOString()}>{wholeOf(scheduled, language)}</time>
      </p>
      <p class="small ash">{words.yourZone(zoneOf(scheduled, language))}</p>
      <p>
        {opens !== undefined && `${words.opensAt(timeOf(opens, language))} `}
        {isHost.value ? words.beforeHost : words.beforeGuest}
      </p>
      <p class="row">
        <a class="button quiet" href={`${roomAt(link.slug)}/event.ics`} download={`${link.slug}.ics`}>
          {words.toCalendar}
        </a>
        {isHost.value && (
          <>
            <button type="button" class="button quiet" onClick={open('announce')}>
              {words.announce}…
            </button>
            <button type="button" class="button quiet danger" onClick={open('cancel')}>
              {words.cancelRoom}…
            </button>
          </>
        )}
      </p>
    </section>
  );
}
