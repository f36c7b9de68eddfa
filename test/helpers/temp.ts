/** Temporary folders that are removed after each test, even of files whose modes forbid it. */
import { chmodSync, lstatSync, mkdtempSync, readdirSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

/** A new empty folder of this test's own; its path is canonical. */
export function makeTempDir(name = 'sitekeep-test-'): string {
  const dir = mkdtempSync(join(realpathSync(tmpdir()), name))
  onTestFinished(() => {
    removeTree(dir)
  })
  return dir
}

export function removeTree(dir: string): void {
  try {
    rmSync(dir, { recursive: true, force: true })
  } catch {
    // Folders whose modes forbid it (a test of permissions made them): open them up and try once more.
    makeWritable(dir)
    rmSync(dir, { recursive: true, force: true })
  }
}

function makeWritable(path: string): void {
  const stat = lstatSync(path)
  if (stat.isSymbolicLink() || !stat.isDirectory()) return
  chmodSync(path, 0o700)
  for (const name of readdirSync(path)) makeWritable(join(path, name))
}
