import { useSignal } from '@preact/signals';
import { copyText } from '../../kit/copy.ts';
import { useWords } from '../console/context.ts';

/** How long the button says that the link was copied. */
const SAID_MS = 2_000;

/**
 * Copies an address and says so, or shows it for copying by hand. `label` replaces "Copy" where that is not clear
 * enough.
 */
export function CopyButton({ url, label }: { url: string; label?: string }) {
  const words = useWords();
  const copied = useSignal(false);
  const copy = async () => {
    if (!(await copyText(url))) return void prompt(label ?? words.copy, url);
    copied.value = true;
    setTimeout(() => {
      copied.value = false;
    }, SAID_MS);
  };
  return (
    <button type="button" class="button quiet" onClick={() => void copy()}>
      {copied.value ? words.copied : (label ?? words.copy)}
    </button>
  );
}
