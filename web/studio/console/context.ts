import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { Words } from '../words/words.ts';
import type { Desk } from './console.ts';

/** Hands the desk to every component of the page. */
export const DeskContext = createContext<Desk | undefined>(undefined);

/** The desk. @throws Error outside of the studio page. */
export function useDesk(): Desk {
  const desk = useContext(DeskContext);
  if (!desk) throw new Error('there is no desk here');
  return desk;
}

/** The words of the chosen language; the component is drawn again when it changes. */
export const useWords = (): Words => useDesk().words.value;
