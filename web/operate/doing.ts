/** What every process is doing: the server's tables, read again while the page is shown. */

/** How often, ms. */
const LOOK_EVERY = 5_000;

/** Replaces the tables by newer ones, unless somebody is in one of them with the keyboard. */
async function look(): Promise<void> {
  const place = document.getElementById('operations');
  if (!place || document.hidden || place.contains(document.activeElement)) return;
  const response = await fetch('/operate', { headers: { accept: 'text/html' } }).catch(() => undefined);
  if (!response?.ok) return;
  const page = new DOMParser().parseFromString(await response.text(), 'text/html');
  const fresh = page.getElementById('operations');
  if (!fresh || place.contains(document.activeElement)) return;
  const scrolled = [...place.querySelectorAll('.wide')].map((wide) => wide.scrollLeft);
  place.replaceChildren(...fresh.childNodes);
  for (const [at, wide] of [...place.querySelectorAll('.wide')].entries())
    wide.scrollLeft = scrolled[at] ?? 0;
}

/** Begins to read them again. */
export const keepTables = (): void => void setInterval(() => void look(), LOOK_EVERY);

/** The rooms in the tables now. */
export const roomsInTables = (): string[] =>
  [...document.querySelectorAll<HTMLAnchorElement>('#operations a[href^="/r/"]')].map(
    (link) => link.textContent ?? '',
  );
