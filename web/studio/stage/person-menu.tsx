import { useSignal } from '@preact/signals';
import { useId, useRef } from 'preact/hooks';
import type { BackstageEar, BackstagePerson } from '../../../src/wire/stage/backstage.ts';
import { TOPIC_LENGTH } from '../../../src/wire/stage/hands.ts';
import { useConsole, useWords } from '../console/context.ts';

/** The menu of a person, for everything but muting; removing somebody asks again. `ear`: they only listen. */
export function PersonMenu({
  person,
  you,
  ear,
}: {
  person: BackstageEar & Partial<Pick<BackstagePerson, 'backstage'>>;
  you: boolean;
  ear?: boolean;
}) {
  const { act, name, dialog } = useConsole();
  const words = useWords();
  const menu = useRef<HTMLDivElement>(null);
  const sure = useSignal<'remove' | 'ban' | undefined>(undefined);
  const id = useId();
  const close = () => menu.current?.hidePopover();
  const run = (what: () => void) => () => {
    close();
    what();
  };
  return (
    <>
      <button
        type="button"
        class="key more"
        popovertarget={id}
        aria-label={words.more(person.name)}
        data-menu={person.id}
      >
        <span aria-hidden="true">···</span>
      </button>
      <div
        id={id}
        ref={menu}
        popover="auto"
        class="menu"
        onToggle={(event) => {
          if (event.newState === 'closed') sure.value = undefined;
        }}
      >
        <p class="menu-title" dir="auto">
          {person.name}
        </p>
        {you ? (
          <>
            <form
              onSubmit={(event) => {
                event.preventDefault();
                const input = event.currentTarget.elements.namedItem('name');
                if (input instanceof HTMLInputElement) name.value = input.value;
                close();
              }}
            >
              <label>
                {words.rename}
                <input name="name" dir="auto" defaultValue={person.name} maxLength={60} required />
              </label>
              <button type="submit" class="button quiet">
                {words.save}
              </button>
            </form>
            <button
              type="button"
              class="button quiet"
              onClick={run(() => {
                dialog.value = 'leave';
              })}
            >
              {words.leave}
            </button>
          </>
        ) : sure.value === 'ban' ? (
          <BanForm who={person.id} close={close} />
        ) : sure.value ? (
          <>
            <p class="small">{words.removeSure(person.name)}</p>
            <button type="button" class="button" onClick={run(() => act({ do: 'remove', who: person.id }))}>
              {words.removeYes}
            </button>
            <button type="button" class="button quiet" onClick={close}>
              {words.cancel}
            </button>
          </>
        ) : (
          <>
            <Moves person={person} ear={ear === true} run={run} />
            {person.role === 'speaker' && !ear && (
              <button
                type="button"
                class="button quiet"
                onClick={run(() => act({ do: 'make-host', who: person.id }))}
              >
                {words.handOver}
              </button>
            )}
            <button
              type="button"
              class="button quiet danger"
              data-remove={person.id}
              onClick={() => {
                sure.value = 'remove';
              }}
            >
              {words.remove}…
            </button>
            <button
              type="button"
              class="button quiet danger"
              data-ban={person.id}
              onClick={() => {
                sure.value = 'ban';
              }}
            >
              {words.hands.ban}…
            </button>
          </>
        )}
      </div>
    </>
  );
}

/** Asks for the reason of a ban. */
function BanForm({ who, close }: { who: string; close: () => void }) {
  const { act } = useConsole();
  const words = useWords();
  return (
    <form
      class="hand-word"
      onSubmit={(event) => {
        event.preventDefault();
        const input = event.currentTarget.elements.namedItem('reason');
        const reason = input instanceof HTMLInputElement ? input.value.trim() : '';
        close();
        act({ do: 'ban', who, ...(reason ? { reason } : {}) });
      }}
    >
      <label>
        {words.hands.banReason}
        <input name="reason" dir="auto" maxLength={TOPIC_LENGTH} />
      </label>
      <button type="submit" class="button">
        {words.hands.banYes}
      </button>
      <button type="button" class="button quiet" onClick={close}>
        {words.cancel}
      </button>
    </form>
  );
}

/** Between the stage, backstage and the listeners. */
function Moves({
  person,
  ear,
  run,
}: {
  person: BackstageEar & Partial<Pick<BackstagePerson, 'backstage'>>;
  ear: boolean;
  run: (what: () => void) => () => void;
}) {
  const { act } = useConsole();
  const words = useWords().hands;
  const move = (label: string, what: 'back-on-stage' | 'to-listener' | 'on-air' | 'backstage') => (
    <button
      type="button"
      class="button quiet"
      data-listen={what === 'to-listener' ? person.id : undefined}
      onClick={run(() => act({ do: what, who: person.id }))}
    >
      {label}
    </button>
  );
  if (ear) return move(words.bringUp, 'back-on-stage');
  return (
    <>
      {move(words.toListener, 'to-listener')}
      {person.backstage ? move(words.onAir, 'on-air') : move(words.offAir, 'backstage')}
    </>
  );
}
