import { useSignal } from '@preact/signals';
import { useConsole, useWords } from '../console/context.ts';
import { Dialog } from '../controls/dialog.tsx';

/** Asks before a room is cancelled, and why: everybody reads the reason on its page and in their calendar. */
export function CancelForm() {
  const { host, dialog } = useConsole();
  const words = useWords();
  const reason = useSignal('');
  const close = (): void => {
    dialog.value = undefined;
  };
  return (
    <Dialog title={words.cancelRoom}>
      <form
        class="cancel"
        onSubmit={(event) => {
          event.preventDefault();
          close();
          void host.change('cancel', reason.value);
        }}
      >
        <p>{words.cancelSure}</p>
        <label>
          {words.settings.cancelReason}
          <input
            dir="auto"
            autocomplete="off"
            maxLength={200}
            value={reason.value}
            onInput={(event) => {
              reason.value = event.currentTarget.value;
            }}
          />
        </label>
        <p class="small ash">{words.settings.cancelReasonHint}</p>
        <p class="row end">
          <button type="button" class="button quiet" onClick={close} autofocus>
            {words.cancelNo}
          </button>
          <button type="submit" class="button danger">
            {words.cancelYes}
          </button>
        </p>
      </form>
    </Dialog>
  );
}
