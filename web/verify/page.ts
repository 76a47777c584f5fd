import type {
  Verification,
  VerificationFinding,
  VerifierFile,
} from '../../src/wire/evidence/verification.ts';
import { sentenceOf, type VerifyWords, WORDS } from './words.ts';

const SHOWN = 100;
const verifier = (globalThis as unknown as { readonly earshotVerifier: VerifierFile }).earshotVerifier;

/** An element with its attributes and what is in it. Text never becomes markup. */
function make<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Readonly<Record<string, string>>,
  ...content: readonly (Node | string)[]
): HTMLElementTagNameMap[Name] {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...content);
  return element;
}

/** Text of a file in its own writing direction. Spec: UAX 9, 3.1.4 (FSI, PDI). */
const isolated = (text: string): string => `\u2068${text}\u2069`;

/** Fills the page in the language that the server chose, and again when the reader chooses the other. */
export function openVerifyPage(main: HTMLElement): void {
  show(main, WORDS[document.documentElement.lang === 'fr' ? 'fr' : 'en']);
}

function show(main: HTMLElement, words: VerifyWords): void {
  document.documentElement.lang = words.locale;
  document.title = words.title;
  const other = make(
    'button',
    { type: 'button', class: 'button quiet', lang: words.locale === 'en' ? 'fr' : 'en' },
    words.other,
  );
  other.addEventListener('click', () => {
    show(main, WORDS[words.locale === 'en' ? 'fr' : 'en']);
    main.querySelector<HTMLElement>('.language button')?.focus();
  });

  const input = make('input', { type: 'file', id: 'bundle', class: 'visually-hidden' });
  const choose = make('label', { for: 'bundle', class: 'button' }, words.choose);
  const zone = make('div', { class: 'zone card' }, input, choose, make('p', { class: 'ash' }, words.drop));
  const text = make('textarea', { id: 'text', rows: '5', spellcheck: 'false' });
  const check = make('button', { type: 'button', class: 'button quiet' }, words.check);
  const seen = make('textarea', { id: 'seen', rows: '5', spellcheck: 'false' });
  const key = make('input', { id: 'key', type: 'text', spellcheck: 'false', autocomplete: 'off' });
  const bar = make('progress', { max: '100', 'aria-label': words.title, hidden: '' });
  const status = make('p', { role: 'status', class: 'ash' }, words.ready);
  const result = make('section', { class: 'result', tabindex: '-1', hidden: '' });

  const run = async (file: Blob): Promise<void> => {
    result.hidden = true;
    bar.hidden = false;
    let told = -1;
    const progress = (done: number, all: number): void => {
      const percent = Math.floor((done / all) * 100);
      bar.value = percent;
      // A screen reader hears every fifth of the way.
      if (Math.floor(percent / 20) !== told) status.textContent = words.checking(percent);
      told = Math.floor(percent / 20);
    };
    progress(0, 1);
    try {
      const wishes = {
        seen: seen.value.trim() === '' ? undefined : seen.value,
        key: key.value.trim() || undefined,
      };
      const found = await verifier.verify(file, { ...wishes, progress });
      result.replaceChildren(...resultOf(found, words));
      result.hidden = false;
      status.textContent = '';
      result.focus();
    } catch {
      status.textContent = words.failed;
    } finally {
      bar.hidden = true;
    }
  };
  const runLast = oneAtATime(run);

  input.addEventListener('change', () => {
    const [file] = input.files ?? [];
    if (file) runLast(file);
    // The same file can be chosen again.
    input.value = '';
  });
  check.addEventListener('click', () => runLast(new Blob([text.value])));
  const over = (event: DragEvent): void => {
    event.preventDefault();
    zone.classList.add('over');
  };
  const out = (): void => zone.classList.remove('over');
  main.ondragover = over;
  main.ondragleave = out;
  main.ondrop = (event) => {
    event.preventDefault();
    out();
    const [file] = event.dataTransfer?.files ?? [];
    if (file) runLast(file);
  };

  main.replaceChildren(
    make('p', { class: 'language' }, other),
    make('h1', {}, words.title),
    make('p', { class: 'lead' }, words.lead),
    ...(location.protocol.startsWith('http')
      ? [make('p', {}, make('a', { href: '/case-2024' }, words.example))]
      : []),
    zone,
    make(
      'details',
      {},
      make('summary', {}, words.paste),
      make('label', { for: 'text' }, words.pasteLabel),
      text,
      check,
    ),
    make(
      'details',
      {},
      make('summary', {}, words.compare),
      make('p', { class: 'ash' }, words.compareLead),
      ...[make('label', { for: 'seen' }, words.seen), seen],
      ...[make('label', { for: 'key' }, words.key), key],
    ),
    ...[bar, status, result],
    make(
      'section',
      {},
      make('h2', {}, words.limitsTitle),
      make('ul', { class: 'dots' }, ...words.limits.map((each) => make('li', {}, each))),
    ),
    aboutOf(words),
  );
}

/** Runs one after the other; of those that come while one runs, only the last. */
function oneAtATime(run: (file: Blob) => Promise<void>): (file: Blob) => void {
  let next: Blob | undefined;
  let busy = false;
  return (file) => {
    next = file;
    if (busy) return;
    busy = true;
    void (async () => {
      while (next) {
        const now = next;
        next = undefined;
        await run(now);
      }
      busy = false;
    })();
  };
}

/** What was found, for people. */
function resultOf(found: Verification, words: VerifyWords): Node[] {
  const {
    ok,
    unreadable,
    findings,
    notes,
    title,
    room,
    entries,
    minutes,
    checkpoint,
    keys = [],
    witnesses = {},
  } = found;
  const outcome = unreadable ? words.unjudged : ok ? words.holds : words.fails;
  const place = ({ leaf, line }: VerificationFinding): string =>
    leaf !== undefined ? words.entry(leaf) : line !== undefined ? words.line(line) : '';
  const sentence = (each: VerificationFinding): Node => {
    const where = place(each);
    return make('li', {}, ...(where ? [make('strong', {}, where), ' · '] : []), sentenceOf(words, each));
  };
  const nodes: Node[] = [make('h2', { class: ok ? 'good' : 'bad' }, `${ok ? '✓' : '✗'} ${outcome}`)];
  if (!ok && !unreadable) nodes.push(make('p', {}, words.findings(findings.length)));
  if (!ok) nodes.push(make('ol', { class: 'findings' }, ...findings.slice(0, SHOWN).map(sentence)));
  if (findings.length > SHOWN) nodes.push(make('p', {}, words.more(findings.length - SHOWN)));
  if (notes.length > 0)
    nodes.push(make('h3', {}, words.notes), make('ul', { class: 'dots' }, ...notes.map(sentence)));
  if (unreadable) return nodes;

  const when = (ms: number): string =>
    new Date(ms).toLocaleString(words.locale, { dateStyle: 'medium', timeStyle: 'short' });
  const saw = Object.entries(witnesses).map(([name, { size, time }]) =>
    make('dd', {}, words.saw(isolated(name), size, when(time * 1000))),
  );
  const fact = (name: string, ...values: readonly HTMLElement[]): Node =>
    make('div', {}, make('dt', {}, name), ...values);
  const value = (text: string): HTMLElement => make('dd', {}, text);
  nodes.push(
    make(
      'dl',
      {},
      fact(words.room, value(`${isolated(title ?? '')} (${room})`)),
      fact(words.entries, value(entries.toLocaleString(words.locale))),
      ...(minutes
        ? [fact(words.figures, value(words.span(when(minutes.first * 60_000), when(minutes.last * 60_000))))]
        : []),
      ...(checkpoint ? [fact(words.checkpoint, value(words.size(checkpoint.size, checkpoint.root)))] : []),
      fact(words.log, ...keys.map((each) => make('dd', { class: 'code' }, each))),
      fact(words.witnesses, ...(saw.length > 0 ? saw : [value(words.noWitness)])),
    ),
  );
  return nodes;
}

/** The file that does the work, its hash, and a copy of it. */
function aboutOf(words: VerifyWords): Node {
  const file = new Blob([document.querySelector('#verifier')?.textContent ?? ''], {
    type: 'text/javascript',
  });
  const hash = make('code', { class: 'code', id: 'hash' });
  void file.arrayBuffer().then((bytes) => {
    hash.textContent = verifier.hex(verifier.sha256(new Uint8Array(bytes)));
  });
  const save = make(
    'a',
    { class: 'button quiet', href: URL.createObjectURL(file), download: 'verifier.js' },
    words.download,
  );
  return make(
    'section',
    {},
    make('h2', {}, words.aboutTitle),
    make('p', {}, words.about),
    make('p', { class: 'ash' }, words.hash),
    hash,
    make('p', {}, save),
  );
}
