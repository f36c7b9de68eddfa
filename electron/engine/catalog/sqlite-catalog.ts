/** The catalog over one SQLite file: joins the tables to the interface. */
import type { BackupType, Job } from '../../contract/job.ts'
import type { RunRecord } from '../../contract/run.ts'
import type {
  Catalog,
  CatalogNames,
  JobFacts,
  ProofRow,
  RunFilter,
  SetFilter,
  SetRow,
  SetStateRow,
  SlotNote,
  UnreadableSet,
} from './catalog.ts'
import type { SetDetail, SetInfo } from '../../contract/set.ts'
import { count, millisOf, putRow, text, type CatalogDatabase, type TableShape } from './database.ts'
import { RunTable } from './run-table.ts'
import { SetTable } from './set-table.ts'
import { SlotTable } from './slot-table.ts'

export const destinationShape: TableShape = { name: 'destinations', columns: ['id', 'generation'], key: ['id'] }
export const jobShape: TableShape = { name: 'jobs', columns: ['id', 'since'], key: ['id'] }

export class SqliteCatalog implements Catalog {
  readonly notices: Catalog['notices']
  readonly #database: CatalogDatabase
  readonly #names: CatalogNames
  readonly #runs: RunTable
  readonly #sets: SetTable
  readonly #slots: SlotTable

  constructor(database: CatalogDatabase, names: CatalogNames, notices: Catalog['notices']) {
    this.#database = database
    this.#names = names
    this.notices = notices
    this.#runs = new RunTable(database)
    this.#sets = new SetTable(database, names)
    this.#slots = new SlotTable(database)
  }

  definition(job: string): Job | undefined {
    return this.#names.jobs().find((one) => one.id === job)
  }

  definitions(): readonly Job[] {
    return this.#names.jobs()
  }

  get readOnly(): boolean {
    return this.#database.readOnly
  }

  recordRun(run: RunRecord): void {
    this.#runs.put(run)
  }

  run(id: string): RunRecord | undefined {
    return this.#runs.get(id)
  }

  runs(filter: RunFilter): ReturnType<Catalog['runs']> {
    return this.#runs.list(filter)
  }

  openRuns(): readonly RunRecord[] {
    return this.#runs.open()
  }

  recordSet(row: SetRow): void {
    this.#sets.put(row)
  }

  recordUnreadable(set: UnreadableSet): void {
    this.#sets.putUnreadable(set)
  }

  setState(destination: string, set: string, state: SetInfo['state']): void {
    this.#sets.state(destination, set, state)
  }

  setStates(destination: string): readonly SetStateRow[] {
    return this.#sets.states(destination)
  }

  setPinned(destination: string, set: string, pinned: boolean): void {
    this.#sets.pin(destination, set, pinned)
  }

  recordProof(proof: ProofRow): void {
    this.#sets.proof(proof)
  }

  forgetSet(destination: string, set: string): void {
    this.#sets.forget(destination, set)
  }

  sets(filter: SetFilter): ReturnType<Catalog['sets']> {
    return this.#sets.list(filter)
  }

  set(destination: string, set: string): SetDetail | undefined {
    return this.#sets.detail(destination, set)
  }

  manifest(destination: string, set: string): ReturnType<Catalog['manifest']> {
    return this.#sets.manifest(destination, set)
  }

  newestMatched(job: string, destination: string): SetInfo | undefined {
    return this.#sets.newestMatched(job, destination)
  }

  hasSeen(destination: string): boolean {
    return this.#database.get('SELECT id FROM destinations WHERE id = ?', destination) !== undefined
  }

  generation(destination: string): number {
    const row = this.#database.get('SELECT generation FROM destinations WHERE id = ?', destination)
    return row === undefined ? 1 : count(row, 'generation')
  }

  recordGeneration(destination: string, generation: number): void {
    const highest = Math.max(generation, this.generation(destination))
    putRow(this.#database, destinationShape, { id: destination, generation: highest })
  }

  measuredRestoreSeconds(job: string): number | undefined {
    return this.#runs.measuredRestoreSeconds(job)
  }

  noteJob(job: string, at: string): void {
    if (this.#database.get('SELECT 1 FROM jobs WHERE id = ?', job) === undefined) {
      putRow(this.#database, jobShape, { id: job, since: at })
    }
  }

  jobFacts(job: string, since: string): JobFacts {
    const noted = this.#database.get('SELECT since FROM jobs WHERE id = ?', job)
    return {
      sets: this.#sets.facts(job, millisOf(since)),
      held: this.#sets.held(job),
      runs: this.#runs.facts(job, millisOf(since)),
      since: noted === undefined ? undefined : text(noted, 'since'),
      restoreSeconds: this.measuredRestoreSeconds(job),
    }
  }

  noteSlot(note: SlotNote): void {
    this.#slots.put(note)
  }

  slotNote(job: string, type: BackupType, slot: Date): SlotNote | undefined {
    return this.#slots.find(job, type, slot.getTime(), 'exact')
  }

  newestSlotNote(job: string, type: BackupType, until: Date): SlotNote | undefined {
    return this.#slots.find(job, type, until.getTime(), 'newest')
  }

  totals(destination: string): { readonly sets: number; readonly bytes: number } {
    return this.#sets.totals(destination)
  }

  transaction<T>(work: () => T): T {
    return this.#database.transaction(work)
  }

  close(): void {
    this.#database.close()
  }
}
