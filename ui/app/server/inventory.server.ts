import type { z } from 'zod';
import {
  AssetList,
  ImagePage,
  ImageView,
  MachinePage,
  MachineView,
  SystemPage,
  SystemView,
  TemplatePage,
  TemplateView,
} from '../../../api/contract/inventory.ts';
import { read, write } from '../api-client.server.ts';
import type { Asking, Query } from '../api-client.server.ts';

const at = (collection: string, id: string) => `/${collection}/${encodeURIComponent(id)}`;

export const listMachines = (asking: Asking, query: Query): Promise<z.infer<typeof MachinePage>> =>
  read(asking, '/machines', MachinePage, query);
export const readMachine = (asking: Asking, id: string): Promise<MachineView> =>
  read(asking, at('machines', id), MachineView);
export async function patchMachine(asking: Asking, id: string, body: unknown): Promise<void> {
  await write(asking, 'PATCH', at('machines', id), { body });
}
export async function deleteMachine(asking: Asking, id: string): Promise<void> {
  await write(asking, 'DELETE', at('machines', id));
}

export const listImages = (asking: Asking, query: Query): Promise<z.infer<typeof ImagePage>> =>
  read(asking, '/images', ImagePage, query);
export const readImage = (asking: Asking, id: string): Promise<ImageView> => read(asking, at('images', id), ImageView);
export async function renameImage(asking: Asking, id: string, name: string): Promise<void> {
  await write(asking, 'PATCH', at('images', id), { body: { name } });
}
export async function deleteImage(asking: Asking, id: string): Promise<void> {
  await write(asking, 'DELETE', at('images', id));
}
export const listAssets = (asking: Asking): Promise<z.infer<typeof AssetList>> => read(asking, '/assets', AssetList);

export const listTemplates = (asking: Asking, query: Query): Promise<z.infer<typeof TemplatePage>> =>
  read(asking, '/templates', TemplatePage, query);
export const readTemplate = (asking: Asking, id: string): Promise<TemplateView> =>
  read(asking, at('templates', id), TemplateView);
export async function createTemplate(asking: Asking, body: unknown): Promise<string> {
  const response = await write(asking, 'POST', '/templates', { body });
  return TemplateView.parse(await response.json()).id;
}
export async function patchTemplate(asking: Asking, id: string, body: unknown): Promise<void> {
  await write(asking, 'PATCH', at('templates', id), { body });
}
export async function deleteTemplate(asking: Asking, id: string): Promise<void> {
  await write(asking, 'DELETE', at('templates', id));
}

export const listSystems = (asking: Asking, query: Query): Promise<z.infer<typeof SystemPage>> =>
  read(asking, '/systems', SystemPage, query);
export const readSystem = (asking: Asking, id: string): Promise<SystemView> =>
  read(asking, at('systems', id), SystemView);
export async function deleteSystem(asking: Asking, id: string): Promise<void> {
  await write(asking, 'DELETE', at('systems', id));
}
