import { Router } from 'express';
import { deleteMachine, insertMachine, replaceMacs, updateMachine, usersOfMachine } from '../../db/machines.ts';
import { openDeploymentOf } from '../../db/deployments.ts';
import { inTransaction } from '../../db/pool.ts';
import { listMachines, machineView } from '../../db/views/machines.ts';
import { DomainError } from '../../domain/errors.ts';
import { parseMac, parseSmbiosUuid } from '../../domain/identity.ts';
import type { Mac } from '../../domain/identity.ts';
import { guessPlatform } from '../../domain/platform.ts';
import { IdParams } from '../contract/common.ts';
import { CreateMachine, CreateQuery, MachineQuery, PatchMachine } from '../contract/inventory.ts';
import type { ApiDeps } from '../deps.ts';
import { createOnce } from '../http/create-once.ts';
import { atField } from '../http/fields.ts';
import { markPlace } from '../http/live.ts';

/** Hardware that we know: registered by people, or seen when it asked for a boot script. */
export function machineRoutes(deps: Pick<ApiDeps, 'pool' | 'keyring'>): Router {
  const { pool } = deps;
  const router = Router();

  router.get('/machines', async (req, res) => {
    const query = MachineQuery.parse(req.query);
    await markPlace(pool, res);
    res.json(await listMachines(pool, query));
  });

  router.post('/machines', async (req, res) => {
    await createOnce(deps, req, res, {
      prepare: () => {
        const { demo } = CreateQuery.parse(req.query);
        const body = CreateMachine.parse(req.body);
        const smbiosUuid =
          body.smbiosUuid === undefined ? undefined : atField('/smbiosUuid', parseSmbiosUuid, body.smbiosUuid);
        return {
          name: body.name,
          macs: parseMacs(body.macs),
          smbiosUuid: smbiosUuid ?? null,
          serial: body.serial ?? '',
          platform: body.platform ?? guessPlatform({}),
          demo,
        };
      },
      insert: async (tx, machine) => {
        const id = await insertMachine(tx, machine);
        return { path: `/api/v1/machines/${id}`, body: await machineView(tx, id) };
      },
    });
  });

  router.get('/machines/:id', async (req, res) => {
    const { id } = IdParams.parse(req.params);
    await markPlace(pool, res);
    res.json(await machineView(pool, id));
  });

  router.patch('/machines/:id', async (req, res) => {
    const { id } = IdParams.parse(req.params);
    const { macs, ...change } = PatchMachine.parse(req.body);
    const changed = macs === undefined ? undefined : parseMacs(macs);
    const view = await inTransaction(pool, async (tx) => {
      if (!(await updateMachine(tx, id, change))) throw unknown(id);
      if (changed !== undefined) {
        await refuseWhileDeploying(tx, id);
        await replaceMacs(tx, id, changed);
      }
      return machineView(tx, id);
    });
    res.json(view);
  });

  router.delete('/machines/:id', async (req, res) => {
    const { id } = IdParams.parse(req.params);
    const usedBy = await usersOfMachine(pool, id);
    if (usedBy.length > 0)
      throw new DomainError('still-in-use', 'The records of this machine are kept. Delete them first.', {
        facts: { usedBy },
      });
    if (!(await deleteMachine(pool, id))) throw unknown(id);
    res.status(204).end();
  });

  return router;
}

function parseMacs(texts: readonly string[]): readonly Mac[] {
  return texts.map((text, index) => atField(`/macs/${index}`, parseMac, text));
}

/** The open deployment's boot script goes by its address; under way, it may not change. */
async function refuseWhileDeploying(tx: Parameters<typeof openDeploymentOf>[0], id: string): Promise<void> {
  const deploymentId = await openDeploymentOf(tx, id);
  if (deploymentId !== undefined)
    throw new DomainError(
      'machine-already-deploying',
      'The addresses of a machine stay as they are while it deploys.',
      {
        facts: { deploymentId },
      },
    );
}

function unknown(id: string): DomainError {
  return new DomainError('not-found', `There is no machine ${id}.`);
}
