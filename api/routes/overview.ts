import { Router } from 'express';
import { overviewCounts } from '../../db/views/overview.ts';
import { parseMac } from '../../domain/identity.ts';
import { PLATFORMS } from '../../domain/platform.ts';
import type { Platform } from '../../domain/platform.ts';
import { explainBootFor } from '../boot/explain.ts';
import { ExplainQuery } from '../contract/deployments.ts';
import type { ApiDeps } from '../deps.ts';
import { atField } from '../http/fields.ts';
import { markPlace } from '../http/live.ts';

const PLATFORM_NAMES: Readonly<Record<Platform, string>> = {
  'hyperv-gen2': 'Hyper-V, generation 2',
  kvm: 'KVM and QEMU',
  vmware: 'VMware',
  'baremetal-uefi': 'Bare metal, UEFI',
  'baremetal-bios': 'Bare metal, BIOS',
};

/** Answers that belong to no single resource: the first page, the platforms, why a machine boots what it boots. */
export function overviewRoutes(deps: Pick<ApiDeps, 'pool' | 'engine'>): Router {
  const { pool } = deps;
  const router = Router();

  router.get('/overview', async (_req, res) => {
    await markPlace(pool, res);
    res.json(await overviewCounts(pool));
  });

  router.get('/platforms', (_req, res) => {
    res.json({ items: PLATFORMS.map((id) => ({ id, name: PLATFORM_NAMES[id] })) });
  });

  router.get('/boot/explain', async (req, res) => {
    const query = ExplainQuery.parse(req.query);
    const mac = atField('/mac', parseMac, query.mac);
    res.json(await explainBootFor(deps, mac));
  });

  return router;
}
