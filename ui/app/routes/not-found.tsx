import { data } from '@remix-run/node';
import type { ReactElement } from 'react';

export function loader(): never {
  // eslint-disable-next-line @typescript-eslint/only-throw-error -- how a loader reaches its error boundary
  throw data(null, { status: 404 });
}

export default function NotFound(): ReactElement {
  return <></>;
}
