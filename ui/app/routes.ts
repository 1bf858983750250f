import { index, layout, route } from '@remix-run/route-config';
import type { RouteConfig } from '@remix-run/route-config';

const routes: RouteConfig = [
  layout('routes/shell.tsx', [
    index('routes/overview.tsx'),
    route('deployments', 'routes/deployments/list.tsx'),
    route('deployments/new', 'routes/deployments/new.tsx'),
    route('deployments/:id', 'routes/deployments/page.tsx'),
    route('deployments/:id/files', 'routes/deployments/files.tsx'),
    route('deployments/:id/:command', 'routes/deployments/command.tsx'),
    route('machines', 'routes/machines/list.tsx'),
    route('machines/:id', 'routes/machines/page.tsx'),
    route('machines/:id/delete', 'routes/machines/delete.tsx'),
    route('images', 'routes/images/list.tsx'),
    route('images/:id', 'routes/images/page.tsx'),
    route('images/:id/delete', 'routes/images/delete.tsx'),
    route('templates', 'routes/templates/list.tsx'),
    route('templates/new', 'routes/templates/new.tsx'),
    route('templates/:id', 'routes/templates/page.tsx'),
    route('templates/:id/edit', 'routes/templates/edit.tsx'),
    route('templates/:id/delete', 'routes/templates/delete.tsx'),
    route('systems', 'routes/systems/list.tsx'),
    route('systems/:id', 'routes/systems/page.tsx'),
    route('systems/:id/delete', 'routes/systems/delete.tsx'),
    route('settings', 'routes/settings.tsx'),
    route('*', 'routes/not-found.tsx'),
  ]),
  route('sign-in', 'routes/sign-in.tsx'),
  route('sign-out', 'routes/sign-out.tsx'),
  route('preferences', 'routes/preferences.tsx'),
];
export default routes;
