/** Collects what a walk met on its way — unreadable, changed, vanished, skipped — and tells it as findings. */
import type { Detail } from '../../contract/error.ts'
import type { Finding, FindingCode } from '../../contract/finding.ts'
import { makeFinding } from '../../contract/words.ts'
import { nameText } from '../archive/entry.ts'

/** A finding's schema allows as many. */
const MAX_PATHS = 100

/** How many, and the first hundred by name. */
class Tally {
  count = 0
  readonly paths: string[] = []

  add(path: string): void {
    this.count += 1
    if (this.paths.length < MAX_PATHS) this.paths.push(path)
  }
}

const countedCodes = [
  'files-unreadable',
  'files-changed',
  'files-vanished',
  'files-accepted',
  'special-skipped',
  'other-filesystem',
  'attributes-lost',
  'config-keys-left-out',
] as const satisfies readonly FindingCode[]
export type CountedCode = (typeof countedCodes)[number]

/** Findings that a person can accept path by path. */
const acceptable: ReadonlySet<FindingCode> = new Set([
  'files-unreadable',
  'files-changed',
  'files-vanished',
  'root-empty',
])

export class Report {
  readonly #source: string
  readonly #detail: Detail
  readonly #accepted: readonly string[]
  readonly #tallies = new Map<CountedCode, Tally>()
  readonly #single: Finding[] = []

  /** @param accepted paths, or folders of paths, whose troubles were accepted. */
  constructor(source: string, detail: Detail, accepted: readonly string[] = []) {
    this.#source = source
    this.#detail = detail
    this.#accepted = accepted
  }

  /** Counts `path` under `code`, or as accepted. */
  count(code: CountedCode, path: Uint8Array): void {
    const text = nameText(path)
    const isAccepted = acceptable.has(code) && this.#isAccepted(text)
    const key = isAccepted ? 'files-accepted' : code
    const tally = this.#tallies.get(key) ?? new Tally()
    this.#tallies.set(key, tally)
    tally.add(text)
  }

  /** A finding about one thing. At most a hundred of a code: the rest would be read by nobody. */
  find(code: FindingCode, detail: Detail, path?: string): void {
    if (path !== undefined && acceptable.has(code) && this.#isAccepted(path)) {
      this.count('files-accepted', Buffer.from(path))
      return
    }
    if (this.#single.filter((one) => one.code === code).length >= MAX_PATHS) return
    this.#single.push(makeFinding(code, detail, { source: this.#source, paths: path === undefined ? [] : [path] }))
  }

  findings(): readonly Finding[] {
    const counted = countedCodes.flatMap((code) => {
      const tally = this.#tallies.get(code)
      if (tally === undefined) return []
      return [makeFinding(code, { ...this.#detail, count: tally.count }, { source: this.#source, paths: tally.paths })]
    })
    return [...this.#single, ...counted]
  }

  #isAccepted(path: string): boolean {
    return this.#accepted.some((one) => path === one || path.startsWith(`${one.replace(/[\\/]+$/, '')}/`))
  }
}
