import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import { useConsole, useWords } from '../console/context.ts';

/** A modal dialog. Escape and a click outside close it, and the focus returns to where it was. */
export function Dialog(props: { title: string; children: ComponentChildren }) {
  const { dialog } = useConsole();
  const words = useWords();
  const element = useRef<HTMLDialogElement>(null);
  const title = useId();
  const close = () => {
    dialog.value = undefined;
  };
  useEffect(() => {
    const before = document.activeElement;
    element.current?.showModal();
    return () => before instanceof HTMLElement && before.focus();
  }, []);
  return (
    <dialog ref={element} aria-labelledby={title} onClose={close} closedby="any">
      <div class="dialog-body">
        <header class="dialog-head">
          <h2 id={title}>{props.title}</h2>
          <button type="button" class="button quiet bare" onClick={close}>
            {words.close}
          </button>
        </header>
        {props.children}
      </div>
    </dialog>
  );
}

/** Asks before a dangerous action, with one sentence; the way back is the first button. */
export function Confirm(props: { title: string; text: string; yes: string; no?: string; run: () => void }) {
  const { dialog } = useConsole();
  const words = useWords();
  const answer = (yes: boolean) => () => {
    dialog.value = undefined;
    if (yes) props.run();
  };
  return (
    <Dialog title={props.title}>
      <p>{props.text}</p>
      <p class="row end">
        <button type="button" class="button quiet" onClick={answer(false)} autofocus>
          {props.no ?? words.cancel}
        </button>
        <button type="button" class="button" onClick={answer(true)}>
          {props.yes}
        </button>
      </p>
    </Dialog>
  );
}
