import { useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import { useConsole, useWords } from '../console/context.ts';
import { CopyButton } from '../controls/copy-button.tsx';
import { LocalNote } from '../controls/local-note.tsx';
import type { Invite } from '../host/host-actions.ts';
import { dayOf } from '../words/times.ts';
import { AccountInvites } from './account-invites.tsx';

const ON_STAGE = ['speaker', 'co-host'] as const;

/** Makes speaker links, one per person. */
export function InviteCard() {
  const { host, isHost } = useConsole();
  const { invites } = host;
  const words = useWords();
  const name = useSignal('');
  const busy = useSignal(false);
  const list = useRef<HTMLUListElement>(null);
  if (!isHost.value) return null;
  const submit = async (event: Event) => {
    event.preventDefault();
    if (busy.value) return;
    busy.value = true;
    const before = invites.value;
    await host.invite(name.value.trim());
    busy.value = false;
    if (invites.value === before) return;
    name.value = '';
    // The next step is to copy the link, and letters work as shortcuts again.
    requestAnimationFrame(() => list.current?.querySelector('button')?.focus());
  };
  return (
    <section class="invite card" aria-label={words.invite}>
      <h2>{words.invite}</h2>
      <form onSubmit={(event) => void submit(event)}>
        <label>
          <span class="small">{words.inviteName}</span>
          <input
            id="invite-name"
            dir="auto"
            value={name.value}
            maxLength={60}
            autocomplete="off"
            onInput={(event) => {
              name.value = event.currentTarget.value;
            }}
          />
        </label>
        <button type="submit" class="button quiet" disabled={busy.value}>
          {words.inviteMake}
        </button>
      </form>
      <ul ref={list} aria-live="polite">
        {invites.value.map((it) => (
          <InviteRow key={it.url} invite={it} />
        ))}
      </ul>
      {invites.value[0] && <LocalNote brief url={invites.value[0].url} />}
      <p class="small ash">{words.inviteHint}</p>
      <AccountInvites roles={ON_STAGE} />
    </section>
  );
}

function InviteRow({ invite }: { invite: Invite }) {
  const words = useWords();
  const { room, settings } = useConsole();
  return (
    <li class="invite-row">
      <label>
        <span class="small" dir="auto">
          {words.inviteFor(invite.name)}
        </span>
        {invite.until !== undefined && (
          <span class="small ash"> {words.inviteUntil(dayOf(invite.until, settings.language.value))}</span>
        )}
        <input readOnly value={invite.url} onFocus={(event) => event.currentTarget.select()} />
      </label>
      <CopyButton url={invite.url} />
      {'share' in navigator && (
        <button
          type="button"
          class="button quiet"
          onClick={() => void navigator.share({ title: room.title.value, url: invite.url }).catch(() => {})}
        >
          {words.share}
        </button>
      )}
    </li>
  );
}
