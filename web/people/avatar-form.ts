/** The form with one's picture: it is seen as it will be, and sent with its progress. */
import { prepared, type SentWords, sending } from './sent-image.ts';

/** Looks for the form; without one nothing happens. */
export function openAvatarForm(): void {
  const input = document.querySelector<HTMLInputElement>('input[type=file][name=avatar][data-words]');
  const form = input?.form;
  if (!input || !form) return;
  const words = JSON.parse(input.dataset['words'] ?? '{}') as SentWords;
  const [canvas, bar, told] = (['canvas', 'progress', 'p'] as const).map((name) =>
    document.createElement(name),
  ) as [HTMLCanvasElement, HTMLProgressElement, HTMLParagraphElement];
  canvas.className = 'avatar large';
  canvas.setAttribute('aria-hidden', 'true');
  bar.max = 100;
  bar.hidden = canvas.hidden = true;
  told.setAttribute('role', 'status');
  input.after(canvas, bar, told);
  let body: Promise<Blob> | undefined;
  let cancel: (() => void) | undefined;
  const say = (text: string, isWrong = false): void => {
    told.className = isWrong ? 'bad' : 'small';
    told.textContent = text;
  };
  input.addEventListener('change', () => {
    cancel?.();
    const [file] = input.files ?? [];
    canvas.hidden = file === undefined;
    bar.hidden = true;
    say('');
    body = file && prepared(file, canvas, () => say(words['shrinking'] ?? ''), true);
  });
  form.addEventListener('submit', async (event) => {
    if (!body) return;
    event.preventDefault();
    cancel?.();
    bar.hidden = false;
    bar.setAttribute('aria-label', (words['sending'] ?? '').replace('{name}', input.files?.[0]?.name ?? ''));
    const order = { body: await body, to: '/api/profile/avatar', method: 'PUT' };
    const sent = sending(order, words, (percent) => {
      bar.value = percent;
      if (percent === 100) say(words['making'] ?? '');
    });
    cancel = sent.cancel;
    const answer = await sent.sent;
    bar.hidden = true;
    if ('wrong' in answer) say(answer.wrong, true);
    else location.assign(new URL(form.action).pathname);
  });
}
