/**
 * The images of a post while it is written: each is sent at once, with its progress, seen, described, moved and taken out
 * before anything is posted. Without scripts the form sends them itself.
 */
import { openAvatarForm } from './avatar-form.ts';
import { prepared, type SentWords, sending } from './sent-image.ts';

const MOST = 4;

const made = <K extends keyof HTMLElementTagNameMap>(
  name: K,
  properties: Partial<HTMLElementTagNameMap[K]> = {},
): HTMLElementTagNameMap[K] => Object.assign(document.createElement(name), properties);

/** An image that was chosen: on its way, there, or refused. */
interface Chosen {
  readonly row: HTMLLIElement;
  state: 'sending' | 'there' | 'refused';
  cancel(): void;
}

class ImageFields {
  readonly #box: HTMLElement;
  readonly #words: SentWords;
  readonly #list: HTMLOListElement;
  readonly #status: HTMLElement;
  readonly #input: HTMLInputElement | null;
  readonly #chosen = new Map<HTMLLIElement, Chosen>();
  /** Its author has pressed the button while images were on their way. */
  #waits: HTMLElement | null | undefined;
  #isReached = false;

  constructor(box: HTMLElement, form: HTMLFormElement) {
    this.#box = box;
    this.#words = JSON.parse(box.dataset['words'] ?? '{}') as SentWords;
    this.#list = box.querySelector('ol') ?? made('ol', { className: 'chosen' });
    this.#input = box.querySelector('input[type=file]');
    this.#status = made('p', { className: 'small' });
    this.#status.setAttribute('role', 'status');
    box.prepend(this.#list);
    box.append(this.#status);
    for (const row of this.#list.children) this.#addMoves(row as HTMLLIElement);
    this.#number();
    this.#input?.addEventListener('change', () => {
      this.#take([...(this.#input?.files ?? [])]);
      if (this.#input) this.#input.value = '';
    });
    form.querySelector('textarea')?.addEventListener('paste', (event) => {
      const files = [...(event.clipboardData?.files ?? [])].filter(({ type }) => type.startsWith('image/'));
      if (!this.#input || files.length === 0) return;
      event.preventDefault();
      this.#take(files);
    });
    form.addEventListener('submit', (event) => this.#submit(event, form));
  }

  #word(name: string, number = 0, file = ''): string {
    return (this.#words[name] ?? '').replace('{n}', `${number}`).replace('{name}', file);
  }

  #say(text: string, isWrong = false): void {
    this.#status.className = isWrong ? 'bad' : 'small';
    this.#status.textContent = text;
  }

  #take(files: readonly File[]): void {
    const free = MOST - this.#list.children.length;
    for (const file of files.slice(0, Math.max(0, free))) void this.#add(file);
    if (files.length > free) this.#say(this.#word('most', files.length - Math.max(0, free)), true);
  }

  /** Puts one into the list and sends it. */
  async #add(file: File): Promise<void> {
    const [row, canvas, side] = [made('li'), made('canvas'), made('div')];
    canvas.setAttribute('aria-hidden', 'true');
    canvas.hidden = true;
    const [bar, told] = [made('progress', { max: 100, value: 0 }), made('p', { className: 'small' })];
    bar.setAttribute('aria-label', this.#word('sending', 0, file.name));
    const alt = made('textarea', { rows: 3, maxLength: 2_000, id: `alt-${crypto.randomUUID()}` });
    alt.dir = 'auto';
    const field = made('div', { className: 'field' });
    field.append(made('label', { htmlFor: alt.id }), alt, made('p', { className: 'hint small' }));
    (field.lastChild as HTMLElement).textContent = this.#word('altHint');
    side.append(bar, told, field);
    row.append(canvas, side);
    this.#list.append(row);
    const one: Chosen = { row, state: 'sending', cancel: () => undefined };
    this.#chosen.set(row, one);
    this.#addMoves(row, () => this.#remove(one));
    this.#number();
    const again = made('button', { type: 'button', className: 'button quiet' });
    again.textContent = this.#word('again');
    again.addEventListener('click', () => {
      again.remove();
      alt.focus();
      void go();
    });
    const go = async (): Promise<void> => {
      one.state = 'sending';
      bar.hidden = field.hidden = false;
      bar.value = 0;
      told.className = 'small';
      told.textContent = file.name;
      const body = await prepared(file, canvas, () => {
        told.textContent = `${file.name}: ${this.#word('shrinking')}`;
      });
      if (!this.#chosen.has(row)) return;
      const { sent, cancel } = sending({ body, to: '/api/images' }, this.#words, (percent) => {
        bar.value = percent;
        told.textContent = `${file.name}: ${percent < 100 ? `${percent} %` : this.#word('making')}`;
      });
      one.cancel = cancel;
      const answer = await sent;
      if (!this.#chosen.has(row)) return;
      bar.hidden = true;
      if ('wrong' in answer || answer.id === undefined) {
        one.state = 'refused';
        // What was written about it is still there when one tries again.
        field.hidden = true;
        told.className = 'bad';
        told.textContent = `${file.name}: ${'wrong' in answer ? answer.wrong : this.#word('lost')}`;
        row.querySelector('.answers')?.prepend(again);
        this.#say(told.textContent, true);
      } else this.#arrived(one, answer.id, alt, told);
      this.#goOn();
    };
    await go();
  }

  /** It is there: the form has it from now on. */
  #arrived(one: Chosen, id: string, alt: HTMLTextAreaElement, told: HTMLElement): void {
    if (this.#box.querySelector(`input[name=image][value="${id}"]`)) {
      this.#remove(one);
      this.#say(this.#word('twice'), true);
      return;
    }
    one.state = 'there';
    one.row.prepend(made('input', { type: 'hidden', name: 'image', value: id }));
    alt.name = `alt-${id}`;
    told.remove();
    if (!this.#box.querySelector('[name=asked]'))
      this.#box.append(made('input', { type: 'hidden', name: 'asked', value: '1' }));
    this.#say(this.#word('ready', [...this.#list.children].indexOf(one.row) + 1));
  }

  #remove(one: Chosen): void {
    this.#chosen.delete(one.row);
    one.cancel();
    one.row.remove();
    this.#number();
    this.#say(this.#word('out'));
    this.#input?.focus();
    this.#goOn();
  }

  /** Buttons that move an image, and take it out where the server has no box for that. */
  #addMoves(row: HTMLLIElement, remove?: () => void): void {
    const ways = made('p', { className: 'answers' });
    const add = (word: string, act: () => void): void => {
      const button = made('button', { type: 'button', className: 'button quiet', value: word });
      button.addEventListener('click', act);
      ways.append(button);
    };
    const move = (way: 'up' | 'down'): void => {
      const other = way === 'up' ? row.previousElementSibling : row.nextElementSibling;
      if (!other) return;
      if (way === 'up') other.before(row);
      else other.after(row);
      this.#number();
      const button = ways.querySelector<HTMLElement>(`[value=${way}]:not([hidden])`);
      (button ?? ways.querySelector<HTMLElement>('button:not([hidden])'))?.focus();
      this.#say(this.#word('moved', [...this.#list.children].indexOf(row) + 1));
    };
    add('up', () => move('up'));
    add('down', () => move('down'));
    if (remove) add('takeOut', remove);
    row.querySelector('div')?.append(ways);
  }

  /** Each image is named by its place. */
  #number(): void {
    const rows = [...this.#list.children];
    for (const [at, row] of rows.entries()) {
      const label = row.querySelector('label');
      if (label) label.textContent = this.#word('alt', at + 1);
      for (const button of row.querySelectorAll<HTMLButtonElement>('.answers button[value]')) {
        button.textContent = this.#word(button.value, at + 1);
        button.setAttribute('aria-label', `${this.#word(button.value)}: ${this.#word('image', at + 1)}`);
        button.hidden =
          (button.value === 'up' && at === 0) || (button.value === 'down' && at === rows.length - 1);
      }
    }
    const field = this.#input?.closest<HTMLElement>('.field');
    if (field) field.hidden = rows.length >= MOST;
  }

  /** Sends the form that was waiting for its images. */
  #goOn(): void {
    if (this.#waits === undefined || [...this.#chosen.values()].some(({ state }) => state === 'sending'))
      return;
    const pressed = this.#waits;
    this.#waits = undefined;
    this.#box.closest('form')?.requestSubmit(pressed);
  }

  #submit(event: SubmitEvent, form: HTMLFormElement): void {
    if (this.#isReached) {
      this.#isReached = false;
      return;
    }
    event.preventDefault();
    const states = [...this.#chosen.values()].map(({ state }) => state);
    if (states.includes('sending')) {
      this.#waits = event.submitter;
      this.#say(this.#word('wait'));
      return;
    }
    if (states.includes('refused')) {
      this.#say(this.#word('notSent'), true);
      return;
    }
    // A browser that reaches nobody would put its own page in the place of what was written.
    fetch('/healthz', { cache: 'no-store' }).then(
      () => {
        this.#isReached = true;
        form.requestSubmit(event.submitter);
      },
      () => this.#say(this.#word('offline'), true),
    );
  }
}

for (const box of document.querySelectorAll<HTMLElement>('.image-fields[data-words]')) {
  const form = box.closest('form');
  if (form) new ImageFields(box, form);
}
openAvatarForm();
