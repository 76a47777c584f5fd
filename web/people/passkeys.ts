/** Passkeys on the pages of accounts: adds one, and signs in with one. The pages do without where a browser has none. */

type Answer = { readonly wrong?: string; readonly told?: string; readonly to?: string };

/** What the page says itself, in its language. */
const box = document.querySelector<HTMLElement>('[data-passkey]');
const line = box?.querySelector<HTMLElement>('[role=status]');
const button = box?.querySelector<HTMLButtonElement>('button');

function say(text: string, wrong = true): void {
  if (!line) return;
  line.className = wrong ? 'bad' : 'told';
  line.textContent = text;
}

/** Sends JSON as whoever is signed in; undefined, and said, when it is refused. */
async function ask<T extends object = Answer>(path: string, body: object = {}): Promise<T | undefined> {
  try {
    const answer = await fetch(path, {
      ...{ method: 'POST', cache: 'no-store', body: JSON.stringify(body) },
      headers: { 'content-type': 'application/json' },
    });
    const said = (await answer.json()) as T & Answer;
    if (answer.ok) return said;
    say(said.wrong ?? box?.dataset['failed'] ?? '');
  } catch {
    say(box?.dataset['failed'] ?? '');
  }
  return undefined;
}

/** One question to the browser at a time: a new one ends the one before. */
let asking: AbortController | undefined;
function signal(): AbortSignal {
  asking?.abort();
  asking = new AbortController();
  return asking.signal;
}

async function add(): Promise<void> {
  const name = box?.querySelector<HTMLInputElement>('input')?.value.trim() ?? '';
  const options = await ask<PublicKeyCredentialCreationOptionsJSON>('/account/passkeys/options');
  if (!options) return;
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options);
  const made = (await navigator.credentials.create({ publicKey, signal: signal() })) as PublicKeyCredential;
  const done = await ask('/account/passkeys', { response: made.toJSON(), name });
  // The list is the server's.
  if (done) location.assign('/account?told=passkey');
}

async function signIn(mediation: CredentialMediationRequirement): Promise<void> {
  const options = await ask<PublicKeyCredentialRequestOptionsJSON>('/sign-in/passkey/options');
  if (!options) return;
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options);
  const got = (await navigator.credentials.get({
    ...{ publicKey, mediation, signal: signal() },
  })) as PublicKeyCredential;
  const next = document.querySelector<HTMLInputElement>('input[name=next]')?.value;
  const done = await ask('/sign-in/passkey', { response: got.toJSON(), ...(next ? { next } : {}) });
  if (done?.to) location.assign(done.to);
}

/** What a person ends themselves is no failure of ours to explain at length. */
const failed = (error: unknown): void => {
  const { name } = error as Error;
  if (name === 'AbortError') return;
  const known = name === 'InvalidStateError' ? 'known' : name === 'NotAllowedError' ? 'ended' : 'failed';
  say(box?.dataset[known] ?? '');
};

const able =
  'PublicKeyCredential' in window && typeof PublicKeyCredential.parseRequestOptionsFromJSON === 'function';
if (box && button && able) {
  box.hidden = false;
  const adds = box.dataset['passkey'] === 'add';
  const press = (event: Event): void => {
    event.preventDefault();
    say('');
    button.disabled = true;
    (adds ? add() : signIn('optional')).catch(failed).finally(() => {
      button.disabled = false;
    });
  };
  if (adds) box.querySelector('form')?.addEventListener('submit', press);
  else {
    button.addEventListener('click', press);
    // Passkeys among the suggestions of the address field, once somebody goes there.
    const offer = async (): Promise<void> => {
      if (await PublicKeyCredential.isConditionalMediationAvailable?.()) await signIn('conditional');
    };
    const email = document.querySelector<HTMLInputElement>('input[autocomplete~=webauthn]');
    email?.addEventListener('focus', () => void offer().catch(() => undefined), { once: true });
  }
}
