import { useConsole, useWords } from '../console/context.ts';

/** The banner across the page: the worst trouble, in one sentence. */
export function Banner() {
  const { trouble, voice, toggleMute, settings } = useConsole();
  const words = useWords();
  const it = trouble.value;
  const unmute = it?.cause === 'all-muted' && voice.silent.value && !settings.pushToTalk.value;
  return (
    <div role="alert" class="banner-place">
      {it && (
        <p class={`banner ${it.level}`}>
          <strong>{it.text}</strong>
          {unmute && (
            <button type="button" class="button" onClick={toggleMute}>
              {words.unmuteMe}
            </button>
          )}
        </p>
      )}
    </div>
  );
}

/** Short messages, and a button when the browser blocks sound. */
export function Messages() {
  const { notices, voice } = useConsole();
  const words = useWords();
  return (
    <div class="messages" role="log" aria-live="polite">
      {voice.blocked.value && (
        <p class="message">
          {words.blocked}
          <button type="button" class="button quiet" onClick={voice.playOthers}>
            {words.hearOthers}
          </button>
        </p>
      )}
      {notices.list.value.map(({ id, text, answer }) => (
        <p class="message" key={id}>
          <span>{text}</span>
          {answer && (
            <button
              type="button"
              class="button"
              onClick={() => {
                answer.run();
                notices.drop(id);
              }}
            >
              {answer.label}
            </button>
          )}
          <button type="button" class="button quiet bare" onClick={() => notices.drop(id)}>
            {answer ? words.notNow : words.close}
          </button>
        </p>
      ))}
    </div>
  );
}
