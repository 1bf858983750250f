import { LOCALES } from '../../../domain/locale.ts';
import { TIME_ZONES } from '../../../domain/time-zone.ts';
import type { Asking } from '../api-client.server.ts';
import { settingsRequest } from './deployment-form.server.ts';
import { listImages } from './inventory.server.ts';
import { textOf } from './params.server.ts';

/** What the form of a template offers to choose from. */
export async function templateChoices(asking: Asking): Promise<{
  readonly images: readonly { readonly id: string; readonly name: string }[];
  readonly choices: { readonly locales: readonly string[]; readonly timeZones: readonly string[] };
}> {
  const { items } = await listImages(asking, { limit: 200 });
  return {
    images: items.map(({ id, name }) => ({ id, name })),
    choices: { locales: LOCALES, timeZones: TIME_ZONES },
  };
}

/**
 * A template as the API wants it. `kept` are presets that the form does not show (limits of single phases): saving the
 * form must not lose them.
 */
export function templateRequest(form: FormData, kept: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  const imageId = textOf(form, 'imageId');
  return {
    name: textOf(form, 'name').trim(),
    imageId: imageId === '' ? null : imageId,
    settings: { ...kept, ...settingsRequest(form) },
  };
}
