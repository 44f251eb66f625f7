import { builtinRules } from 'eslint/use-at-your-own-risk';
import tseslint from 'typescript-eslint';

/** A suppression says why: `// eslint-disable-next-line rule -- reason`. */
const reasonedSuppressions = {
  create: (context) => ({
    Program() {
      for (const comment of context.sourceCode.getAllComments()) {
        if (!/^\s*eslint-disable/.test(comment.value) || /\s--\s+\S{3,}/.test(comment.value)) continue;
        context.report({ loc: comment.loc, message: 'Say why, behind two dashes: `-- reason`.' });
      }
    },
  }),
};

/** The length of files is told twice: from 250 lines on as a warning, from 400 on as an error. */
const gatehouse = {
  rules: { 'long-file': builtinRules.get('max-lines'), 'reasoned-suppressions': reasonedSuppressions },
};

const manyParameters = {
  selector: 'MethodDefinition[kind="constructor"] > FunctionExpression[params.length>5]',
  message: 'A constructor takes at most 5 parameters: split the class.',
};
const defaultExport = { selector: 'ExportDefaultDeclaration', message: 'Named exports only.' };
const environment = {
  selector: 'MemberExpression[object.name="process"]:matches([property.name="env"], [property.value="env"])',
  message: 'The environment is read by *.config.ts classes only.',
};
const READS_ENVIRONMENT = [
  '**/*.config.ts',
  'libs/{boot,local}/**',
  'apps/cli/**',
  'scripts/**',
  'test/**',
  'bench/**',
  '**/*.spec.ts',
  '*.mjs',
];
/** Tools ask for these by default export. */
const DEFAULT_EXPORTS = ['*.config.mjs', 'test/support/*.mjs'];

export default tseslint.config(
  { ignores: ['dist/', 'node_modules/', '.gatehouse/', '.cache/', 'coverage/'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  ...tseslint.configs.recommended,
  {
    plugins: { gatehouse },
    rules: {
      'gatehouse/long-file': ['warn', { max: 250 }],
      'gatehouse/reasoned-suppressions': 'error',
      'max-lines': ['error', { max: 400 }],
      'max-lines-per-function': ['error', { max: 50, skipBlankLines: true, skipComments: true }],
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-console': 'error',
      'prefer-const': 'error',
      'object-shorthand': ['error', 'always', { avoidQuotes: true }],
      'no-restricted-syntax': ['error', manyParameters, defaultExport, environment],
      '@typescript-eslint/ban-ts-comment': ['error', { minimumDescriptionLength: 10 }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      // Config modules and classes of messages are empty on purpose, with a decorator.
      '@typescript-eslint/no-extraneous-class': 'off',
    },
  },
  { files: READS_ENVIRONMENT, rules: { 'no-restricted-syntax': ['error', manyParameters, defaultExport] } },
  { files: DEFAULT_EXPORTS, rules: { 'no-restricted-syntax': ['error', manyParameters] } },
  {
    // A migration is one list of statements, read from top to bottom.
    files: ['apps/*/src/migrations/**', 'libs/persistence/src/migrations/**'],
    rules: { 'max-lines-per-function': 'off' },
  },
  {
    // A describe block is one function around all of its tests.
    files: ['**/*.spec.ts', 'test/**', '{apps,libs}/*/test/**'],
    rules: { 'max-lines-per-function': 'off' },
  },
);
