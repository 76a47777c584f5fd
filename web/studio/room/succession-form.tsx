import { useSignal } from '@preact/signals';
import { useWords } from '../console/context.ts';
import { reasonOf } from '../host/host-actions.ts';
import type { RoomSettings } from '../host/room-settings.ts';

/** Leads everybody who listens on to another room, whose host has given its studio link. */
export function SuccessionForm({
  settings,
  busy,
  doing,
}: {
  readonly settings: RoomSettings;
  readonly busy: boolean;
  doing(run: () => Promise<string>): Promise<void>;
}) {
  const all = useWords();
  const words = all.settings;
  const link = useSignal('');
  const lead = (): Promise<void> =>
    doing(async () => {
      const refused = await settings.continueIn(link.value);
      if (refused === 'no-link') return words.continueNoLink;
      if (refused) return all.failed(reasonOf(all, refused));
      link.value = '';
      return words.continued;
    });
  return (
    <details>
      <summary>{words.continueIn}</summary>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void lead();
        }}
      >
        <label>
          {words.continueLink}
          <input
            type="text"
            autocomplete="off"
            value={link.value}
            onInput={(event) => {
              link.value = event.currentTarget.value;
            }}
          />
          <span class="small ash">{words.continueHint}</span>
        </label>
        <p class="row">
          <button type="submit" class="button quiet" disabled={busy}>
            {words.continueNow}
          </button>
        </p>
      </form>
    </details>
  );
}
