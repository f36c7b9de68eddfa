/** Counts the starts that did not end in order, so that an agent that crashes at every start can be told from one that was killed once. */
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import type { World } from '../../engine/world.ts'

/** faults.md A14: three crashes in ten minutes. */
const WINDOW_MS = 10 * 60_000
const CRASHES = 3

const fileSchema = z.object({ starts: z.array(z.iso.datetime()).max(100) })

export interface Starts {
  /** How often the agent crashed within the last ten minutes, where that is too often; 0 otherwise. */
  readonly crashes: number
  /** What was before does not count any more; this agent does, until it ends in order. */
  forgive(): void
  /** This agent ends in order, by whoever's wish. */
  endInOrder(): void
}

/** Notes this start. The caller holds the lock. */
export function noteStart(home: string, { clock }: Pick<World, 'clock'>): Starts {
  const path = join(home, 'starts.json')
  const now = clock.now()
  const before = read(path).filter((start) => Math.abs(now.getTime() - Date.parse(start)) <= WINDOW_MS)
  write(path, [...before, now.toISOString()])
  return {
    crashes: before.length >= CRASHES ? before.length : 0,
    forgive: () => write(path, [clock.now().toISOString()]),
    endInOrder: () => rmSync(path, { force: true }),
  }
}

function read(path: string): readonly string[] {
  try {
    return fileSchema.parse(JSON.parse(readFileSync(path, 'utf8'))).starts
  } catch {
    // Absent after an orderly end; torn or foreign, it says nothing of crashes.
    return []
  }
}

/** More than are ever needed are not kept: the window ends the list otherwise. */
function write(path: string, starts: readonly string[]): void {
  try {
    writeFileSync(`${path}.new`, `${JSON.stringify({ starts: starts.slice(-10) })}\n`, { mode: 0o600 })
    renameSync(`${path}.new`, path)
  } catch {
    // A full disk must not keep the agent from starting: the crashes are then not counted.
  }
}
