/**
 * Who may do what to a room, and when: the one table that every route of rooms asks. `permissions.test.ts` holds each
 * row, role and state against the running routes.
 */
import type { ErrorCode } from '../../base/errors.ts';
import type { RoomStatus } from '../../wire/room.ts';

/**
 * What somebody is in a room. `listener`: let into a private room as a guest; anybody in a room that is not private.
 * `stranger`: shows nothing.
 */
export type RoomRole = 'operator' | 'host' | 'co-host' | 'speaker' | 'listener' | 'stranger';

/** The state that decides what may be done: a draft is not announced yet. */
export type RoomPhase = RoomStatus | 'draft';

/** What can be done to a room. */
export type RoomAct =
  | 'read'
  | 'edit'
  | 'read-settings'
  | 'read-forecast'
  | 'settings'
  | 'publish'
  | 'open'
  | 'live'
  | 'standby'
  | 'end'
  | 'cancel'
  | 'continue'
  | 'remove'
  | 'remove-recording'
  | 'invite-speaker'
  | 'invite-co-host'
  | 'invite-guest'
  | 'invite-host'
  | 'remove-person'
  | 'invite-account'
  | 'read-invitations'
  | 'take-back-invitation'
  | 'read-members'
  | 'remove-member'
  | 'renew-links'
  | 'renew-keys'
  | 'write-note'
  | 'read-music'
  | 'send-music'
  | 'remove-music'
  | 'stop'
  | 'resume'
  | 'release';

/** One row: who may, and in which states nobody may. */
export interface Permission {
  /** Method and path of its route. */
  readonly route: `${'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'} ${string}`;
  readonly roles: readonly RoomRole[];
  /** The refusal in each state in which it makes no sense. */
  readonly not?: Partial<Readonly<Record<RoomPhase, ErrorCode>>>;
  /** What a co-host is told who may not. */
  readonly hostOnly?: string;
}

const OPERATOR = ['operator'] as const;
const HOST = ['operator', 'host'] as const;
const HOSTS = ['operator', 'host', 'co-host'] as const;
const ALL = ['operator', 'host', 'co-host', 'speaker', 'listener', 'stranger'] as const;

const ENDED = 'room-ended';
const MOMENT = 'wrong-moment';
const OVER = { ended: ENDED, cancelled: ENDED } as const;
const STOPPED = { stopped: 'room-stopped' } as const;
const RUNNING = { open: MOMENT, live: MOMENT, stopped: MOMENT } as const;

/** The table. */
export const PERMISSIONS: Readonly<Record<RoomAct, Permission>> = {
  read: { route: 'GET /api/rooms/:slug', roles: ALL },
  edit: { route: 'PATCH /api/rooms/:slug', roles: HOSTS, not: { cancelled: ENDED } },
  'read-settings': { route: 'GET /api/rooms/:slug/settings', roles: HOSTS },
  'read-forecast': { route: 'GET /api/rooms/:slug/forecast', roles: HOSTS },
  settings: {
    ...{ route: 'PATCH /api/rooms/:slug/settings', roles: HOST },
    hostOnly: 'Only the host decides who may come.',
  },
  publish: {
    ...{ route: 'POST /api/rooms/:slug/publish', roles: HOSTS, not: { ...OVER } },
  },
  open: { route: 'POST /api/rooms/:slug/open', roles: HOSTS, not: { live: MOMENT, ...OVER, ...STOPPED } },
  live: { route: 'POST /api/rooms/:slug/live', roles: HOSTS, not: { ...OVER, ...STOPPED } },
  standby: {
    ...{ route: 'POST /api/rooms/:slug/standby', roles: HOSTS },
    not: { draft: MOMENT, scheduled: MOMENT, ...OVER, ...STOPPED },
  },
  end: {
    ...{ route: 'POST /api/rooms/:slug/end', roles: HOSTS },
    not: { draft: MOMENT, scheduled: MOMENT, cancelled: ENDED },
  },
  cancel: {
    ...{ route: 'POST /api/rooms/:slug/cancel', roles: HOSTS },
    not: { live: MOMENT, stopped: MOMENT, ended: ENDED },
  },
  continue: {
    ...{ route: 'POST /api/rooms/:slug/continue', roles: HOSTS },
    not: { draft: MOMENT, scheduled: MOMENT, ...OVER, ...STOPPED },
  },
  remove: {
    ...{
      route: 'DELETE /api/rooms/:slug',
      roles: HOST,
      not: { live: MOMENT, open: MOMENT, stopped: MOMENT },
    },
    hostOnly: 'Only the host can remove a room.',
  },
  'remove-recording': {
    ...{ route: 'DELETE /api/rooms/:slug/recording', roles: HOST, not: RUNNING },
    hostOnly: 'Only the host can remove a recording.',
  },
  'invite-speaker': { route: 'POST /api/rooms/:slug/invites', roles: HOSTS, not: OVER },
  'invite-co-host': {
    ...{ route: 'POST /api/rooms/:slug/invites', roles: HOST, not: OVER },
    hostOnly: 'role: a co-host can invite speakers only.',
  },
  // The replay of a private room is for guests, too.
  'invite-guest': { route: 'POST /api/rooms/:slug/invites', roles: HOSTS, not: { cancelled: ENDED } },
  // A way back for a host who has lost their link: they still want the recording.
  'invite-host': { route: 'POST /api/rooms/:slug/invites', roles: OPERATOR },
  'remove-person': {
    ...{ route: 'DELETE /api/rooms/:slug/people/:id', roles: HOST },
    // Whose link is whose only the stage knows: there co-hosts remove people, but no host.
    hostOnly: 'A co-host can remove people in the studio, not here.',
  },
  'invite-account': {
    ...{ route: 'POST /api/rooms/:slug/invitations', roles: HOSTS, not: { cancelled: ENDED } },
  },
  'read-invitations': { route: 'GET /api/rooms/:slug/invitations', roles: HOSTS },
  'take-back-invitation': {
    ...{ route: 'DELETE /api/rooms/:slug/invitations/:id', roles: HOST },
    hostOnly: 'Only the host takes an invitation back.',
  },
  'read-members': { route: 'GET /api/rooms/:slug/members', roles: HOSTS },
  'remove-member': {
    ...{ route: 'DELETE /api/rooms/:slug/members/:id', roles: HOST },
    hostOnly: 'Only the host removes accounts from a room.',
  },
  'renew-links': {
    ...{ route: 'POST /api/rooms/:slug/links/renew', roles: HOST },
    hostOnly: 'Only the host can withdraw the links of a room.',
  },
  'renew-keys': {
    ...{ route: 'POST /api/rooms/:slug/keys/renew', roles: HOST },
    hostOnly: 'Only the host can withdraw the keys of a room.',
  },
  'write-note': { route: 'POST /api/rooms/:slug/notes', roles: HOSTS },
  'read-music': { route: 'GET /api/rooms/:slug/music', roles: HOSTS },
  'send-music': { route: 'PUT /api/rooms/:slug/music', roles: HOSTS, not: OVER },
  'remove-music': { route: 'DELETE /api/rooms/:slug/music', roles: HOSTS },
  stop: { route: 'POST /api/rooms/:slug/stop', roles: OPERATOR, not: { cancelled: ENDED } },
  resume: {
    ...{ route: 'POST /api/rooms/:slug/resume', roles: OPERATOR },
    not: { draft: MOMENT, scheduled: MOMENT, open: MOMENT, live: MOMENT, ended: MOMENT, cancelled: MOMENT },
  },
  release: {
    ...{ route: 'POST /api/rooms/:slug/release', roles: OPERATOR },
    // Only where it is kept apart, which no state says.
  },
};

/**
 * What of the host's a co-host may do who stands in for them: nothing that would keep the host from coming back, or take
 * from them what cannot be had again.
 */
export const STAND_IN: ReadonlySet<RoomAct> = new Set(['settings', 'invite-co-host', 'renew-keys']);

/** Why this role may not do this now; undefined when it may. */
export function forbidden(
  act: RoomAct,
  role: RoomRole,
  phase: RoomPhase,
): { readonly refused: ErrorCode; readonly detail?: string; readonly by: 'role' | 'state' } | undefined {
  const { roles, not, hostOnly } = PERMISSIONS[act];
  if (!roles.includes(role)) {
    if (role === 'stranger') return { refused: 'token-missing', by: 'role' };
    const host = role === 'host' || role === 'co-host';
    if (host && roles === OPERATOR) return { refused: 'operator-only', by: 'role' };
    return { refused: 'not-host', by: 'role', ...(host && hostOnly ? { detail: hostOnly } : {}) };
  }
  const refused = not?.[phase];
  return refused && { refused, by: 'state' };
}
