/**
 * Opens rooms one after the other while others are on the air: each needs a second of processor time for its
 * encoders, and many at once would cause gaps in the rooms that are on. Where nothing is on, as after a restart, all
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
