import { useSignal } from '@preact/signals';
import type { HostHand } from '../../../src/wire/stage/hands.ts';
import { TOPIC_LENGTH } from '../../../src/wire/stage/hands.ts';
import { clockOf } from '../../kit/figures.ts';
import { useConsole, useWords } from '../console/context.ts';

/** For a field that appears at the press of a button: browsers ignore `autofocus` then, and what is typed would be keys. */
const takeFocus = (field: HTMLElement | null): void => field?.focus();

/** The hands that are up, the first one first; what a host does with each. */
export function HandsCard() {
  const { room, isHost, act, settings } = useConsole();
  const words = useWords().hands;
  const { raised } = room;
  const line = raised.line.value;
  const called = raised.called.value;
  const listening = raised.listening.value;
  const up = raised.up.value;
  if (!isHost.value) return null;
  const closed = raised.rules.value.invitedOnly === true;
  return (
    <section class="hands card" aria-label={words.title}>
      <div class="hands-head">
        <h2>
          {words.title} <span class="figure">{up}</span>
        </h2>
        <label class="switch small">
          <input
            type="checkbox"
            checked={settings.handChime.value}
            onChange={(event) => {
              settings.handChime.value = event.currentTarget.checked;
            }}
          />
          <span>{words.chime}</span>
        </label>
      </div>
      {closed && <p class="small ash">{words.invitedOnly}</p>}
      {!closed && up === 0 && called.length === 0 && <p class="small ash">{words.none}</p>}
      <ol class="hand-list" aria-live="polite" aria-relevant="additions">
        {called.map((hand) => (
          <CalledRow key={hand.id} hand={hand} />
        ))}
        {line.map((hand, index) => (
          <HandRow key={hand.id} hand={hand} place={index + 1} />
        ))}
      </ol>
      {up > line.length && <p class="small ash">{words.more(up - line.length)}</p>}
      {up > 1 && <LowerAll up={up} />}
      {listening.length > 0 && (
        <>
          <h3 class="small ash">{words.wereOnStage}</h3>
          <ul class="hand-list">
            {listening.map((hand) => (
              <li key={hand.id} class="hand">
                <p class="hand-name" dir="auto">
                  {hand.name}
                </p>
                <div class="row">
                  <button
                    type="button"
                    class="button quiet"
                    onClick={() => act({ do: 'call', hand: hand.id })}
                    aria-label={`${words.callAgain}: ${hand.name}`}
                  >
                    {words.callAgain}
                  </button>
                  <button
                    type="button"
                    class="button quiet bare"
                    onClick={() => act({ do: 'lower-hand', hand: hand.id })}
                    aria-label={`${words.forget}: ${hand.name}`}
                  >
                    {words.forget}
                  </button>
                </div>
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}

/** Lowers every hand in two steps: a line of hundreds does not come back. */
function LowerAll({ up }: { up: number }) {
  const { act } = useConsole();
  const words = useWords().hands;
  const asked = useSignal(false);
  const ask = (on: boolean) => () => {
    asked.value = on;
  };
  if (!asked.value)
    return (
      <button type="button" class="button quiet bare start" onClick={ask(true)}>
        {words.lowerAll}…
      </button>
    );
  return (
    <div class="hand-word">
      <div class="row">
        <button
          type="button"
          class="button danger"
          ref={takeFocus}
          onClick={() => {
            act({ do: 'lower-all' });
            asked.value = false;
          }}
        >
          {words.lowerAllYes(up)}
        </button>
        <button type="button" class="button quiet" onClick={ask(false)}>
          {words.back}
        </button>
      </div>
    </div>
  );
}

function CalledRow({ hand }: { hand: HostHand }) {
  const { act, now } = useConsole();
  const words = useWords().hands;
  return (
    <li class="hand called" data-hand={hand.id}>
      <p class="hand-name" dir="auto">
        {hand.name}
      </p>
      <p class="small ash">
        {words.called} · {clockOf(Math.max(0, now.value - hand.since) / 1000)}
      </p>
      <button type="button" class="button quiet" onClick={() => act({ do: 'lower-hand', hand: hand.id })}>
        {words.lower}
      </button>
    </li>
  );
}

function HandRow({ hand, place }: { hand: HostHand; place: number }) {
  const { act, now } = useConsole();
  const words = useWords().hands;
  const asked = useSignal<'decline' | 'ban' | undefined>(undefined);
  const word = useSignal('');
  const send = (event: Event) => {
    event.preventDefault();
    const text = word.value.trim();
    if (asked.value === 'ban') act({ do: 'ban-hand', hand: hand.id, ...(text ? { reason: text } : {}) });
    else act({ do: 'decline', hand: hand.id, ...(text ? { word: text } : {}) });
  };
  return (
    <li class={hand.away ? 'hand away' : 'hand'} data-hand={hand.id} tabIndex={-1}>
      <p class="hand-name">
        <span class="hand-place">{place}</span> <span dir="auto">{hand.name}</span>
        <span class="ash small hand-wait">
          {' '}
          {words.waits(clockOf(Math.max(0, now.value - hand.since) / 1000))}
        </span>
      </p>
      {hand.topic && (
        <p class="hand-topic" dir="auto">
          {hand.topic}
        </p>
      )}
      {hand.away && <p class="small ochre">{words.away}</p>}
      {hand.trouble && <p class="small ochre">{words.trouble[hand.trouble]}</p>}
      {asked.value === undefined ? (
        <div class="row">
          <button
            type="button"
            class="button quiet take"
            data-call={hand.id}
            aria-label={`${words.call}: ${hand.name}`}
            onClick={() => act({ do: 'call', hand: hand.id })}
          >
            {words.call}
          </button>
          <button
            type="button"
            class="button quiet"
            data-check={hand.id}
            aria-label={`${words.hearFirst}: ${hand.name}`}
            title={words.hearFirstHint}
            onClick={() => act({ do: 'call', hand: hand.id, check: true })}
          >
            {words.hearFirst}
          </button>
          <button
            type="button"
            class="button quiet bare"
            data-decline={hand.id}
            aria-label={`${words.decline}: ${hand.name}`}
            onClick={() => {
              asked.value = 'decline';
            }}
          >
            {words.decline}…
          </button>
          <button
            type="button"
            class="button quiet bare danger"
            aria-label={`${words.ban}: ${hand.name}`}
            onClick={() => {
              asked.value = 'ban';
            }}
          >
            {words.ban}…
          </button>
        </div>
      ) : (
        <form class="hand-word" onSubmit={send}>
          <label>
            <span class="small">{asked.value === 'ban' ? words.banReason : words.declineWord}</span>
            <input
              dir="auto"
              ref={takeFocus}
              value={word.value}
              maxLength={TOPIC_LENGTH}
              onInput={(event) => {
                word.value = event.currentTarget.value;
              }}
            />
          </label>
          <div class="row">
            <button type="submit" class="button">
              {asked.value === 'ban' ? words.banYes : words.decline}
            </button>
            <button
              type="button"
              class="button quiet"
              onClick={(event) => {
                event.currentTarget.closest('li')?.focus();
                asked.value = undefined;
              }}
            >
              {words.back}
            </button>
          </div>
        </form>
      )}
    </li>
  );
}
