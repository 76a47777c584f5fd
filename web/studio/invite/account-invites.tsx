import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { InvitedRole } from '../../../src/wire/account.ts';
import { isRefusal, type Refusal, refusalOf } from '../../capture/index.ts';
import { useConsole, useWords } from '../console/context.ts';
import { reasonOf } from '../host/host-actions.ts';
import type { invitesEnglish } from '../words/invites-english.ts';

/** One invitation, as `/api/rooms/SLUG/invitations` lists it. */
interface Listed {
  readonly id: string;
  readonly who: string;
  readonly role: InvitedRole;
  readonly status: 'open' | 'accepted' | 'declined' | 'expired';
}

/**
 * Invites people by their account, as one of `roles`, and lists those; the server says the same whether or not there is
 * one. `words`: what is said differently.
 */
export function AccountInvites({
  roles,
  words: own = {},
}: {
  readonly roles: readonly InvitedRole[];
  readonly words?: Partial<Record<'title' | 'invite' | 'takeBack' | 'takenBack' | 'hint', string>>;
}) {
  const { link, isHost, room } = useConsole();
  const all = useWords();
  const words = { ...all.accountInvites, ...own };
  const [who, role] = [useSignal(''), useSignal<InvitedRole>(roles[0] ?? 'guest')];
  const list = useSignal<readonly Listed[]>([]);
  const says = useSignal('');
  const busy = useSignal(false);
  const at = `/api/rooms/${link.slug}/invitations`;
  const send = async (method: string, path = '', body?: object): Promise<Response | Refusal> => {
    try {
      const answer = await fetch(`${at}${path}`, {
        method,
        cache: 'no-store',
        headers: {
          authorization: `Bearer ${link.token}`,
          ...(body ? { 'content-type': 'application/json' } : {}),
        },
        ...(body ? { body: JSON.stringify(body) } : {}),
      });
      return answer.ok ? answer : await refusalOf(answer);
    } catch (error) {
      return { refused: true, status: 0, code: 'network', detail: String(error), retryAfter: 0 as never };
    }
  };
  const look = async (): Promise<void> => {
    const answer = await send('GET');
    if (!isRefusal(answer)) list.value = ((await answer.json()) as { invitations: Listed[] }).invitations;
  };
  const change = async (said: string, ...asked: Parameters<typeof send>): Promise<boolean> => {
    if (busy.value) return false;
    busy.value = true;
    const answer = await send(...asked);
    says.value = isRefusal(answer) ? all.failed(reasonOf(all, answer)) : said;
    if (!isRefusal(answer)) await look();
    busy.value = false;
    return !isRefusal(answer);
  };
  const shown = isHost.value;
  useEffect(() => {
    if (shown) void look();
  }, [shown]);
  if (!shown) return null;
  const isOwner = room.me.value.role === 'host';
  const invite = async (event: Event): Promise<void> => {
    event.preventDefault();
    const name = who.value.trim();
    if (name !== '' && (await change(words.invited(name), 'POST', '', { who: name, role: role.value })))
      who.value = '';
  };
  return (
    <section class="invite" aria-label={words.title}>
      <h3>{words.title}</h3>
      <form onSubmit={(event) => void invite(event)}>
        <label>
          <span class="small">{words.who}</span>
          <input
            dir="auto"
            value={who.value}
            maxLength={254}
            autocomplete="off"
            onInput={(event) => {
              who.value = event.currentTarget.value;
            }}
          />
        </label>
        {roles.length > 1 && (
          <label>
            <span class="small">{words.as}</span>
            <select
              value={role.value}
              onChange={(event) => {
                role.value = event.currentTarget.value as InvitedRole;
              }}
            >
              {roles
                .filter((one) => isOwner || one !== 'co-host')
                .map((one) => (
                  <option key={one} value={one}>
                    {words.roles[one]}
                  </option>
                ))}
            </select>
          </label>
        )}
        <button type="submit" class="button quiet" disabled={busy.value}>
          {words.invite}
        </button>
      </form>
      <p class="small" role="status">
        {says.value}
      </p>
      <InvitedList
        list={list.value.filter(({ role }) => roles.includes(role))}
        withRole={roles.length > 1}
        words={words}
        drop={isOwner ? (id) => void change(words.takenBack, 'DELETE', `/${id}`) : undefined}
      />
      <p class="small ash">{words.hint}</p>
    </section>
  );
}

/** Who is invited, and what they said to it; `drop`: takes an invitation back, where one may. */
function InvitedList({
  list,
  withRole,
  words,
  drop,
}: {
  readonly list: readonly Listed[];
  readonly withRole: boolean;
  readonly words: typeof invitesEnglish;
  readonly drop: ((id: string) => void) | undefined;
}) {
  return (
    <ul>
      {list.map((it) => (
        <li key={it.id} class="invite-row">
          <span>
            <bdi>{it.who}</bdi>
            <br />
            <span class="small ash">
              {withRole && `${words.roles[it.role]} · `}
              {words.status[it.status]}
            </span>
          </span>
          {drop && (
            <button
              type="button"
              class="button quiet bare"
              aria-label={`${words.takeBack}: ${it.who}`}
              onClick={() => drop(it.id)}
            >
              {words.takeBack}
            </button>
          )}
        </li>
      ))}
    </ul>
  );
}
