import type { Context, Hono } from 'hono';
import type { EditRefusal } from './refusal.ts';
import type { ReplayDeps, RoomMember } from './replay-deps.ts';

/** What every group of routes shares. */
export interface EditRoutes {
  readonly app: Hono;
  readonly deps: ReplayDeps;
  /** The caller, when a link of these roles lets them change this room now. */
  changing(c: Context, roles: readonly RoomMember['role'][]): Promise<RoomMember | EditRefusal>;
  /** The same without counting it as a change. */
  member(c: Context, roles: readonly RoomMember['role'][]): Promise<RoomMember | EditRefusal>;
  /** A new id: letters and digits that nobody confuses. */
  id(): string;
}
