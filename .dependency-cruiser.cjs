/** Who may import whom. `docs/decisions` says why. */

/** Each lib may use those before it, and no others. */
const LIBS = ['contracts', 'boot', 'persistence', 'bus', 'access-tokens'];

/** Specs, and what they need beside the sources of their app or lib. */
const TESTS = ['\\.spec\\.ts$', '^(apps|libs)/[^/]+/test/'];

const later = (lib) => LIBS.slice(LIBS.indexOf(lib) + 1).concat('local');
const isIn = (names) => `^libs/(${names.join('|')})/`;

module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      comment: 'Two files that need each other are one file, or need a third.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'apps-are-islands',
      comment: 'Apps speak over the bus, never by import.',
      severity: 'error',
      from: { path: '^apps/([^/]+)/', pathNot: TESTS },
      to: { path: '^apps/', pathNot: '^apps/$1/' },
    },
    {
      name: 'tests-of-apps-know-stand-ins-only',
      comment: 'A test may play the outside world, never a neighbour: neighbours are faked at the bus.',
      severity: 'error',
      from: { path: '^apps/([^/]+)/.*(\\.spec\\.ts$|/test/)' },
      to: { path: '^apps/', pathNot: ['^apps/$1/', '^apps/stand-ins/'] },
    },
    {
      name: 'libs-know-no-app',
      severity: 'error',
      from: { path: '^libs/' },
      to: { path: '^(apps|bench)/' },
    },
    {
      name: 'libs-by-their-index',
      comment: 'A lib is entered by its #name, which is its index.ts.',
      severity: 'error',
      from: { path: '^(apps|libs|test|bench)/([^/]+)/' },
      to: { path: '^libs/[^/]+/src/', pathNot: ['^libs/[^/]+/src/index\\.ts$', '^libs/$2/'] },
    },
    ...LIBS.map((lib) => ({
      name: `order-of-libs-${lib}`,
      comment: `${LIBS.join(' ← ')} ← apps`,
      severity: 'error',
      from: { path: `^libs/${lib}/`, pathNot: TESTS },
      to: { path: isIn(later(lib)) },
    })),
    {
      name: 'published-libs-stand-alone',
      comment: 'They are published, and run in browsers and in games.',
      severity: 'error',
      from: { path: '^libs/(license-format|client)/', pathNot: TESTS },
      to: { pathNot: '^libs/$1/' },
    },
    {
      name: 'local-is-for-tools',
      comment: 'Embedded servers are for the CLI, stand-ins, scripts, tests and benchmarks; no service starts one.',
      severity: 'error',
      from: { path: '^(apps|libs)/', pathNot: ['^apps/(cli|stand-ins)/', '^libs/local/', ...TESTS] },
      to: { path: '^libs/local/' },
    },
    {
      name: 'product-knows-no-test',
      severity: 'error',
      from: { path: '^(apps|libs)/', pathNot: TESTS },
      to: { path: '^(test|bench)/' },
    },
    {
      name: 'declared-packages-only',
      severity: 'error',
      from: { path: '^(apps|libs)/', pathNot: TESTS },
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown', 'npm-dev', 'unknown', 'undetermined'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^dist/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      mainFields: ['module', 'main', 'types'],
      extensions: ['.ts', '.mjs', '.js', '.json'],
    },
  },
};
