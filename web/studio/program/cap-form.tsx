import { useState } from 'preact/hooks';
import { useConsole, useWords } from '../console/context.ts';

/** The host's cap on listeners at the live edge; the others hear the room delayed and wait in line. */
export function CapForm() {
  const { room, host, isHost } = useConsole();
  const words = useWords();
  const cap = room.open.value?.delivery.cap;
  const busy = host.busy.value !== undefined;
  const [wish, setWish] = useState('');
  if (!isHost.value) return null;
  return (
    <details class="streams">
      <summary>{cap === undefined ? words.capTitle : words.capSet(cap)}</summary>
      <form
        class="row"
        onSubmit={(event) => {
          event.preventDefault();
          const people = Number(wish);
          if (Number.isInteger(people) && people > 0) void host.limit(people);
        }}
      >
        <label>
          {words.capLabel}
          <input
            type="number"
            inputMode="numeric"
            min={1}
            max={10_000_000}
            step={1}
            required
            value={wish || String(cap ?? '')}
            onInput={(event) => setWish(event.currentTarget.value)}
          />
        </label>
        <button type="submit" class="button quiet" disabled={busy}>
          {words.capApply}
        </button>
        {cap !== undefined && (
          <button type="button" class="button quiet" disabled={busy} onClick={() => void host.limit(null)}>
            {words.capNone}
          </button>
        )}
      </form>
      <p class="small ash">{words.capHint}</p>
    </details>
  );
}
