import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { instantIn } from '../../../src/wire/zones/time-zone.ts';
import { ownZone, zoneNames } from '../../kit/zones.ts';
import { useConsole, useWords } from '../console/context.ts';
import { Dialog } from '../controls/dialog.tsx';
import type { Complaints } from '../host/host-actions.ts';
import { fieldOf, wholeOf, zoneOf } from '../words/times.ts';

/** Changes the title and, before the room opens, its time. Errors are shown under the field. */
export function AnnounceForm() {
  const { room, host, dialog, settings, now, notices } = useConsole();
  const words = useWords();
  const language = settings.language.value;
  const was = room.open.value?.clocks.scheduled;
  const movable = room.status.value === 'scheduled';
  const title = useSignal(room.title.peek());
  const start = useSignal(was === undefined ? '' : fieldOf(was));
  const zone = useSignal(ownZone());
  const wrong = useSignal<Complaints | undefined>(undefined);
  // What somebody else changes while this is filled in is not overwritten.
  useEffect(() => void host.look(), [host]);
  const at = instantIn(zone.value, start.value);
  const submit = async (event: Event) => {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    const same = start.value === (was === undefined ? '' : fieldOf(was)) && zone.value === ownZone();
    const moved = movable && !same;
    wrong.value = await host.announce(
      {
        ...(title.value === room.title.peek() ? {} : { title: title.value }),
        ...(moved ? { start: at, zone: zone.value } : {}),
      },
      now.peek(),
    );
    if (!wrong.value) {
      dialog.value = undefined;
      notices.say(words.announced);
    } else requestAnimationFrame(() => form.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus());
  };
  return (
    <Dialog title={movable ? words.announce : words.announceTitle}>
      <form class="announce" noValidate onSubmit={(event) => void submit(event)}>
        <label>
          {words.roomTitle}
          <input
            dir="auto"
            value={title.value}
            autocomplete="off"
            aria-invalid={wrong.value?.title ? 'true' : 'false'}
            aria-describedby="announce-title"
            onInput={(event) => {
              title.value = event.currentTarget.value;
            }}
          />
        </label>
        <p id="announce-title" class="problem small" role="alert">
          {wrong.value?.title}
        </p>
        {movable && (
          <>
            <label>
              {words.start}
              <input
                type="datetime-local"
                value={start.value}
                min={fieldOf(now.peek())}
                aria-invalid={wrong.value?.start ? 'true' : 'false'}
                aria-describedby="announce-start announce-zone"
                onInput={(event) => {
                  start.value = event.currentTarget.value;
                }}
              />
            </label>
            <p id="announce-start" class="problem small" role="alert">
              {wrong.value?.start}
            </p>
            <label>
              {words.zone}
              <select
                value={zone.value}
                onChange={(event) => {
                  zone.value = event.currentTarget.value;
                }}
              >
                {zoneNames(zone.value).map((name) => (
                  <option key={name} value={name}>
                    {name.replaceAll('_', ' ')}
                  </option>
                ))}
              </select>
            </label>
            <p id="announce-zone" class="small ash" aria-live="polite">
              {!Number.isNaN(at) && `${wholeOf(at, language, zone.value)}. `}
              {words.yourZone(zoneOf(Number.isNaN(at) ? now.peek() : at, language))}
            </p>
          </>
        )}
        {wrong.value?.other && (
          <p class="problem" role="alert">
            {wrong.value.other}
          </p>
        )}
        <p class="row end">
          <button
            type="button"
            class="button quiet"
            onClick={() => {
              dialog.value = undefined;
            }}
          >
            {words.cancel}
          </button>
          <button type="submit" class="button" disabled={host.busy.value !== undefined}>
            {words.save}
          </button>
        </p>
      </form>
    </Dialog>
  );
}
