/** How much of a run is done: its stages weighted by the bytes that pass through them. */
import type { Stage } from '../contract/error.ts'
import type { Manifest } from '../contract/manifest.ts'

/** One stage of a run, at one source or one destination. */
export interface Leg {
  readonly stage: Stage
  readonly source?: string
  readonly destination?: string
}

export interface RunPlan {
  readonly legs: readonly Leg[]
  /** Plain bytes of each source; undefined where nobody can know yet. */
  readonly sizes: ReadonlyMap<string, number | undefined>
}

/** Time per plain byte, against reading and compressing one: measured with gzip on two cores. Other stages move no data. */
const COST: Partial<Record<Stage, number>> = {
  'snapshot': 0.3,
  'encode': 1,
  'read-back': 0.4,
  'restore-stage': 0.5,
  'restore-check': 0.5,
}
/** What opening, syncing and noting take, in bytes that could have been compressed meanwhile: about 50 ms. */
const FIXED = 500_000
/** Stands for a source of unknown size where no other's is known either; its stage tells that it is open-ended. */
const UNKNOWN_SIZE = 16_000_000

/** The sizes of a set that exists. */
export function sizesOf({ files }: Pick<Manifest, 'files'>): RunPlan['sizes'] {
  return new Map(files.map(({ file, plain_bytes: bytes }) => [file, bytes]))
}

export function legKey({ stage, source, destination }: Leg): string {
  return `${stage}\n${source ?? ''}\n${destination ?? ''}`
}

/**
 * @param parts the share of each leg that is done, by `legKey`
 * @returns 0…1; sizes that become known may lower it: whoever shows it keeps the highest
 */
export function fractionOf({ legs, sizes }: RunPlan, parts: ReadonlyMap<string, number>): number {
  let whole = 0
  let done = 0
  for (const leg of legs) {
    const weight = FIXED + (COST[leg.stage] ?? 0) * bytesThrough(leg, sizes)
    whole += weight
    done += weight * Math.min(1, parts.get(legKey(leg)) ?? 0)
  }
  return whole === 0 ? 0 : Math.min(1, done / whole)
}

/** A stage of one source moves that source; any other moves them all. */
function bytesThrough({ source }: Leg, sizes: RunPlan['sizes']): number {
  const known = [...sizes.values()].filter((size) => size !== undefined)
  const typical = known.length === 0 ? UNKNOWN_SIZE : known.reduce((sum, size) => sum + size, 0) / known.length
  if (source !== undefined) return sizes.get(source) ?? typical
  return [...sizes.values()].reduce<number>((sum, size) => sum + (size ?? typical), 0)
}
