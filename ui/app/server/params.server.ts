import { data } from '@remix-run/node';
import { isUuid } from '../../../domain/identity.ts';

/** The id in a route's path. What is no id is no page; the service need not be asked. */
export function idIn(params: { readonly id?: string }): string {
  if (params.id !== undefined && isUuid(params.id)) return params.id;
  // eslint-disable-next-line @typescript-eslint/only-throw-error -- how a loader reaches its error boundary
  throw data(null, { status: 404 });
}

/** A form's text field; empty when it was not sent. */
export function textOf(form: FormData, name: string): string {
  const value = form.get(name);
  return typeof value === 'string' ? value : '';
}
