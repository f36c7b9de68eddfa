/** The table of layers (who may import whom), and the reader of a file's imports. */
import { posix } from 'node:path'
import ts from 'typescript'

export interface SourceFile {
  /** Relative to the checkout, with `/`. */
  readonly path: string
  readonly text: string
  readonly imports: readonly string[]
}

interface Layer {
  /** The files it speaks of; the first layer that matches is a file's own. */
  readonly files: RegExp
  /** What they may import: paths in the checkout, or names of packages. */
  readonly may: readonly RegExp[]
}

/** Every specifier in the text: imports, exports from elsewhere, `import()`, `require()`; comments and strings do not count. */
export function importsOf(text: string): string[] {
  return ts.preProcessFile(text, true, true).importedFiles.map((file) => file.fileName)
}

/** Specifiers that load another file when this one is loaded: neither types, which are erased, nor `import()`, which comes later. */
export function loadedBy(text: string): string[] {
  const { statements } = ts.createSourceFile('file.tsx', text, ts.ScriptTarget.Latest)
  return statements.flatMap((statement) => {
    if (ts.isImportDeclaration(statement))
      return statement.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword ? [] : specifierOf(statement)
    return ts.isExportDeclaration(statement) && !statement.isTypeOnly ? specifierOf(statement) : []
  })
}

function specifierOf({ moduleSpecifier }: ts.ImportDeclaration | ts.ExportDeclaration): string[] {
  return moduleSpecifier !== undefined && ts.isStringLiteral(moduleSpecifier) ? [moduleSpecifier.text] : []
}

const contract = /^electron\/contract\//
const node = /^node:/
/** Packages other than Electron's. */
const packages = /^(?!electron$|electron-store$|electron\/|node:|\.)(@[\w.-]+\/)?[\w.-]+(\/.*)?$/
/** The floor of the engine: what every part of it may stand on. */
const floor =
  /^electron\/engine\/(errors|secret|world|time|exec|work-dir|atomic-file|disk-errors|artifact-names)\.ts$|^electron\/engine\/archive\//
const worker = /^electron\/engine\/worker\//
const stage = /^electron\/engine\/stage\//

/** What the agent sees of the engine (DESIGN §3: agent ← engine, by its front only). */
const engineFront =
  /^electron\/engine\/(engine|engine-api|world|errors|secret|redact-data|time|atomic-file|catalog\/open|catalog\/catalog|catalog\/summary[\w-]*|schedule\/(?:slot-keeper|due-days|timetables|cron)|task-import\/(?:read-tasks|from-system|retire|run-tool)|worker\/[\w-]+)\.ts$/

const layers: readonly Layer[] = [
  { files: contract, may: [contract, /^zod$/] },
  {
    files: /^electron\/engine\/(\w+)\/registry\.ts$/,
    may: [contract, floor, /^electron\/engine\/(source|destination)\//],
  },
  {
    files: /^electron\/engine\/source\//,
    may: [contract, node, packages, floor, worker, /^electron\/engine\/source\/(?!registry)/],
  },
  {
    files: /^electron\/engine\/destination\//,
    may: [contract, node, packages, floor, /^electron\/engine\/destination\/(?!registry)/],
  },
  { files: stage, may: [contract, node, packages, floor, stage] },
  {
    files: /^electron\/engine\/(catalog|schedule)\//,
    may: [contract, node, packages, floor, /^electron\/engine\/(catalog|schedule)\//],
  },
  { files: /^electron\/engine\/archive\//, may: [contract, node, packages, floor] },
  { files: /^electron\/engine\//, may: [contract, node, packages, /^electron\/engine\//] },
  { files: /^electron\/agent\//, may: [contract, node, packages, engineFront, /^electron\/agent\//] },
  { files: /^electron\/client\//, may: [contract, node, /^zod$/, /^electron\/client\//] },
  // The one file through which the command line runs the agent's work in its own process, where no agent runs.
  {
    files: /^electron\/cli\/command-mode\.ts$/,
    may: [contract, node, /^electron\/(cli|agent)\//, /^electron\/engine\/world\.ts$/],
  },
  { files: /^electron\/cli\//, may: [contract, node, packages, /^electron\/(cli|client)\//] },
  { files: /^electron\/preload\.ts$/, may: [contract, /^electron$/] },
  {
    files: /^electron\/shell\//,
    may: [contract, node, packages, /^electron(-store)?$/, /^electron\/(shell|client)\//],
  },
  { files: /^renderer\//, may: [contract, packages, /^renderer\//] },
]

/** A concrete kind's files are `<kind>.ts`, `<kind>-….ts` and `<kind>/…` beside its interface; only the registry and the kind itself may import them. */
const kindFile = /^electron\/engine\/(source|destination)\/(sqlite|postgres|files|config|folder)(?:[-./])/

/** What a file imports against the table, in words. */
export function layerFaults(file: SourceFile): string[] {
  const layer = layers.find(({ files }) => files.test(file.path))
  if (layer === undefined) return [`${file.path} lies in no layer: add it to the table in test/helpers/layers.ts`]
  return file.imports
    .map((specifier) => (specifier.startsWith('.') ? posix.join(posix.dirname(file.path), specifier) : specifier))
    .filter((target) => !layer.may.some((pattern) => pattern.test(target)) || isForeignKind(file.path, target))
    .map((target) => `${file.path} must not import ${target}`)
}

function isForeignKind(path: string, target: string): boolean {
  const kind = kindFile.exec(target)
  if (kind === null || /\/registry\.ts$/.test(path)) return false
  const own = kindFile.exec(path)
  // A config source is a folder source with masking: it stands on the parts of `files`, never on the kind itself.
  if (own?.[2] === 'config' && /\/files-[\w-]+\.ts$/.test(target)) return false
  return own?.[1] !== kind[1] || own?.[2] !== kind[2]
}
