/** The size of the player in a page of another site, CSS pixels; it may be narrower. */
export const EMBED_SIZE = { width: 480, height: 264 } as const;

const quoted = (text: string): string => text.replace(/[&<>"]/g, (letter) => `&#${letter.charCodeAt(0)};`);

/** What other sites put into their pages to play a room there. `room`: its address, absolute. */
export const embedCode = (room: string, title: string, height: number = EMBED_SIZE.height): string =>
  `<iframe src="${quoted(room)}/embed" title="${quoted(title)}" width="100%" height="${height}" style="border:0;max-width:${EMBED_SIZE.width}px" allow="autoplay" loading="lazy"></iframe>`;
