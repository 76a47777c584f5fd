import { useSignal } from '@preact/signals';
import { useWords } from '../console/context.ts';
import { CopyButton } from '../controls/copy-button.tsx';
import { reasonOf } from '../host/host-actions.ts';
import type { RoomSettings } from '../host/room-settings.ts';

/** What lets listeners into a private room beside the list of guests: one link for all, and the password. */
export function Listeners({
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
  const invitation = useSignal<string | undefined>(undefined);
  const invite = (): Promise<void> =>
    doing(async () => {
      const url = await settings.invitation();
      if (typeof url !== 'string') return all.failed(reasonOf(all, url));
      invitation.value = url;
      return '';
    });
  const renew = (): Promise<void> =>
    doing(async () => {
      const refused = await settings.renewKeys();
      if (refused) return all.failed(reasonOf(all, refused));
      invitation.value = undefined;
      return words.keysDone;
    });
  const dropPassword = (): Promise<void> =>
    doing(async () => {
      const saved = await settings.save({ password: null });
      if (saved === 'changed') return words.changed;
      return saved === 'saved' ? words.passwordGone : all.failed(reasonOf(all, saved));
    });
  return (
    <>
      <p class="small ash">{words.invitationHint}</p>
      <p class="row">
        {invitation.value === undefined ? (
          <button type="button" class="button quiet" disabled={busy} onClick={() => void invite()}>
            {words.invitation}
          </button>
        ) : (
          <CopyButton url={invitation.value} label={words.copyInvitation} />
        )}
        <button type="button" class="button quiet" disabled={busy} onClick={() => void renew()}>
          {words.keys}
        </button>
        {settings.seen.value?.password && (
          <button type="button" class="button quiet" disabled={busy} onClick={() => void dropPassword()}>
            {words.dropPassword}
          </button>
        )}
      </p>
    </>
  );
}
