/** Who may import whom, read from the sources themselves: the table of the layers, no cycles, and a purpose at the top of every file. */
import { readFileSync, readdirSync } from 'node:fs'
import { dirname, join, posix, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { importsOf, layerFaults, loadedBy, type SourceFile } from './helpers/layers.ts'

const root = fileURLToPath(new URL('..', import.meta.url))

function sourcesBelow(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && /\.(ts|tsx)$/.test(entry.name) && !entry.name.endsWith('.d.ts'))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'))
}

const files: SourceFile[] = [...sourcesBelow('electron'), ...sourcesBelow('renderer')].map((path) => {
  const text = readFileSync(join(root, path), 'utf8')
  return { path, text, imports: importsOf(text) }
})

describe('the layers', () => {
  it('are read from a tree that is there', () => {
    expect(files.length).toBeGreaterThan(20)
    expect(files.flatMap((file) => file.imports).length).toBeGreaterThan(50)
  })

  it('import only what the table allows', () => {
    expect(files.flatMap(layerFaults)).toEqual([])
  })

  it('name files that exist, with their extension', () => {
    const known = new Set(files.map((file) => file.path))
    const dangling = files.flatMap((file) =>
      file.imports
        .filter((specifier) => specifier.startsWith('.') && /\.tsx?$/.test(specifier))
        .map((specifier) => posix.join(dirname(file.path), specifier))
        .filter((target) => !known.has(target))
        .map((target) => `${file.path} imports ${target}, which is not there`),
    )
    expect(dangling).toEqual([])
  })

  it('have no cycles', () => {
    expect(cycles()).toEqual([])
  })

  it('open every file with one sentence of purpose', () => {
    const bare = files.filter((file) => !/^(#![^\n]*\n)?\/\*\*[\s\S]+?\*\//.test(file.text)).map((file) => file.path)
    expect(bare).toEqual([])
  })
})

/** Each cycle once, as `a → b → a`: files that need each other to be loaded first. */
function cycles(): string[] {
  const graph = new Map(
    files.map((file) => [
      file.path,
      loadedBy(file.text)
        .filter((name) => name.startsWith('.'))
        .map((name) => posix.join(dirname(file.path), name)),
    ]),
  )
  const found: string[] = []
  const done = new Set<string>()
  const visit = (path: string, trail: readonly string[]): void => {
    const start = trail.indexOf(path)
    if (start >= 0) found.push([...trail.slice(start), path].join(' → '))
    if (start >= 0 || done.has(path)) return
    for (const next of graph.get(path) ?? []) visit(next, [...trail, path])
    done.add(path)
  }
  for (const path of graph.keys()) visit(path, [])
  return found
}

describe('the reader of imports', () => {
  const cases: readonly [string, string, readonly string[]][] = [
    ['a plain import', `import { a } from './a.ts'`, ['./a.ts']],
    ['a type import', `import type { A } from '../b.ts'`, ['../b.ts']],
    ['an import for its side effect', `import 'electron'`, ['electron']],
    ['an import over several lines', `import {\n  a,\n  b,\n} from "x"`, ['x']],
    ['an export from elsewhere', `export * from './c.ts'`, ['./c.ts']],
    ['an import while running', `const m = await import('./d.ts')`, ['./d.ts']],
    ['a require', `const e = require('electron')`, ['electron']],
    ['a type of an import', `type T = import('./e.ts').T`, ['./e.ts']],
    ['a comment that speaks of imports', `// import { a } from 'electron'\n/* import 'x' */`, []],
  ]
  for (const [name, text, expected] of cases)
    it(`sees ${name}`, () => {
      expect(importsOf(text)).toEqual(expected)
    })
})

it('the reader of what is loaded leaves out types and what is imported later', () => {
  const text = `import { a } from './a.ts'\nimport type { B } from './b.ts'\nexport { c } from './c.ts'\nexport type { D } from './d.ts'\nimport './e.ts'\nvoid import('./f.ts')`
  expect(loadedBy(text)).toEqual(['./a.ts', './c.ts', './e.ts'])
})

describe('the table', () => {
  const refused: readonly [string, string][] = [
    ['electron/contract/job.ts', 'node:fs'],
    ['electron/contract/job.ts', '../engine/world.ts'],
    ['electron/engine/pipeline.ts', 'electron'],
    ['electron/engine/pipeline.ts', './source/sqlite.ts'],
    ['electron/engine/source/sqlite.ts', './files.ts'],
    ['electron/engine/source/sqlite.ts', '../destination/destination.ts'],
    ['electron/engine/destination/folder.ts', '../stage/digest.ts'],
    ['electron/engine/stage/compress.ts', '../catalog/catalog.ts'],
    ['electron/engine/catalog/open.ts', '../source/source.ts'],
    ['electron/engine/engine.ts', '../agent/queue.ts'],
    ['electron/agent/server.ts', '../engine/pipeline.ts'],
    ['electron/agent/server.ts', '../shell/main.ts'],
    ['electron/client/connect.ts', '../agent/main.ts'],
    ['electron/shell/main.ts', '../engine/world.ts'],
    ['electron/shell/main.ts', '../agent/main.ts'],
    ['electron/preload.ts', 'node:fs'],
    ['electron/cli/main.ts', '../agent/create.ts'],
    ['electron/cli/main.ts', 'electron'],
    ['renderer/app.tsx', 'node:fs'],
    ['renderer/app.tsx', '../electron/agent/main.ts'],
    ['renderer/app.tsx', 'electron'],
  ]
  for (const [path, specifier] of refused)
    it(`refuses ${specifier} in ${path}`, () => {
      expect(layerFaults({ path, text: '', imports: [specifier] })).toHaveLength(1)
    })
})
