/** Copies of the sources with one thing broken on purpose: a check that lets them pass proves nothing. */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))
/** Inside the tree, so that packages resolve; not below node_modules, where Node strips no types. */
const shelf = join(root, 'test/.artifacts/mutants')

/** What a mutated copy needs to run a driver or a test of its own. */
const parts = [
  'electron',
  'test/helpers',
  'test/faults',
  'test/checker',
  'build/vitest.config.ts',
  'package.json',
] as const

export interface Mutation {
  /** Path from the top of the tree. */
  readonly file: string
  /** Text that stands there exactly once. */
  readonly find: string
  readonly replace: string
}

/** @returns the top of a mutated copy of `electron/`, `test/helpers` and `test/faults`; removed after the test */
export function makeMutant(...mutations: readonly Mutation[]): string {
  mkdirSync(shelf, { recursive: true })
  const top = mkdtempSync(join(shelf, 'm-'))
  onTestFinished(() => {
    rmSync(top, { recursive: true, force: true })
  })
  for (const part of parts) {
    cpSync(join(root, part), join(top, part), { recursive: true })
  }
  // The tree's own names folders that are not copied.
  writeFileSync(join(top, 'tsconfig.json'), '{}\n')
  for (const { file, find, replace } of mutations) {
    const path = join(top, file)
    const text = readFileSync(path, 'utf8')
    const places = text.split(find).length - 1
    // A mutation that no longer applies would make its test pass for nothing.
    if (places !== 1) throw new Error(`mutation of ${file}: "${find}" stands there ${places} times, not once`)
    writeFileSync(
      path,
      text.replace(find, () => replace),
    )
  }
  return top
}
