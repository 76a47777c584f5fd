import { useSignal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import {
  type AskedQuestion,
  PIN_LINK_LENGTH,
  QUESTION_LENGTH,
} from '../../../src/wire/interaction/questions.ts';
import { REACTIONS } from '../../../src/wire/interaction/reactions.ts';
import { useConsole, useWords } from '../console/context.ts';
import { type HostQuestionsDesk, openHostQuestions } from './host-questions.ts';
import './interaction.css';

/** What the audience says back, and the line that hosts pin for it. */
export function InteractionCard() {
  const { isHost } = useConsole();
  return isHost.value ? <HostInteraction /> : null;
}

function HostInteraction() {
  const { link, room, host } = useConsole();
  const words = useWords().interaction;
  const desk = useMemo(() => openHostQuestions(link.slug, () => link.token), [link]);
  useEffect(() => () => desk[Symbol.dispose](), [desk]);
  const list = desk.list.value;
  const rules = room.raised.rules.value;
  const busy = host.busy.value !== undefined;
  const recent = list?.reactions?.recent ?? [];
  return (
    <section class="interaction card" aria-label={words.title}>
      <h2>
        {words.title} <span class="figure">{list?.waiting ?? 0}</span>
      </h2>
      {rules.reactions !== false && (
        <p class="small ash reaction-sums">
          {words.lately}{' '}
          {recent.length === 0
            ? words.noReactions
            : REACTIONS.flatMap((name, index) =>
                recent[index] ? [`${words.reactions[name]} ${recent[index]?.toLocaleString()}`] : [],
              ).join(' · ')}
        </p>
      )}
      {desk.refused.value && (
        <p class="small ochre" role="alert">
          {desk.refused.value}
        </p>
      )}
      <PinForm desk={desk} />
      {list?.questions.length === 0 && <p class="small ash">{words.none}</p>}
      <ol class="host-questions">
        {list?.questions.map((one) => (
          <Row key={one.id} desk={desk} one={one} />
        ))}
      </ol>
      {list && (list.answered.length > 0 || list.hidden.length > 0) && (
        <details>
          <summary>{words.done(list.answered.length + list.hidden.length)}</summary>
          <ol class="host-questions">
            {[...list.answered, ...list.hidden].map((one) => (
              <li key={one.id}>
                <p dir="auto">{one.text}</p>
                <p class="small ash">{one.answered === undefined ? words.hidden : words.answeredMark}</p>
                <button
                  type="button"
                  class="button quiet"
                  aria-label={`${words.reopen}: ${one.text}`}
                  onClick={() => void desk.act({ do: 'reopen', question: one.id })}
                >
                  {words.reopen}
                </button>
              </li>
            ))}
          </ol>
        </details>
      )}
      <label class="switch">
        <input
          type="checkbox"
          checked={rules.questions !== false}
          disabled={busy}
          onChange={(event) => void host.rule({ questions: event.currentTarget.checked })}
        />
        <span>{words.ruleQuestions}</span>
      </label>
      <label class="switch">
        <input
          type="checkbox"
          checked={rules.reactions !== false}
          disabled={busy}
          onChange={(event) => void host.rule({ reactions: event.currentTarget.checked })}
        />
        <span>{words.ruleReactions}</span>
      </label>
    </section>
  );
}

function Row({ desk, one }: { desk: HostQuestionsDesk; one: AskedQuestion }) {
  const words = useWords().interaction;
  return (
    <li data-question={one.id}>
      <p dir="auto">{one.text}</p>
      <p class="small ash">
        {words.votes(one.votes)}
        {one.name && (
          <>
            {' · '}
            <bdi>{one.name}</bdi>
          </>
        )}
      </p>
      <div class="row">
        <button
          type="button"
          class="button quiet"
          data-answered={one.id}
          aria-label={`${words.answered}: ${one.text}`}
          onClick={() => void desk.act({ do: 'answered', question: one.id })}
        >
          {words.answered}
        </button>
        <button
          type="button"
          class="button quiet bare"
          aria-label={`${words.hide}: ${one.text}`}
          onClick={() => void desk.act({ do: 'hide', question: one.id })}
        >
          {words.hide}
        </button>
      </div>
    </li>
  );
}

function PinForm({ desk }: { desk: HostQuestionsDesk }) {
  const words = useWords().interaction;
  const text = useSignal('');
  const link = useSignal('');
  const pinned = desk.list.value?.pinned;
  const send = async (event: Event): Promise<void> => {
    event.preventDefault();
    const [said, to] = [text.value.trim(), link.value.trim()];
    if (!(await desk.act({ do: 'pin', text: said, ...(to ? { link: to } : {}) }))) return;
    text.value = '';
    link.value = '';
  };
  return (
    <details class="pin-form" open={pinned !== undefined}>
      <summary>{words.pin}</summary>
      {pinned && (
        <div class="row pinned-now">
          <p dir="auto">
            {pinned.text}
            {pinned.link && URL.canParse(pinned.link) && (
              <span class="small ash"> {new URL(pinned.link).host}</span>
            )}
          </p>
          <button type="button" class="button quiet" onClick={() => void desk.act({ do: 'unpin' })}>
            {words.unpin}
          </button>
        </div>
      )}
      <form onSubmit={(event) => void send(event)}>
        <label>
          <span class="small">{words.pinText}</span>
          <input
            dir="auto"
            required
            name="pin-text"
            maxLength={QUESTION_LENGTH}
            value={text.value}
            onInput={(event) => {
              text.value = event.currentTarget.value;
            }}
          />
        </label>
        <label>
          <span class="small">{words.pinLink}</span>
          <input
            type="url"
            inputMode="url"
            name="pin-link"
            placeholder="https://"
            pattern="https://.*"
            maxLength={PIN_LINK_LENGTH}
            value={link.value}
            onInput={(event) => {
              link.value = event.currentTarget.value;
            }}
          />
        </label>
        <button type="submit" class="button quiet">
          {words.pinSend}
        </button>
      </form>
    </details>
  );
}
