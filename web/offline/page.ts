/** The script of the page that is shown without a connection: it tries again by itself, and then loads what was asked for. */

/** The pauses between two tries, ms; the last one again and again. */
const PAUSES = [3_000, 5_000, 10_000, 20_000, 30_000];
/** Each pause is longer by up to this part of it, so that many who lost a server do not come back in one moment. */
const SPREAD = 0.5;

const told = document.querySelector<HTMLElement>('[data-status]');
let tries = 0;
let timer: ReturnType<typeof setTimeout> | undefined;

async function attempt(): Promise<void> {
  clearTimeout(timer);
  try {
    // Any answer is one: the page itself says more than this one can.
    await fetch('/healthz', { cache: 'no-store' });
    if (location.pathname === '/offline') location.replace('/');
    else location.reload();
  } catch {
    plan();
  }
}

function plan(): void {
  const pause = PAUSES[Math.min(tries++, PAUSES.length - 1)] ?? 0;
  timer = setTimeout(attempt, pause * (1 + SPREAD * Math.random()));
  // Said once: a screen reader would read every try aloud.
  if (told && tries === 1) told.hidden = false;
}

addEventListener('online', () => void attempt());
for (const link of document.querySelectorAll('[data-again]'))
  link.addEventListener('click', (event) => {
    event.preventDefault();
    void attempt();
  });
plan();

export {};
