const ROOM_PATH = /^\/r\/([a-z0-9-]{1,64})(?:~([0-9a-f]{40}))?((?:\/.*)?)$/;

/** A path below `/r/`, taken apart; undefined for any other. */
export interface RoomPath {
  readonly slug: string;
  readonly key: string | undefined;
  /** What follows the room's name, with its slash; empty for the room's page. */
  readonly rest: string;
}

/** Takes a path apart. */
export function roomPath(path: string): RoomPath | undefined {
  if (!path.startsWith('/r/')) return undefined;
  const found = ROOM_PATH.exec(path);
  return found ? { slug: found[1] ?? '', key: found[2], rest: found[3] ?? '' } : undefined;
}
