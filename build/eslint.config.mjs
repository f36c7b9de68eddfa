/** Lint: the compiler's stricter sister. Layer rules name the way to go in their message. */
import tseslint from 'typescript-eslint'

const engineOnly = 'The engine runs without Electron; ask the shell over RPC.'
const clockOnly = 'Take the time from the injected clock (engine/world.ts).'

export default tseslint.config(
  {
    ignores: [
      '**/node_modules/**',
      'out/**',
      'dist/**',
      'coverage/**',
      'test/.artifacts/**',
      'test/fixtures/**',
      '**/*.d.ts',
    ],
  },
  ...tseslint.configs.strictTypeChecked.map((config) => ({ ...config, files: ['**/*.ts', '**/*.tsx'] })),
  {
    files: ['**/*.ts', '**/*.tsx'],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      'max-lines': ['error', { max: 300, skipBlankLines: false, skipComments: false }],
      'max-lines-per-function': ['error', { max: 60, skipComments: true, skipBlankLines: true }],
      'complexity': ['error', 12],
      'no-console': 'error',
      'no-restricted-syntax': [
        'error',
        { selector: 'ExportDefaultDeclaration', message: 'Named exports only: a name that can be searched for.' },
        { selector: "CallExpression[callee.object.name='Date'][callee.property.name='now']", message: clockOnly },
        { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: clockOnly },
      ],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', ignoreRestSiblings: true }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
    },
  },
  {
    files: ['electron/{contract,engine,agent,cli,client}/**/*.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        { patterns: [{ group: ['electron', 'electron-store', '**/shell/**'], message: engineOnly }] },
      ],
    },
  },
  // Tools take their configuration from a default export.
  { files: ['build/*.ts'], rules: { 'no-restricted-syntax': 'off' } },
  { files: ['electron/engine/world.ts'], rules: { 'no-restricted-syntax': 'off' } },
  { files: ['electron/cli/**/*.ts'], rules: { 'no-console': 'off' } },
  {
    files: ['test/**/*.ts', 'test/**/*.tsx'],
    rules: {
      'max-lines-per-function': 'off',
      'no-restricted-syntax': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unnecessary-condition': 'off',
      '@typescript-eslint/require-await': 'off',
    },
  },
)
