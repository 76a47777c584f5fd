import { useSignal } from '@preact/signals';
import { useId, useRef } from 'preact/hooks';
import type { BackstageEar } from '../../../src/wire/stage/backstage.ts';
import { useConsole, useWords } from '../console/context.ts';

/** The menu of a person, for everything but muting; removing somebody asks again. `ear`: they only listen. */
export function PersonMenu({ person, you, ear }: { person: BackstageEar; you: boolean; ear?: boolean }) {
  const { act, name, dialog } = useConsole();
  const words = useWords();
  const menu = useRef<HTMLDivElement>(null);
  const sure = useSignal(false);
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
          if (event.newState === 'closed') sure.value = false;
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
                sure.value = true;
              }}
            >
              {words.remove}…
            </button>
          </>
        )}
      </div>
    </>
  );
}
