/** A site for the model of retention: time, runs, faults and clean-ups in memory, and what is known for certain of every set. */
import type { Keep } from '../../electron/contract/keep.ts'
import { setPrefix, type BackupType } from '../../electron/contract/job.ts'
import { decideRetention } from '../../electron/engine/catalog/retention.ts'
import type { RetentionFacts, RetentionSet } from '../../electron/engine/catalog/retention-facts.ts'
import { DAY } from './retention.ts'

const HOUR = DAY / 24

/** A set as it really lies there: `madeAt` is true time, which no clock of the site knows. */
export type TrueSet = { -readonly [K in keyof RetentionSet]: RetentionSet[K] } & { readonly madeAt: number }

interface Place {
  readonly name: string
  sets: TrueSet[]
  sequence: number
  isAway: boolean
  isOlder: boolean
  vanished: number
}

export interface Removed {
  readonly place: string
  readonly set: TrueSet
  readonly reasons: readonly { readonly code: string; readonly detail: Readonly<Record<string, string | number>> }[]
}

export type Flavor = 'good' | 'warning' | 'suspicious' | 'partial' | 'one-place' | 'failed'
export type Command =
  | { readonly do: 'backup'; readonly type: BackupType; readonly flavor: Flavor }
  | { readonly do: 'nights'; readonly count: number; readonly flavor: Flavor; readonly cleans: boolean }
  | { readonly do: 'elapse'; readonly hours: number }
  | { readonly do: 'clock'; readonly days: number }
  | { readonly do: 'policy'; readonly keep: Keep }
  | { readonly do: 'pin' | 'unpin' | 'read' | 'lose' | 'rot' | 'disown'; readonly which: number }
  | { readonly do: 'away' | 'older'; readonly place: number; readonly is: boolean }
  | { readonly do: 'sources'; readonly both: boolean }
  | { readonly do: 'restart' }
  | { readonly do: 'cleanup'; readonly failsAfter: number | undefined }

export class RetentionModel {
  readonly places: readonly Place[] = ['nas', 'usb'].map((name) => ({
    name,
    sets: [],
    sequence: 0,
    isAway: false,
    isOlder: false,
    vanished: 0,
  }))
  keep: Keep = { full: 30, incremental: 7, hot: 3 }
  /** True time, and by how much the clock is off. */
  time = Date.UTC(2026, 0, 5, 2)
  offset = 0
  jumps = 0
  hasBothSources = true
  lastRun: RetentionFacts['lastRun']
  hasFailedVerification = false
  #serial = 0

  get now(): Date {
    return new Date(this.time + this.offset)
  }

  /** @returns what was removed. @throws where a removal breaks what must hold */
  run(command: Command): readonly Removed[] {
    switch (command.do) {
      case 'nights':
        return this.#nights(command)
      case 'cleanup':
        return this.places.flatMap((place) => this.#cleanup(place, command.failsAfter))
      case 'backup':
        this.#backup(command.type, command.flavor)
        break
      case 'elapse':
        this.time += command.hours * HOUR
        break
      case 'clock':
        this.offset += command.days * DAY
        this.jumps += 1
        break
      default:
        this.#change(command)
    }
    return []
  }

  #change(command: Exclude<Command, { do: 'nights' | 'cleanup' | 'backup' | 'elapse' | 'clock' }>): void {
    switch (command.do) {
      case 'policy':
        this.keep = command.keep
        return
      case 'away':
      case 'older':
        this.#place(command)
        return
      case 'sources':
        this.hasBothSources = command.both
        return
      case 'restart':
        // What was being read is not any more; everything else is found again at the places.
        for (const { sets } of this.places) for (const set of sets) set.inUse = false
        return
      default:
        this.#touch(command.do, command.which)
    }
  }

  #place(command: { readonly do: 'away' | 'older'; readonly place: number; readonly is: boolean }): void {
    const place = this.places[command.place % this.places.length]!
    if (command.do === 'away') place.isAway = command.is
    else place.isOlder = command.is
  }

  #nights({ count, flavor, cleans }: Extract<Command, { do: 'nights' }>): readonly Removed[] {
    const removed: Removed[] = []
    for (let night = 0; night < count; night += 1) {
      this.time += DAY
      this.#backup('full', flavor)
      if (cleans) for (const place of this.places) removed.push(...this.#cleanup(place, undefined))
    }
    return removed
  }

  #backup(type: BackupType, flavor: Flavor): void {
    this.time += HOUR / 4
    const reached = this.places.filter(({ isAway, isOlder }) => !isAway && !isOlder)
    const wanted = flavor === 'failed' ? [] : flavor === 'one-place' ? reached.slice(0, 1) : reached
    for (const place of wanted) this.#store(place, type, flavor)
    this.lastRun = wanted.length === 0 || flavor === 'partial' ? 'failed' : flavor === 'good' ? 'good' : 'warning'
    this.hasFailedVerification = false
  }

  #store(place: Place, type: BackupType, flavor: Flavor): void {
    place.sequence += 1
    this.#serial += 1
    const hasUploads = this.hasBothSources && flavor !== 'partial'
    const full = place.sets.findLast((set) => set.type === 'full' && set.state === 'present')
    place.sets.push({
      id: `shop/${setPrefix[type]}_20260101_000000_${this.#serial}`,
      ...{ type, at: this.now.toISOString(), sequence: place.sequence, bytes: 1, state: 'present' },
      proof: flavor === 'partial' ? 'none' : 'matched',
      ...{ pinned: false, inUse: false, isOurs: true, hasForeign: false, madeAt: this.time },
      suspicious: flavor === 'suspicious',
      hasWarnings: flavor === 'warning',
      sources: new Map([['db', 'db'] as const, ...(hasUploads ? ([['up', 'up']] as const) : [])]),
      parent: type === 'incremental' ? full?.id : undefined,
    })
  }

  #touch(what: 'pin' | 'unpin' | 'read' | 'lose' | 'rot' | 'disown', which: number): void {
    const place = this.places[which % this.places.length]!
    const set = place.sets[Math.floor(which / 2) % Math.max(1, place.sets.length)]
    if (set === undefined) return
    if (what === 'pin' || what === 'unpin') set.pinned = what === 'pin'
    else if (what === 'read') set.inUse = !set.inUse
    else if (what === 'disown') set.isOurs = false
    else if (what === 'lose' && set.state !== 'missing') {
      set.state = 'missing'
      place.vanished += 1
    } else if (what === 'rot' && set.state === 'present') {
      set.state = 'damaged'
      set.proof = 'stored'
      this.hasFailedVerification = true
    }
  }

  facts(place: Place): RetentionFacts {
    const { lastRun, hasFailedVerification } = this
    const seen = place.isAway ? 'unreachable' : place.isOlder ? 'older' : 'listed'
    return { sets: place.sets, lastRun, hasFailedVerification, place: seen, vanished: place.vanished }
  }

  /** As the engine applies a plan: the newest first, so that no child outlives its parent; it may be stopped after any of them. */
  #cleanup(place: Place, failsAfter: number | undefined): readonly Removed[] {
    const facts = this.facts(place)
    const plan = decideRetention({ keep: this.keep, rpoMinutes: 1440 }, facts, this.now)
    if (facts.place === 'listed') place.vanished = 0
    const going = plan.sets.filter(({ action }) => action === 'delete').slice(0, failsAfter)
    const removed = going.map(({ set, reasons }) => {
      const found = place.sets.find(({ id }) => id === set)
      if (found === undefined) throw new Error(`${set} was to go, and is not there`)
      return { place: place.name, set: found, reasons }
    })
    const before = [...place.sets]
    for (const { set } of removed) {
      place.sets = place.sets.filter((other) => other !== set)
      checkStep(place.sets, set)
    }
    checkRemoval(this, place, facts, before, removed)
    return removed
  }
}

/** After every single removal: nothing that lies there has lost what it needs. */
function checkStep(left: readonly TrueSet[], gone: TrueSet): void {
  const child = left.find(({ parent }) => parent === gone.id)
  if (child !== undefined) throw new Error(`${child.id} has lost its parent ${gone.id}`)
}

/** What must hold after a clean-up, told from the true state alone. */
function checkRemoval(
  model: RetentionModel,
  place: Place,
  facts: RetentionFacts,
  before: readonly TrueSet[],
  removed: readonly Removed[],
): void {
  const gone = new Set(removed.map(({ set }) => set))
  const broken = [
    ...newestOf(before)
      .filter((set) => gone.has(set))
      .map((set) => `${set.id} was one of the two newest of a source`),
    ...removed.flatMap((one) => faultsOf(one, model)),
    ...(removed.length > 0 ? whyFrozen(model, facts, before).map((why) => `something was removed, yet ${why}`) : []),
  ]
  if (broken.length > 0) throw new Error(`${place.name}: ${broken.join('; ')}`)
}

/** The two newest proven ones of each source, and the two newest without a warning. */
function newestOf(sets: readonly TrueSet[]): TrueSet[] {
  const proven = sets.filter((set) => set.isOurs && set.state === 'present' && set.proof === 'matched')
  const clean = proven.filter((set) => !set.suspicious && !set.hasWarnings)
  const newest = (from: readonly TrueSet[], source: string): TrueSet[] =>
    from
      .filter((set) => set.sources.has(source))
      .sort((a, b) => b.sequence - a.sequence)
      .slice(0, 2)
  return ['db', 'up'].flatMap((source) => [...newest(proven, source), ...newest(clean, source)])
}

function faultsOf({ set, reasons }: Removed, { keep, time, jumps }: RetentionModel): string[] {
  const days = (time - set.madeAt) / DAY
  const checks: readonly (readonly [boolean, string])[] = [
    [set.pinned, 'was pinned'],
    [set.inUse, 'was being read'],
    [!set.isOurs, 'was none of ours'],
    [set.state === 'missing', 'was not there'],
    [reasons.length !== 1 || reasons[0]?.code.startsWith('delete-') !== true, 'went without a reason'],
    [jumps === 0 && days <= keep[set.type], `was ${days} days old`],
  ]
  return checks.filter(([isBroken]) => isBroken).map(([, text]) => `${set.id} ${text}`)
}

/** Everything for which nothing may be removed. */
function whyFrozen(model: RetentionModel, facts: RetentionFacts, before: readonly TrueSet[]): string[] {
  const newest = before.toSorted((a, b) => b.sequence - a.sequence)[0]
  const checks: readonly (readonly [boolean, string])[] = [
    [facts.place !== 'listed', 'the place was not read'],
    [facts.vanished > 0, 'sets had vanished'],
    [facts.lastRun !== 'good' && facts.lastRun !== 'warning', 'the job fails'],
    [facts.hasFailedVerification, 'a verification had failed'],
    [newest?.suspicious === true, 'the data looks wrong'],
    [newest?.state !== 'present', 'the newest backup is not whole'],
    [Date.parse(newest?.at ?? '') > model.now.getTime() + 600_000, 'the clock is behind the newest backup'],
    [!before.some(({ proof, state }) => proof === 'matched' && state === 'present'), 'nothing is proven'],
  ]
  return checks.filter(([isSo]) => isSo).map(([, text]) => text)
}
