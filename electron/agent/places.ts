/** Where the product's own files lie: in the source tree, or beside each other in `out/main`. */
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

export interface ProductPlaces {
  /** Command line of the engine's worker. */
  readonly workerCommand: readonly [string, ...string[]]
  /** Command line of the agent as a program of its own; the built one where there is one. */
  readonly agentCommand: readonly [string, ...string[]]
  /** Folder of the built pages; undefined where they have not been built. */
  readonly pagesDir: string | undefined
}

export function productPlaces(): ProductPlaces {
  const isBundle = import.meta.url.endsWith('.js')
  const beside = (name: string): string => fileURLToPath(new URL(name, import.meta.url))
  const pagesDir = beside(isBundle ? '../renderer' : '../../out/renderer')
  const built = beside(isBundle ? 'agent.js' : '../../out/main/agent.js')
  return {
    agentCommand: [process.execPath, existsSync(built) ? built : beside('main.ts')],
    workerCommand: [process.execPath, beside(isBundle ? 'worker.js' : 'worker.ts')],
    pagesDir: existsSync(pagesDir) ? pagesDir : undefined,
  }
}
