/** Names of rooms in addresses: behind `~` stands the key to a private one, which is renewed while the page is open. */
let keys: RoomKeyring | undefined;

/** The keys of the rooms of a page; only pages of private rooms load one. */
export interface RoomKeyring {
  /** The room's name with its key. */
  named(slug: string): string;
  /** Fetches new keys; never rejects. */
  renew(): Promise<void>;
}

/** Addresses have these keys from now on. */
export const useKeys = (ring: RoomKeyring): void => {
  keys = ring;
};

/** The beginning of every address of a room, as it is now. */
export const roomAt = (slug: string): string => `/r/${keys?.named(slug) ?? slug}`;

/** The server does not know the room by its name: perhaps its key was withdrawn. Resolves when it is worth another try. */
export const keyRefused = async (): Promise<void> => keys?.renew();
