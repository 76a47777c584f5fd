import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { StudioWords } from '../words/words.ts';
import type { Console } from './console.ts';

/** Makes the console available to every component of the page. */
export const ConsoleContext = createContext<Console | undefined>(undefined);

/** The console of this page. @throws Error outside of the studio page. */
export function useConsole(): Console {
  const studio = useContext(ConsoleContext);
  if (!studio) throw new Error('there is no console here');
  return studio;
}

/** The texts in the chosen language; the component renders again when the language changes. */
export const useWords = (): StudioWords => useConsole().words.value;
