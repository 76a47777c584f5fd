import { useSignal } from '@preact/signals';
import { DECISION_REASON_LENGTH } from '../../../src/wire/moderation/moderation.ts';
import { useConsole } from '../console/context.ts';
import type { AbuseToHosts, DecisionToHosts, HostChoice } from './moderation-feed.ts';
import { type DeskSpan, type ModerationDeskWords, momentOf } from './moderation-words.ts';

const HOUR_MS = 3_600_000;
/** How long a decision holds, ms; without one it holds until it is taken back. */
const SPANS: Readonly<Record<DeskSpan, number | undefined>> = {
  ...{ ever: undefined, '1h': HOUR_MS, '1d': 24 * HOUR_MS, '7d': 7 * 24 * HOUR_MS },
};
/** What can be over by its time. */
const ENDS: ReadonlySet<HostChoice> = new Set(['remove', 'ban', 'hide-clip', 'hide-question']);

interface Acting {
  readonly words: ModerationDeskWords;
  act(body: object): Promise<boolean>;
}

/** One report, and what to do about it. */
export function AbuseItem({ one, words, act }: Acting & { readonly one: AbuseToHosts }) {
  const { settings } = useConsole();
  const choice = useSignal<HostChoice>('dismiss');
  const span = useSignal<DeskSpan>('ever');
  const send = (reason: string): Promise<boolean> => {
    const length = ENDS.has(choice.value) ? SPANS[span.value] : undefined;
    const until = length === undefined ? {} : { until: new Date(Date.now() + length).toISOString() };
    return act({ choice: choice.value, reason, ...until });
  };
  return (
    <article data-report={one.id}>
      <p>
        <strong>{words.reasons[one.reason]}</strong> <bdi>{one.name}</bdi>{' '}
        <time class="small ash" dateTime={one.created}>
          {momentOf(one.created, settings.language.value)}
        </time>
      </p>
      {one.words && <blockquote dir="auto">{one.words}</blockquote>}
      {one.hear && (
        <a class="hear" href={one.hear} target="_blank" rel="noreferrer">
          {words.hear}
        </a>
      )}
      <label>
        <span class="small">{words.what}</span>
        <select
          name="choice"
          value={choice.value}
          onChange={(event) => {
            choice.value = event.currentTarget.value as HostChoice;
          }}
        >
          {one.choices.map((name) => (
            <option key={name} value={name}>
              {words.choices[name]}
            </option>
          ))}
        </select>
      </label>
      {ENDS.has(choice.value) && (
        <label>
          <span class="small">{words.howLong}</span>
          <select
            name="span"
            value={span.value}
            onChange={(event) => {
              span.value = event.currentTarget.value as DeskSpan;
            }}
          >
            {Object.entries(words.spans).map(([name, text]) => (
              <option key={name} value={name}>
                {text}
              </option>
            ))}
          </select>
        </label>
      )}
      <ReasonForm words={words} label={words.doIt} send={send} />
    </article>
  );
}

/** One decision that is in force; what the operator decided, the operator takes back. */
export function HeldItem({ one, words, act }: Acting & { readonly one: DecisionToHosts }) {
  const { settings } = useConsole();
  return (
    <article data-decision={one.id}>
      <p>
        <strong>{words.choices[one.act]}</strong> <bdi>{one.name}</bdi>
        <br />
        <span class="small" dir="auto">
          {one.reason}
        </span>
        <br />
        <span class="small ash">
          {words.roles[one.byRole]}
          {one.until && ` · ${words.until(momentOf(one.until, settings.language.value))}`}
        </span>
      </p>
      <a class="hear" href={one.notice} target="_blank" rel="noreferrer">
        {words.notice}
      </a>
      {one.byRole !== 'operator' && (
        <details>
          <summary>{words.takeBack}</summary>
          <ReasonForm words={words} label={words.takeBack} send={(reason) => act({ reason })} />
        </details>
      )}
    </article>
  );
}

interface Reasoned {
  readonly words: ModerationDeskWords;
  readonly label: string;
  send(reason: string): Promise<boolean>;
}

/** A reason, without which nothing is done, and the button. */
function ReasonForm({ words, label, send }: Reasoned) {
  const reason = useSignal('');
  const busy = useSignal(false);
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (busy.value || reason.value.trim() === '') return;
    busy.value = true;
    await send(reason.value.trim());
    busy.value = false;
  };
  return (
    <form onSubmit={(event) => void submit(event)}>
      <label>
        <span class="small">
          {words.why}. {words.whyHint}
        </span>
        <input
          dir="auto"
          required
          name="reason"
          autoComplete="off"
          maxLength={DECISION_REASON_LENGTH}
          value={reason.value}
          onInput={(event) => {
            reason.value = event.currentTarget.value;
          }}
        />
      </label>
      <button type="submit" class="button quiet" disabled={busy.value}>
        {label}
      </button>
    </form>
  );
}
