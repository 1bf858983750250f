/** A line `NAME=value` of a settings file, unquoted as a shell would; '' when there is none. */
export function setting(file: string, name: string): string {
  const line = file.split(/\r?\n/).find((candidate) => candidate.startsWith(`${name}=`));
  const value = line?.slice(name.length + 1) ?? '';
  return /^'.*'$/.test(value) ? value.slice(1, -1).replaceAll(`'\\''`, `'`) : value.replace(/^"(.*)"$/, '$1');
}

/** The value that the first `set "NAME=value"` of a cmd script gives; '' when there is none. */
export function cmdVariable(script: string, name: string): string {
  const start = `set "${name}=`;
  const line = script.split(/\r?\n/).find((candidate) => candidate.startsWith(start) && candidate.endsWith('"'));
  return (line?.slice(start.length, -1) ?? '').replaceAll('%%', '%');
}

/** The text of the first element of this name, in whatever namespace prefix; '' when there is none. */
export function xmlText(document: string, element: string): string {
  const found = new RegExp(`<${element}>([^<]*)</${element}>`).exec(document)?.[1] ?? '';
  return found
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&apos;', "'")
    .replaceAll('&amp;', '&');
}
