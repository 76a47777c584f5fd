import type { Incident, IncidentAuthor } from '../incident.ts';

/** What a person wants to write; who they are was found out before. */
export type DeskWish =
  | { readonly act: 'open'; readonly author: IncidentAuthor; readonly title: string; readonly room?: string }
  | {
      readonly act: 'note';
      readonly author: IncidentAuthor;
      readonly id: string;
      readonly text: string;
      /** Of a host: the room. */
      readonly room?: string;
    }
  | { readonly act: 'close'; readonly author: IncidentAuthor; readonly id: string }
  | {
      readonly act: 'postmortem';
      readonly author: IncidentAuthor;
      readonly id: string;
      readonly text: string;
    };

/** An incident in the list: without minutes, clients, requests and what people wrote, which its own file has. */
export type IncidentOutline = Omit<Incident, 'minutes' | 'notes' | 'postmortems' | 'clients' | 'requests'>;

/** Longest title, note and account, in characters. */
export const MOST_TITLE = 140;
/** See `MOST_TITLE`. */
export const MOST_INCIDENT_NOTE = 500;
/** See `MOST_TITLE`. */
export const MOST_ACCOUNT = 30_000;
/** Incidents on one page of the list: as many as are held. */
export const MOST_LISTED = 500;
