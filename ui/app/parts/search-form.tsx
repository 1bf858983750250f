import type { ReactElement } from 'react';
import { useTexts } from '../kit/context.tsx';
import { Form, Link } from '../kit/nav.tsx';

/** Search that lives in the address: it survives a reload, and a link to it is the saved view. */
export function SearchForm({
  q,
  clearTo,
  hidden = {},
}: {
  readonly q: string;
  readonly clearTo: string;
  readonly hidden?: Readonly<Record<string, string>>;
}): ReactElement {
  const { shell } = useTexts();
  return (
    <Form method="get" role="search" className="mb-4 flex flex-wrap gap-2">
      {Object.entries(hidden).map(([name, value]) => (
        <input key={name} type="hidden" name={name} value={value} />
      ))}
      <SearchField q={q} placeholder={shell.search} />
      <button className="btn">{shell.search}</button>
      {q === '' ? null : (
        <Link className="btn btn-quiet" to={clearTo}>
          {shell.clear}
        </Link>
      )}
    </Form>
  );
}

/** The field alone, for a form that asks for more than a word. */
export function SearchField({ q, placeholder }: { readonly q: string; readonly placeholder: string }): ReactElement {
  const { shell } = useTexts();
  return (
    <>
      <label className="sr-only" htmlFor="q">
        {shell.search}
      </label>
      <input
        key={q}
        id="q"
        name="q"
        type="search"
        defaultValue={q}
        placeholder={placeholder}
        className="input max-w-72"
      />
    </>
  );
}
