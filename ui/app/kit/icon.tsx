import type { ReactElement } from 'react';

/** Drawn on a 16 × 16 grid with a 1.5 pen. */
const PATHS = {
  clock: 'M8 2.5a5.5 5.5 0 1 1 0 11a5.5 5.5 0 0 1 0-11M8 5v3.2l2 1.3',
  work: 'M13.5 8a5.5 5.5 0 1 1-3.2-5',
  pause: 'M8 2.5a5.5 5.5 0 1 1 0 11a5.5 5.5 0 0 1 0-11M6.6 6v4M9.4 6v4',
  tick: 'M8 2.5a5.5 5.5 0 1 1 0 11a5.5 5.5 0 0 1 0-11M5.5 8.2l1.8 1.8l3.3-3.7',
  cross: 'M8 2.5a5.5 5.5 0 1 1 0 11a5.5 5.5 0 0 1 0-11M6.2 6.2l3.6 3.6M9.8 6.2l-3.6 3.6',
  bar: 'M8 2.5a5.5 5.5 0 1 1 0 11a5.5 5.5 0 0 1 0-11M5.5 8h5',
  warning: 'M8 2.3l6 11H2zM8 6.3v3.2M8 11.4v.2',
  info: 'M8 2.5a5.5 5.5 0 1 1 0 11a5.5 5.5 0 0 1 0-11M8 7.3v3.4M8 5.2v.2',
  circle: 'M8 3.5a4.5 4.5 0 1 1 0 9a4.5 4.5 0 0 1 0-9',
  plus: 'M8 3v10M3 8h10',
  link: 'M6.5 3.5h-3v9h9v-3M9 3h4v4M13 3L7.5 8.5',
  search: 'M7 2.8a4.2 4.2 0 1 1 0 8.4a4.2 4.2 0 0 1 0-8.4M10.2 10.2l3.3 3.3',
  menu: 'M2.5 4.5h11M2.5 8h11M2.5 11.5h11',
} as const;
export type IconName = keyof typeof PATHS;

/** A picture beside a word. It repeats what the word says, so that assistive technology need not read it. */
export function Icon({ name, spin = false }: { readonly name: IconName; readonly spin?: boolean }): ReactElement {
  return (
    <svg
      className={spin ? 'spin shrink-0' : 'shrink-0'}
      width="16"
      height="16"
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.5"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      <path d={PATHS[name]} />
    </svg>
  );
}

/** The fleet: three machines, one of which is being deployed. */
export function Logo(): ReactElement {
  return (
    <svg width="26" height="26" viewBox="0 0 26 26" aria-hidden="true" fill="none">
      <rect x="2" y="3" width="22" height="5.5" rx="1.5" stroke="currentColor" strokeWidth="1.6" />
      <rect x="2" y="10.25" width="22" height="5.5" rx="1.5" className="fill-(--accent)" />
      <rect x="2" y="17.5" width="22" height="5.5" rx="1.5" stroke="currentColor" strokeWidth="1.6" />
      <path d="M6 5.75h.1M6 20.25h.1" stroke="currentColor" strokeWidth="2" strokeLinecap="round" />
      <path d="M6 13h.1" className="stroke-(--on-accent)" strokeWidth="2" strokeLinecap="round" />
    </svg>
  );
}
