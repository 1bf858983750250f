import { useRef, useState } from 'react';
import type { ReactElement } from 'react';
import { useTexts } from './context.tsx';

/** Text to take away. Plain HTTP has no clipboard API; there the text is selected for the keyboard's own copy. */
export function CopyText({ text, label }: { readonly text: string; readonly label: string }): ReactElement {
  const { access } = useTexts();
  const [copied, setCopied] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  function copy(): void {
    field.current?.select();
    if (!window.isSecureContext) return;
    navigator.clipboard.writeText(text).then(
      () => setCopied(true),
      () => setCopied(false),
    );
  }
  return (
    <span className="flex gap-2">
      <input ref={field} className="input mono" readOnly value={text} aria-label={label} />
      <button type="button" className="btn" onClick={copy}>
        {copied ? access.copied : access.copy}
      </button>
    </span>
  );
}
