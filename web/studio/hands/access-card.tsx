import { useConsole, useWords } from '../console/context.ts';
import { dayOf } from '../words/times.ts';

/** How people come on stage, and who is kept out. */
export function AccessCard() {
  const { room, isHost, host, act, settings } = useConsole();
  const words = useWords().hands;
  const { rules, bans } = room.raised;
  if (!isHost.value) return null;
  const { invitedOnly = false, check = false, speakers } = rules.value;
  const busy = host.busy.value !== undefined;
  return (
    <section class="access card" aria-label={words.accessTitle}>
      <h2>{words.accessTitle}</h2>
      <label class="switch">
        <input
          type="checkbox"
          checked={invitedOnly}
          disabled={busy}
          onChange={(event) => void host.rule({ invitedOnly: event.currentTarget.checked })}
        />
        <span>{words.ruleInvited}</span>
      </label>
      <label class="switch">
        <input
          type="checkbox"
          checked={check}
          disabled={busy}
          onChange={(event) => void host.rule({ check: event.currentTarget.checked })}
        />
        <span>{words.ruleCheck}</span>
      </label>
      <label class="limit">
        <span>{words.ruleSpeakers}</span>
        <input
          type="number"
          inputMode="numeric"
          min={1}
          max={100}
          placeholder={words.serverLimit}
          defaultValue={speakers ?? ''}
          key={speakers ?? 0}
          onChange={(event) => {
            const { value, valueAsNumber } = event.currentTarget;
            void host.rule({ speakers: value === '' ? null : valueAsNumber });
          }}
        />
      </label>
      {bans.value.length > 0 && (
        <>
          <h3 class="small">{words.bans}</h3>
          <ul class="bans">
            {bans.value.map((ban) => (
              <li key={ban.id}>
                <p>
                  <strong dir="auto">{ban.name}</strong>{' '}
                  <span class="small ash">
                    {words.bannedBy(ban.by, dayOf(ban.at, settings.language.value))}
                  </span>
                </p>
                {ban.reason && (
                  <p class="small" dir="auto">
                    {ban.reason}
                  </p>
                )}
                <button
                  type="button"
                  class="button quiet"
                  aria-label={`${words.unban}: ${ban.name}`}
                  onClick={() => act({ do: 'unban', ban: ban.id })}
                >
                  {words.unban}
                </button>
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}
