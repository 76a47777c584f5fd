import type { Page } from 'playwright-core';
import type { BackstageLine } from '../../src/wire/stage/backstage.ts';
import type { HostHand, RaisedHand } from '../../src/wire/stage/hands.ts';

/** Raises a hand as a page does; undefined when it was not taken. */
export async function raiseHand(url: string, slug: string, n: number): Promise<RaisedHand | undefined> {
  const answer = await fetch(`${url}/r/${slug}/hand`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      name: `Person ${n}`,
      topic: `Topic ${n}`,
      device: `device-of-person-${n}`.padEnd(32, 'x'),
    }),
    signal: AbortSignal.timeout(10_000),
  }).catch(() => undefined);
  return answer?.ok ? ((await answer.json()) as RaisedHand) : undefined;
}

/** The hands that a host's page is shown first, in their order; undefined while the cell is away. */
export async function handsOnDesk(
  url: string,
  slug: string,
  token: string,
): Promise<readonly HostHand[] | undefined> {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), 5_000);
  try {
    const answer = await fetch(`${url}/r/${slug}/backstage`, {
      headers: { authorization: `Bearer ${token}`, accept: 'application/x-ndjson' },
      signal: stop.signal,
    });
    if (!answer.ok || !answer.body) return undefined;
    let text = '';
    const decoder = new TextDecoder();
    for await (const chunk of answer.body) {
      text += decoder.decode(chunk, { stream: true });
      for (const line of text.split('\n').slice(0, -1)) {
        if (line.trim() === '') continue;
        const it = JSON.parse(line) as BackstageLine;
        if (it.kind === 'hands' && it.whole) return it.hands;
      }
    }
  } catch {
    // The cell has gone, or is not there yet.
  } finally {
    clearTimeout(timer);
    stop.abort();
  }
  return undefined;
}

/** Raises a hand with the form of the room's page, as a person does. */
export async function raiseByForm(page: Page, name: string, topic: string): Promise<void> {
  const card = page.locator('section.hand');
  await card.getByRole('button', { name: /^(Raise a hand|Raise it again)$/ }).click();
  await card.getByLabel('Your name').fill(name);
  await card.getByLabel('What do you want').fill(topic);
  await card.getByRole('button', { name: 'Raise my hand' }).click();
  await card.getByText('you are the next one').waitFor();
}
