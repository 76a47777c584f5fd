/** `/embed` before it: what other sites show of a room. */
const ROOM_PATH = /^(\/embed)?\/r\/([a-z0-9-]{1,64})(?:~([0-9a-f]{40}))?((?:\/.*)?)$/;

/** A path that names a room, taken apart; undefined for any other. */
export interface RoomPath {
  /** What stands before: empty, or `/embed`. */
  readonly before: string;
  readonly slug: string;
  readonly key: string | undefined;
  /** What follows the room's name, with its slash; empty for the room's page. */
  readonly rest: string;
}

/** Takes a path apart. */
export function roomPath(path: string): RoomPath | undefined {
  if (!path.startsWith('/r/') && !path.startsWith('/embed/r/')) return undefined;
  const found = ROOM_PATH.exec(path);
  return found
    ? { before: found[1] ?? '', slug: found[2] ?? '', key: found[3], rest: found[4] ?? '' }
    : undefined;
}
