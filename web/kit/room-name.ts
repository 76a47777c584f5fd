/** Names of rooms in addresses: behind `~` stands the key to a private one, which is renewed while the page is open. */
const keys = new Map<string, string>();
let renewer: ((slug: string) => Promise<void>) | undefined;

/** The beginning of every address of a room, as it is now. */
export function roomAt(slug: string): string {
  const key = keys.get(slug);
  return `/r/${slug}${key === undefined ? '' : `~${key}`}`;
}

/** The room has this key from now on. */
export const setKey = (slug: string, key: string): void => void keys.set(slug, key);

/** The key that the room has now. */
export const keyOf = (slug: string): string | undefined => keys.get(slug);

/** `renew` fetches a new key; it never rejects. */
export function keepKeys(renew: (slug: string) => Promise<void>): void {
  renewer = renew;
}

/** The server does not know the room by its name: perhaps its key was withdrawn. Resolves when it is worth another try. */
export const keyRefused = async (slug: string): Promise<void> => {
  if (keys.has(slug)) await renewer?.(slug);
};
