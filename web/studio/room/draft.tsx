import { useWords } from '../console/context.ts';
import { reasonOf } from '../host/host-actions.ts';
import type { RoomSettings } from '../host/room-settings.ts';

/** Says that the room is a draft, and announces it. */
export function Draft({
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
  const announce = (): Promise<void> =>
    doing(async () => {
      const refused = await settings.announce();
      return refused ? all.failed(reasonOf(all, refused)) : words.announced;
    });
  return (
    <>
      <p id="draft-note">{words.draft}</p>
      <p class="row">
        <button
          type="button"
          class="button"
          aria-describedby="draft-note"
          disabled={busy}
          onClick={() => void announce()}
        >
          {words.announce}
        </button>
      </p>
    </>
  );
}
