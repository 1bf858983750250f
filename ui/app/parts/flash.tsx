import { useEffect, useState } from 'react';
import type { ReactElement } from 'react';
import { FLASHES } from '../i18n/commands.ts';
import type { Flash } from '../i18n/commands.ts';
import { useTexts } from '../kit/context.tsx';
import { Notice } from '../kit/layout.tsx';
import { useLocation } from '../kit/nav.tsx';

function isFlash(value: string | null): value is Flash {
  return value !== null && FLASHES.includes(value);
}

/** What was just done, named in the address as `?said=…`; a script takes the word out again, so that a reload is silent. */
export function FlashNotice(): ReactElement | null {
  const { commands } = useTexts();
  const { search, pathname, key } = useLocation();
  const said = new URLSearchParams(search).get('said');
  const [shown, setShown] = useState({ pathname, said });
  if (said !== null && (shown.said !== said || shown.pathname !== pathname)) setShown({ pathname, said });

  useEffect(() => {
    const url = new URL(window.location.href);
    if (!url.searchParams.has('said')) return;
    url.searchParams.delete('said');
    window.history.replaceState(window.history.state, '', url);
  }, [key]);

  if (!isFlash(shown.said) || shown.pathname !== pathname) return null;
  const wentWrong = shown.said === 'cancel' || shown.said === 'fail' || shown.said === 'delete';
  return (
    <div role="status">
      <Notice tone={wentWrong ? 'grey' : 'green'}>{commands.sent[shown.said]}</Notice>
    </div>
  );
}
