/**
 * What may lie on the disk after a power cut, at every point of a recording (faults.md §5.2).
 *
 *     for (const state of crashStates(recording, { mode: 'individual', seed: 1, limit: 300 })) {
 *       state.materialize(dir)            // dir: a new, empty folder
 *       … start on it, check the invariants, and that whatever state.marks says was reported is still there
 *     }
 *
 * Durable is what a later `fsync` of the same file or folder covers. Every un-synced write may be absent, present, torn after a
 * multiple of 512 or 4096 bytes, or zeros of the right length; every un-synced change of a folder may be absent,
 * - mode `individual`: each by itself (all that POSIX promises);
 * - mode `ordered`: only from some point on, in all folders together, and any fsync commits them all (as ext4 and XFS journal).
 * Where there are few un-synced steps all combinations are tried; else all that differ in at most two steps from "all" or
 * "nothing", and `random` further ones. `limit` takes a seeded sample of all; leave it out in the soak.
 */
import { createHash } from 'node:crypto'
import { chmodSync, linkSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { makeRandom, type Random } from '../random.ts'
import { applyStep, cloneTree, makeNode, writeTo, type Recording, type Step, type Tree } from './recording.ts'

export interface CrashOptions {
  readonly mode: 'individual' | 'ordered'
  readonly seed: number
  /** Random combinations at each point, beside the systematic ones. */
  readonly random?: number
  readonly limit?: number
}

type Fate = 'present' | 'absent' | 'zeros' | 'torn-512' | 'torn-4096'

export interface CrashState {
  /** Steps that had been done when the power went. */
  readonly prefix: number
  /** What had been reported by then. */
  readonly marks: readonly string[]
  readonly tree: Tree
  /** For messages: what became of each un-synced step. */
  describe(): string
  materialize(dir: string): void
}

interface Plan {
  readonly prefix: number
  readonly fates: ReadonlyMap<number, Fate>
}

/** Up to so many un-synced combinations at one point are all tried. */
const ALL_UP_TO = 256
/** Beyond so many deviations pairs of them would be too many; single ones and random combinations remain. */
const PAIRS_UP_TO = 60

export function* crashStates(recording: Recording, options: CrashOptions): Generator<CrashState> {
  const random = makeRandom(options.seed)
  const plans = pointsOf(recording).flatMap((prefix) => plansAt(recording, prefix, options, random))
  const chosen = options.limit === undefined ? plans : shuffled(plans, random)
  const seen = new Set<string>()
  for (const plan of chosen) {
    const state = stateOf(recording, plan)
    const print = fingerprint(state)
    if (seen.has(print)) continue
    seen.add(print)
    yield state
    if (seen.size === options.limit) return
  }
}

/** Everything done and everything on the disk: what the program left. */
export function finalState(recording: Recording): CrashState {
  return stateOf(recording, { prefix: recording.steps.length, fates: new Map() })
}

/** Before each sync and mark, and at the end: what may lie there in between is among what may lie there then. */
function pointsOf({ steps }: Recording): number[] {
  const points = steps.flatMap((step, index) => (step.type === 'sync' || step.type === 'mark' ? [index] : []))
  return [...points, steps.length]
}

function plansAt(recording: Recording, prefix: number, options: CrashOptions, random: Random): Plan[] {
  const pending = pendingAt(recording.steps, prefix, options.mode)
  const plans = options.mode === 'individual' ? individually(pending, random, options.random ?? 200) : []
  if (options.mode === 'ordered') {
    const names = pending.filter(({ step }) => isName(step))
    const data = pending.filter(({ step }) => !isName(step))
    for (let kept = 0; kept <= names.length; kept += 1) {
      const fixed = names.map(({ index }, n): [number, Fate] => [index, n < kept ? 'present' : 'absent'])
      for (const fates of individually(data, random, options.random ?? 200)) plans.push(new Map([...fixed, ...fates]))
    }
  }
  return plans.map((fates) => ({ prefix, fates }))
}

interface Pending {
  readonly index: number
  readonly step: Step
}

function pendingAt(steps: readonly Step[], prefix: number, mode: CrashOptions['mode']): Pending[] {
  const pending: Pending[] = []
  for (let index = 0; index < prefix; index += 1) {
    const step = steps[index]
    if (step === undefined || step.type === 'sync' || step.type === 'mark') continue
    const later = steps.slice(index + 1, prefix).flatMap((other) => (other.type === 'sync' ? [other.node] : []))
    if (!isDurable(step, later, mode)) pending.push({ index, step })
  }
  return pending
}

function isDurable(step: Step, synced: readonly number[], mode: CrashOptions['mode']): boolean {
  if (isName(step) && mode === 'ordered') return synced.length > 0
  switch (step.type) {
    case 'write':
    case 'truncate':
      return synced.includes(step.node)
    case 'add':
    case 'remove':
      return synced.includes(step.folder)
    case 'move':
      return synced.includes(step.folder) && synced.includes(step.toFolder)
    case 'sync':
    case 'mark':
      return true
  }
}

function isName(step: Step): boolean {
  return step.type === 'add' || step.type === 'remove' || step.type === 'move'
}

function fatesOf(step: Step): Fate[] {
  if (step.type !== 'write') return ['present', 'absent']
  const torn: Fate[] = []
  if (step.data.length > 512) torn.push('torn-512')
  if (step.data.length > 4096) torn.push('torn-4096')
  return ['present', 'absent', 'zeros', ...torn]
}

function individually(pending: readonly Pending[], random: Random, samples: number): Map<number, Fate>[] {
  const choices = pending.map(({ step }) => fatesOf(step))
  const combinations = choices.reduce((product, fates) => product * fates.length, 1)
  const asMap = (fates: readonly Fate[]): Map<number, Fate> =>
    new Map(pending.map(({ index }, n) => [index, fates[n] ?? 'present']))
  if (combinations <= ALL_UP_TO) return product(choices).map(asMap)
  const all: Fate[][] = []
  for (const base of ['present', 'absent'] as const) all.push(...nearly(choices, base))
  for (let n = 0; n < samples; n += 1) all.push(choices.map((fates) => random.pick(fates)))
  return all.map(asMap)
}

function product(choices: readonly (readonly Fate[])[]): Fate[][] {
  return choices.reduce<Fate[][]>((done, fates) => done.flatMap((head) => fates.map((fate) => [...head, fate])), [[]])
}

/** `base` everywhere, and everything that differs from it in one or two places. */
function nearly(choices: readonly (readonly Fate[])[], base: Fate): Fate[][] {
  const found: Fate[][] = [choices.map(() => base)]
  const differing = choices.flatMap((fates, place) =>
    fates.filter((fate) => fate !== base).map((fate) => ({ place, fate })),
  )
  const hasPairs = differing.length <= PAIRS_UP_TO
  differing.forEach((first, n) => {
    found.push(choices.map((_, place) => (place === first.place ? first.fate : base)))
    for (const second of hasPairs ? differing.slice(n + 1) : []) {
      if (second.place === first.place) continue
      found.push(
        choices.map((_, place) => (place === first.place ? first.fate : place === second.place ? second.fate : base)),
      )
    }
  })
  return found
}

function stateOf(recording: Recording, { prefix, fates }: Plan): CrashState {
  const tree = cloneTree(recording.initial)
  const marks: string[] = []
  for (let index = 0; index < prefix; index += 1) {
    const step = recording.steps[index]
    if (step === undefined) break
    if (step.type === 'mark') marks.push(step.name)
    else suffer(tree, step, fates.get(index) ?? 'present')
  }
  const describe = (): string => {
    const told = [...fates].map(([index, fate]) => `${index} ${nameOf(recording.steps[index])}: ${fate}`)
    return `after ${prefix} of ${recording.steps.length} steps, reported [${marks.join(' ')}]; ${told.join('; ')}`
  }
  return { prefix, marks, tree, describe, materialize: (dir) => materialize(tree, 0, dir, new Map()) }
}

function suffer(tree: Tree, step: Step, fate: Fate): void {
  if (fate === 'present') applyStep(tree, step)
  else if (step.type === 'add' && step.made !== undefined) makeNode(tree, step.node, step.made)
  else if (step.type === 'write' && fate !== 'absent') {
    const unit = fate === 'torn-4096' ? 4096 : 512
    const kept = Math.max(1, Math.floor(step.data.length / 2 / unit)) * unit
    const data = fate === 'zeros' ? Buffer.alloc(step.data.length) : step.data.subarray(0, kept)
    writeTo(tree, step.node, step.offset, data)
  }
}

function nameOf(step: Step | undefined): string {
  if (step === undefined) return '?'
  if (step.type === 'move') return `move ${step.name} to ${step.toName}`
  return 'name' in step ? `${step.type} ${step.name}` : `${step.type} node ${'node' in step ? step.node : ''}`
}

function materialize(tree: Tree, id: number, path: string, made: Map<number, string>): void {
  const node = tree.get(id)
  if (node === undefined) return
  const other = made.get(id)
  if (node.kind === 'link') symlinkSync(node.target, path)
  else if (node.kind === 'file') {
    if (other === undefined) writeFileSync(path, node.data, { mode: node.mode })
    else linkSync(other, path)
  } else {
    if (id !== 0) mkdirSync(path)
    for (const [name, child] of node.entries) materialize(tree, child, join(path, name), made)
    chmodSync(path, node.mode)
  }
  made.set(id, path)
}

function fingerprint(state: CrashState): string {
  const hash = createHash('sha256').update(`${state.marks.join('\n')}\n`)
  const visit = (id: number, path: string): void => {
    const node = state.tree.get(id)
    hash.update(`\n${path}\n${node?.kind ?? ''} ${id}\n`)
    if (node?.kind === 'file') hash.update(node.data)
    else if (node?.kind === 'folder')
      for (const name of [...node.entries.keys()].sort()) visit(node.entries.get(name) ?? -1, `${path}/${name}`)
  }
  visit(0, '')
  return hash.digest('hex')
}

function shuffled<T>(items: readonly T[], random: Random): T[] {
  const result = [...items]
  for (let n = result.length - 1; n > 0; n -= 1) {
    const other = random.below(n + 1)
    ;[result[n], result[other]] = [result[other] as T, result[n] as T]
  }
  return result
}
