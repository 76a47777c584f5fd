import type { Pattern } from './pattern.ts';

/** A request method that some address takes; HEAD is taken wherever GET is, and OPTIONS everywhere. */
export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/**
 * Which part answers. `door`: the door itself (pages, scripts, health). `origin`: sound, playlists, states. `queue`:
 * tickets and the line. `site`, `cell`, `tally`, `press`: another process, to which the door forwards.
 */
export type Owner = 'door' | 'origin' | 'queue' | 'site' | 'cell' | 'tally' | 'press';

/**
 * What a request is for; its priority follows from that (`door/admission/priority.ts`). `health`: a check whether the
 * server is alive. `stage`: a microphone or its signalling. `control`: a host's command. `playing`: what a player
 * fetches again and again while it plays. `hearing`: somebody begins to listen. `furniture`: belongs to a page that
 * was let in. `joining`: somebody comes to a room. `reading`: everything else.
 */
export type Urgency =
  | 'health'
  | 'stage'
  | 'control'
  | 'playing'
  | 'hearing'
  | 'furniture'
  | 'joining'
  | 'reading';

/** How a cache in front treats an address (`edge/classes.ts`). No class: never kept, passed on unbuffered. */
export type CacheClass =
  | 'segment'
  | 'part'
  | 'slow-playlist'
  | 'playlist'
  | 'state'
  | 'asset'
  | 'image'
  | 'page';

/**
 * What pages of other origins may do. `reads`: GET and HEAD, with any header; what changes something is for our own
 * pages. `stage`: every method, with the token in a header. `own`: nothing. Credentials are never allowed.
 * Spec: Fetch, 3.3 (CORS protocol).
 */
export type Cors = 'reads' | 'stage' | 'own';

/** One kind of address: a row of the table. */
export interface Address {
  /** Names the row; unique. */
  readonly id: string;
  /** What is there, in a few words. */
  readonly what: string;
  /** The path: literal text, words such as `:room` (see `pattern.ts`), and `(a|b)`. */
  readonly pattern: string;
  readonly owner: Owner;
  readonly methods: readonly Method[];
  readonly urgency: Urgency;
  readonly cors: Cors;
  /** Limit of a request's body in bytes, beyond which the answer is 413; absent: no body is read. */
  readonly body?: number;
  /** Absent: never kept. */
  readonly cache?: CacheClass;
  /**
   * Small, and byte for byte the same for everyone: answered from a shared buffer (`door/files/file-answers.ts`).
   */
  readonly shared?: true;
  /**
   * Written bit by bit for hours: the connection belongs to the stream from its first head on
   * (`door/first-request.ts`).
   */
  readonly endless?: true;
  /** Pages of other sites may show it inside theirs, as the operator has it (`framedBy`); nothing else is. */
  readonly framed?: true;
  /** Its case is significant, so it is never rewritten (`canonical.ts`). */
  readonly exact?: true;
  /** Paths of this kind: for tests, for the table in the documents, and for people who read this. */
  readonly examples: readonly string[];
}

/** A row with its compiled pattern. */
export interface Row extends Address {
  readonly compiled: Pattern;
}

/** The result of matching a path: its row, and the room that it names. */
export interface Match {
  readonly address: Address;
  /** The `:room` of the pattern; empty where it has none. */
  readonly room: string;
}
