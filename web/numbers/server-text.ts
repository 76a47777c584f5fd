/**
 * Keeps what the server wrote up to date: the page is fetched again, and its sentences and figures take the place of those
 * that are shown. So there is one place where they are made, and the page says the same as without scripts.
 */

/** Parts of the page that change, in the order of the page; the picture is not among them. */
const PARTS = ['#headline', '#status', '#in-short', '#figures', '#failed', '#left-out'] as const;

/** True while somebody reads or writes in a part that would lose it. */
const isInUse = (part: Element): boolean =>
  part.contains(document.activeElement) && document.activeElement !== document.body;

/** Takes over what is new in `page`. What is open stays open; a part in which somebody writes stays as it is. */
export function takeOver(page: Document): void {
  for (const name of PARTS) {
    const [shown, fresh] = [document.querySelector(name), page.querySelector(name)];
    if (!shown || !fresh || isInUse(shown)) continue;
    const open = new Set([...shown.querySelectorAll('details[open]')].map((one) => one.closest('[id]')?.id));
    const typed = shown.querySelector<HTMLInputElement>('#claim')?.value;
    for (const one of fresh.querySelectorAll('details'))
      if (open.has(one.closest('[id]')?.id)) one.setAttribute('open', '');
    if (typed || shown.outerHTML === fresh.outerHTML) continue;
    shown.replaceWith(document.importNode(fresh, true));
  }
}

/** Fetches the page again. Quiet when that fails: it is tried again later. */
export async function refreshText(): Promise<void> {
  try {
    const response = await fetch(location.pathname, { headers: { accept: 'text/html' } });
    if (response.ok) takeOver(new DOMParser().parseFromString(await response.text(), 'text/html'));
  } catch {
    // The network is away: what is shown says when it is from.
  }
}
