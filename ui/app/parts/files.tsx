import type { ReactElement } from 'react';
import type { Preview } from '../../../api/contract/deployments.ts';

/** Each file a machine may fetch, folded but the first. */
export function Files({ preview }: { readonly preview: Preview }): ReactElement {
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-3">
      {preview.files.map(({ name, contentType, body }, index) => (
        <details key={name} className="card" open={index === 0}>
          <summary className="summary">
            <span className="mono me-3 font-semibold">{name}</span>
            <span className="text-sm text-muted">{contentType}</span>
          </summary>
          <pre className="code rounded-none! border-x-0! border-b-0!" lang="en" tabIndex={0} aria-label={name}>
            {body}
          </pre>
        </details>
      ))}
    </div>
  );
}
