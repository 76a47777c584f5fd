/** What pages report of their visitors: small batches, sent with `sendBeacon` to `POST /r/:slug/events`. */
import { JOIN_FAILURES, type JoinFailure } from './metrics.ts';

/** The events that pages can report. */
export const EVENT_NAMES = [
  /** The room's page was loaded, or came back after 30 minutes without a sign. */
  'visit',
  /** Listen was pressed. */
  'attempt',
  /** A player tried again by itself; its key is the attempt's. Told apart by the detail, which counts from 1. */
  'retry',
  /** The first sound of an attempt was played within 30 s; its key is the attempt's. The detail: after how many ms. */
  'success',
  /** An attempt was no success; its key is the attempt's, the detail says why. */
  'failure',
  /** Half of the room's card was visible for a second, on a page of this server. */
  'impression',
  /** The same for a card or player inside another site. */
  'embed-impression',
  /**
   * The page of the room, or its studio, is open; its key is the page's. The detail: for how many slots of 10 s it will
   * be before it says so again.
   */
  'page-open',
] as const;
/** The name of an event that pages can report. */
export type AudienceEventName = (typeof EVENT_NAMES)[number];

/**
 * An event: its name, key and detail. The key is random and the same in every repetition, so that a repeated event
 * counts once.
 */
export type AudienceEvent = readonly [name: AudienceEventName, key: string, detail?: string];

/** A report of events from one page. */
export interface EventReport {
  readonly v: 1;
  /** The session's token, where the page has one. */
  readonly session?: string;
  /** 1 to `MAX_EVENTS`. */
  readonly events: readonly AudienceEvent[];
}

/** Most events in one report. */
export const MAX_EVENTS = 32;
/** Longest report, in bytes. */
export const MAX_REPORT_BYTES = 2048;
/** Longest time from an attempt to its first sound for the attempt to count as a success, ms. */
export const JOIN_PATIENCE_MS = 30_000;
/** Time without a sign of life after which a page begins a new visit, ms. */
export const VISIT_IDLE_MS = 30 * 60_000;
/** Characters of a session's token at most. */
const MAX_TOKEN = 256;
/** 64 to 132 random bits in base64url. */
const KEY = /^[\w-]{11,22}$/;
const RETRY = /^[1-9]\d{0,3}$/;
const TOOK = /^\d{1,5}$/;
/** Two minutes at most. */
const SLOTS_OPEN = /^(?:[1-9]|1[0-2])$/;

const isFailure = (text: unknown): text is JoinFailure => JOIN_FAILURES.includes(text as JoinFailure);

function isEvent(value: unknown): value is AudienceEvent {
  if (!Array.isArray(value) || value.length < 2 || value.length > 3) return false;
  const [name, key, detail] = value as unknown[];
  if (typeof key !== 'string' || !KEY.test(key)) return false;
  if (name === 'failure') return isFailure(detail);
  if (name === 'success') return detail === undefined || (typeof detail === 'string' && TOOK.test(detail));
  if (name === 'retry') return typeof detail === 'string' && RETRY.test(detail);
  if (name === 'page-open') return typeof detail === 'string' && SLOTS_OPEN.test(detail);
  return EVENT_NAMES.includes(name as AudienceEventName) && detail === undefined;
}

/** Reads a report from an untrusted client; undefined when any part of it is invalid, and then none of it counts. */
export function readEventReport(text: string): EventReport | undefined {
  if (text.length > MAX_REPORT_BYTES) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const { v, session, events, ...rest } = (value ?? {}) as Record<string, unknown>;
  if (v !== 1 || Object.keys(rest).length > 0 || !Array.isArray(events)) return undefined;
  if (session !== undefined && (typeof session !== 'string' || session.length > MAX_TOKEN)) return undefined;
  if (events.length < 1 || events.length > MAX_EVENTS || !events.every(isEvent)) return undefined;
  return { v, ...(session === undefined ? {} : { session }), events };
}
