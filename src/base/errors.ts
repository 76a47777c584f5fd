/** The catalogue of all refusals. Each code has a section in docs/errors.md; test/house compares the two. */
export const ERRORS = {
  'bad-request': { status: 400, title: 'The request could not be understood' },
  'bad-sdp': {
    status: 400,
    title: 'The session description is malformed or asks for something Earshot does not offer',
  },
  'bad-config': { status: 500, title: 'The configuration has a key or value that Earshot does not accept' },
  'token-missing': { status: 401, title: 'This needs a host or speaker link' },
  'account-needed': { status: 401, title: 'This needs an account' },
  'token-invalid': { status: 401, title: 'The link was altered, or is not from this server' },
  'token-expired': { status: 401, title: 'The link has expired' },
  'token-other-room': { status: 403, title: 'The link belongs to another room' },
  'not-host': { status: 403, title: 'Only the host can do this' },
  'not-author': { status: 403, title: 'Only its author can do this' },
  blocked: { status: 403, title: 'One of the two has blocked the other' },
  'operator-only': { status: 403, title: 'Only the operator of this server can do this' },
  'foreign-page': { status: 403, title: 'A form on another site cannot do this' },
  'room-unknown': { status: 404, title: 'No room has this address' },
  'not-found': { status: 404, title: 'Nothing is at this address' },
  'session-unknown': { status: 404, title: 'This speaking session has ended' },
  'method-not-allowed': { status: 405, title: 'This address does not take that method' },
  'already-on-stage': { status: 409, title: 'Someone is already speaking with this link' },
  'slug-taken': { status: 409, title: 'Another room has, or had, this address' },
  'profile-needed': { status: 409, title: 'This account has not chosen its address yet' },
  'wrong-moment': { status: 409, title: 'The room cannot do this in its current state' },
  'room-not-open': { status: 409, title: 'The room is not open' },
  'room-ended': { status: 410, title: 'The conversation has ended' },
  'room-stopped': { status: 403, title: 'The operator of this server has stopped this room' },
  'account-not-listed': { status: 404, title: 'No room here has this account on its list' },
  'link-withdrawn': { status: 403, title: 'This link was withdrawn by the host' },
  'post-deleted': { status: 410, title: 'This post was deleted' },
  'images-full': { status: 507, title: 'There is no more room for images' },
  'recording-removed': { status: 410, title: 'The recording is no longer here' },
  removed: { status: 403, title: 'The host removed this person from the stage' },
  banned: { status: 403, title: 'A host has banned this person from the stage of the room' },
  'reactions-closed': { status: 403, title: 'Nobody can react in this room now' },
  'questions-closed': { status: 403, title: 'No question can be asked in this room now' },
  'questions-full': { status: 429, title: 'There are as many questions or votes as the room takes' },
  'hands-closed': { status: 403, title: 'No hand can be raised in this room now' },
  'hands-full': { status: 429, title: 'As many hands are up as the room takes' },
  'hand-over': { status: 410, title: 'This hand is down' },
  'moved-to-listeners': { status: 409, title: 'A host moved this person to the listeners' },
  'etag-mismatch': { status: 412, title: 'It has changed in the meantime' },
  'etag-missing': { status: 428, title: 'The request must say which state of the session it means' },
  'repeat-running': { status: 409, title: 'The same request is being answered already' },
  'repeat-differs': { status: 422, title: 'This Idempotency-Key came with another request before' },
  'too-large': { status: 413, title: 'The request is larger than accepted' },
  'head-too-large': { status: 431, title: 'The request line or its header fields are longer than accepted' },
  'too-slow': { status: 408, title: 'The request did not arrive in time' },
  'unsupported-media-type': { status: 415, title: 'The content type is not accepted here' },
  unprocessable: { status: 422, title: 'A value is outside what is accepted' },
  'unlike-figures': { status: 422, title: 'These figures count different things and are not added' },
  'numbers-unknown': { status: 404, title: 'Nothing has been counted in this room yet' },
  'too-many-changes': { status: 429, title: 'This room was changed too often in the last few seconds' },
  'too-many-passwords': { status: 429, title: 'Too many attempts to enter private rooms' },
  'too-many-rooms': { status: 429, title: 'Too many rooms were started in the last minute' },
  'too-many-reminders': { status: 429, title: 'Too many reminders were asked for' },
  crowded: {
    status: 429,
    title: 'This server is busy with the people who are listening; try again in a moment',
  },
  'over-share': {
    status: 429,
    title: 'This address takes more than its share of a busy server; try again in a moment',
  },
  denied: { status: 403, title: 'The operator of this server does not serve this address' },
  'too-often': { status: 429, title: 'These requests come faster than one link may send them' },
  internal: { status: 500, title: 'Earshot made a mistake; the log has the cause' },
  'door-full': {
    status: 503,
    title: 'This server has all the connections it can hold; try again in a moment',
  },
  'doors-away': { status: 503, title: 'This server is starting or restarting; try again in a moment' },
  'stage-full': { status: 503, title: 'The stage is full' },
  'media-unavailable': { status: 503, title: 'The studio cannot open a media connection right now' },
  'rooms-full': { status: 503, title: 'This server has as many open rooms as it can carry' },
  'studio-away': {
    status: 503,
    title: 'The studio is not answering right now; try again in a few seconds',
  },
  'site-away': {
    status: 503,
    title: 'The list of rooms is not answering right now; rooms on air are not affected',
  },
  'numbers-away': {
    status: 503,
    title: 'The numbers of this room do not answer right now; try again in a minute',
  },
  'database-away': {
    status: 503,
    title: 'The list of rooms cannot be read or changed right now; rooms on air are not affected',
  },
  'tally-away': {
    status: 503,
    title: 'The figures and their evidence are not answering right now; rooms on air are not affected',
  },
  'evidence-unreadable': { status: 503, title: 'The evidence log cannot be read right now' },
  'witnesses-full': { status: 503, title: 'The evidence log has as many witnesses as it keeps' },
  'loudness-unknown': { status: 503, title: 'The loudness of this recording is being measured' },
  'recording-unreadable': { status: 503, title: 'The recording cannot be read right now' },
  'disk-full': { status: 507, title: 'The recording has a gap because the disk is full' },
} as const satisfies Record<string, { status: number; title: string }>;

/** A stable error code, part of the public API. */
export type ErrorCode = keyof typeof ERRORS;

/** A refusal or a broken promise with a stable code. `detail` says what to do, in plain words. */
export class EarshotError extends Error {
  readonly code: ErrorCode;
  constructor(code: ErrorCode, detail?: string, options?: { cause?: unknown }) {
    super(detail ?? ERRORS[code].title, options);
    this.name = 'EarshotError';
    this.code = code;
  }
}

/** What went wrong in the words of whoever noticed, without the name of its class: for the log. */
export const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
