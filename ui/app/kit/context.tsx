import { createContext, useContext, useEffect, useState } from 'react';
import type { ReactElement, ReactNode } from 'react';
import type { Language } from '../i18n/language.ts';
import { MESSAGES } from '../i18n/messages.ts';
import type { Messages } from '../i18n/messages.ts';

interface Reader {
  readonly language: Language;
  readonly zone: string;
  /** When the server wrote this page, in milliseconds: the first render in the browser uses the same clock. */
  readonly writtenAt: number;
}

const ReaderContext = createContext<Reader>({ language: 'en', zone: 'UTC', writtenAt: 0 });
const ClockContext = createContext(0);

/** Who reads the page (language, time zone) and what time it is, for everything below. */
export function ReaderProvider({
  reader,
  children,
}: {
  readonly reader: Reader;
  readonly children: ReactNode;
}): ReactElement {
  const [now, setNow] = useState(reader.writtenAt);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, []);
  return (
    <ReaderContext.Provider value={reader}>
      <ClockContext.Provider value={Math.max(now, reader.writtenAt)}>{children}</ClockContext.Provider>
    </ReaderContext.Provider>
  );
}

export function useReader(): Reader {
  return useContext(ReaderContext);
}

/** The texts in the reader's language. */
export function useTexts(): Messages {
  return MESSAGES[useReader().language];
}

/** Now, in milliseconds; changes every second. */
export function useNow(): number {
  return useContext(ClockContext);
}
