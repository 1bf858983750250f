import { Router } from 'express';
import { onlyGet } from '../http/only-get.ts';
import { openApiDocument } from './document.ts';

/** `GET /openapi.json`. Made once: it changes with the program only. */
export function openApiRoutes({ publicUrl }: { readonly publicUrl: string }): Router {
  const router = Router();
  const document = JSON.stringify(openApiDocument(publicUrl));

  router.get('/openapi.json', (_req, res) => {
    res.type('application/json').set('Cache-Control', 'no-cache').send(document);
  });

  router.all('/openapi.json', onlyGet);
  return router;
}
