import { type Signal, useSignal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import { isRunning, type RoomAccess } from '../../../src/wire/room.ts';
import { useConsole, useWords } from '../console/context.ts';
import { reasonOf } from '../host/host-actions.ts';
import { openRoomSettings } from '../host/room-settings.ts';
import { AccountInvites } from '../invite/account-invites.tsx';
import { timeOf } from '../words/times.ts';
import { Draft } from './draft.tsx';
import { Listeners } from './listeners.tsx';
import { SuccessionForm } from './succession-form.tsx';

const GUESTS = ['guest'] as const;
const ACCESSES = ['public', 'unlisted', 'private'] as const;

/** What a host sets for the room: who may come, and what is said of a late start. */
export function RoomCard() {
  const { isHost, link, room } = useConsole();
  const all = useWords();
  const words = all.settings;
  const settings = useMemo(
    () => openRoomSettings({ slug: link.slug, token: () => link.token }),
    [link.slug, link.token],
  );
  // Absent: as it is set now. So what somebody is entering outlives what others change.
  const access = useSignal<RoomAccess | undefined>(undefined);
  const late = useSignal<string | undefined>(undefined);
  const about = useSignal<string | undefined>(undefined);
  const password = useSignal('');
  const says = useSignal('');
  const busy = useSignal(false);
  const status = room.status.value;
  useEffect(() => {
    if (isHost.value) void settings.look();
  }, [settings, status]);
  const seen = settings.seen.value;
  if (!isHost.value || !seen) return null;
  const chosen = access.value ?? seen.access;
  const waits = status === 'scheduled' || status === 'open';

  const doing = async (run: () => Promise<string>): Promise<void> => {
    if (busy.value) return;
    busy.value = true;
    says.value = '';
    says.value = await run();
    busy.value = false;
  };
  const setAbout = (text: string): void => {
    about.value = text;
  };
  const save = (): Promise<void> =>
    doing(async () => {
      const saved = await settings.save({
        ...(chosen === seen.access ? {} : { access: chosen }),
        ...(chosen === 'private' && password.value !== '' ? { password: password.value } : {}),
        ...(about.value === undefined || about.value === seen.about ? {} : { about: about.value }),
        ...(late.value === undefined || late.value === seen.late ? {} : { late: late.value }),
      });
      if (saved === 'changed') return words.changed;
      if (saved !== 'saved') return all.failed(reasonOf(all, saved));
      access.value = undefined;
      late.value = undefined;
      about.value = undefined;
      password.value = '';
      return words.saved;
    });

  return (
    <section class="room-card card" aria-label={words.title}>
      <h2>{words.title}</h2>
      {seen.draft && <Draft settings={settings} busy={busy.value} doing={doing} />}
      <Times isDraft={seen.draft === true} />
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <About value={about.value ?? seen.about} set={setAbout} />
        <label>
          {words.who}
          <select
            value={chosen}
            onChange={(event) => {
              access.value = event.currentTarget.value as RoomAccess;
            }}
          >
            {ACCESSES.map((one) => (
              <option key={one} value={one}>
                {words[one]}
              </option>
            ))}
          </select>
        </label>
        {chosen === 'private' && <Password value={password} isSet={seen.password === true} />}
        {waits && (
          <label>
            {words.reason}
            <input
              dir="auto"
              autocomplete="off"
              value={late.value ?? seen.late}
              onInput={(event) => {
                late.value = event.currentTarget.value;
              }}
            />
            <span class="small ash">{words.reasonHint}</span>
          </label>
        )}
        <p class="row">
          <button type="submit" class="button" disabled={busy.value}>
            {words.save}
          </button>
        </p>
      </form>
      {seen.access === 'private' && <Listeners settings={settings} busy={busy.value} doing={doing} />}
      <AccountInvites roles={GUESTS} words={words.guests} />
      {isRunning(status) && <SuccessionForm settings={settings} busy={busy.value} doing={doing} />}
      <p class="small" role="status">
        {says.value}
      </p>
    </section>
  );
}

/** What whoever has no link enters; it is not shown again. */
function Password({ value, isSet }: { readonly value: Signal<string>; readonly isSet: boolean }) {
  const words = useWords().settings;
  return (
    <label>
      {words.password}
      <input
        type="text"
        autocomplete="off"
        minLength={6}
        maxLength={200}
        value={value.value}
        onInput={(event) => {
          value.value = event.currentTarget.value;
        }}
      />
      <span class="small ash">
        {isSet ? words.passwordSet : words.passwordNone} {words.passwordHint}
      </span>
    </label>
  );
}

/** What the room is about. */
function About({ value, set }: { readonly value: string; set(text: string): void }) {
  const words = useWords().settings;
  return (
    <label>
      {words.about}
      <textarea
        dir="auto"
        rows={3}
        maxLength={280}
        value={value}
        onInput={(event) => set(event.currentTarget.value)}
      />
      <span class="small ash">{words.aboutHint}</span>
    </label>
  );
}

/** The clocks of the room, and the time now, in this person's zone. */
function Times({ isDraft }: { readonly isDraft: boolean }) {
  const { room, now, settings } = useConsole();
  const words = useWords().settings;
  const language = settings.language.value;
  const { scheduled, opened, firstSpeech, ended } = room.open.value?.clocks ?? {};
  const time = (at: number | undefined, none: string) =>
    at === undefined ? none : <time dateTime={new Date(at).toISOString()}>{timeOf(at, language)}</time>;
  const over = ended ?? now.value;
  const late = scheduled === undefined ? 0 : Math.floor(((firstSpeech ?? over) - scheduled) / 60_000);
  return (
    <>
      <dl aria-label={words.clocks}>
        {(
          [
            [words.now, time(now.value, '')],
            [isDraft ? words.start : words.planned, time(scheduled, words.none)],
            [words.opened, time(opened, words.notYet)],
            [words.firstSpeech, time(firstSpeech, words.notYet)],
            [words.ended, time(ended, words.notYet)],
          ] as const
        ).map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {late > 0 && <p class="small">{words.late(late)}</p>}
    </>
  );
}
