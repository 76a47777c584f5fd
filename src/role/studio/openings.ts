/**
 * Opens rooms one after the other while others are on: each takes a second of processor for its encoders, and many at
 * once would be heard as music in the rooms that need it for their sound. Where nothing is on, as after a restart, all
 * open together.
 */
export function openInTurn(isOn: () => boolean): (open: () => Promise<void>) => Promise<void> {
  let before: Promise<unknown> = Promise.resolve();
  return (open) => {
    const mine = isOn() ? before.then(open) : open();
    before = Promise.allSettled([before, mine]);
    return mine;
  };
}
