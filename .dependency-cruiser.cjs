/** Which way imports may point. Read it top to bottom: every layer lists all it may see (docs/architecture.md). */
const may = (layer, ...allowed) => ({
  name: `${layer}-sees-only-what-it-may`,
  severity: 'error',
  from: { path: `^${layer}/`, pathNot: '\\.test\\.tsx?$' },
  to: { pathNot: [`^${layer}/`, ...allowed], dependencyTypesNot: ['type-only'] },
});

const npm = (name) => `^node_modules/(@types/)?${name}/`;
const node = (names) => `^(node:)?(${names})$`;

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'no-orphans',
      severity: 'error',
      from: { orphan: true, pathNot: ['\\.(test|config|d)\\.', '^bin/', '^ui/app/(routes|root|entry)', '^\\.'] },
      to: {},
    },
    {
      name: 'tests-are-leaves',
      severity: 'error',
      from: { pathNot: '(\\.test\\.tsx?$)|^test/' },
      to: { path: '(\\.test\\.tsx?$)|^test/' },
    },
    may('domain'),
    // The agents' texts are handed out by the renderers; hashing is as pure as quoting.
    may('pxe', '^domain/', '^agent/', npm('xml2js'), npm('yaml'), node('crypto')),
    // Child processes and locks: what PostgreSQL and Temporal need to be started by us.
    may('process', node('child_process|events|fs/promises|path|readline|timers/promises|util')),
    may(
      'db',
      '^domain/',
      '^keyring\\.ts$',
      '^process/',
      npm('pg'),
      node('fs|fs/promises|path|url|crypto|buffer|timers/promises|child_process|module|os|util'),
    ),
    may('activities', '^domain/', '^pxe/', npm('@temporalio/(activity|common)')),
    may('workflows', '^domain/', npm('@temporalio/(workflow|common)')),
    may(
      'temporal',
      '^domain/',
      '^pxe/',
      '^db/',
      '^activities/',
      '^workflows/messages\\.ts$',
      '^(config|keyring|credentials)\\.ts$',
      '^process/',
      npm('@temporalio/[a-z]+'),
      npm('pino'),
      node(
        'url|path|timers|timers/promises|fs|fs/promises|child_process|net|os|crypto|events|stream|stream/promises|zlib|readline|util',
      ),
    ),
    may(
      'api',
      '^domain/',
      '^pxe/',
      '^db/',
      '^temporal/',
      '^(config|keyring|credentials)\\.ts$',
      npm('express'),
      npm('express-rate-limit'),
      npm('helmet'),
      npm('compression'),
      npm('zod'),
      npm('@node-rs/argon2'),
      npm('pino'),
      npm('prom-client'),
      node(
        'buffer|crypto|http|fs|fs/promises|path|stream|stream/promises|url|timers/promises|events|os|string_decoder',
      ),
    ),
    may(
      'ui',
      '^api/contract/',
      '^domain/',
      npm('react'),
      npm('react-dom'),
      npm('@remix-run/(node|react|express|route-config|dev)'),
      // `ui/server.ts` is an Express handler; the pages themselves never see Express.
      npm('express'),
      npm('zod'),
      npm('isbot'),
      npm('vite'),
      '^@tailwindcss/vite$',
      npm('(@tailwindcss/vite|tailwindcss)'),
      node('stream|crypto|path|url'),
    ),
    // The simulated machine shares nothing with the service but the wire (D13).
    may('lab/(?!drills/)[^/]+', '^lab/', '^api/contract/machine\\.ts$', npm('zod'), '^(node:)?[a-z_/]+$'),
    // Drills start the service's own parts, to kill them, and read its database, to audit it.
    may(
      'lab/drills',
      '^lab/',
      '^(db/embedded-postgres|temporal/embedded/server|config)\\.ts$',
      npm('pg'),
      npm('zod'),
      '^(node:)?[a-z_/]+$',
    ),
    {
      name: 'workflows-know-activities-only-by-contract',
      severity: 'error',
      from: { path: '^workflows/', pathNot: '\\.test\\.ts$' },
      to: { path: '^activities/(?!contract\\.ts$)' },
    },
    {
      name: 'only-temporal-talks-to-temporal',
      severity: 'error',
      from: { pathNot: '^(temporal|workflows|activities|test)/|\\.test\\.ts$' },
      to: { path: '^node_modules/@temporalio/(client|worker)/' },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(\\.cache|ui/build)/' },
  },
};
