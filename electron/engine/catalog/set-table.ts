/** Sets, their proofs and pins in the catalog: one row per set and destination, its current proof folded from all its proofs. */
import { z } from 'zod'
import { manifestSchema, type Manifest } from '../../contract/manifest.ts'
import { proofLevels, reaches } from '../../contract/proof.ts'
import { setSourceSchema, type SetDetail, type SetInfo } from '../../contract/set.ts'
import type {
  CatalogNames,
  HeldFact,
  ProofRow,
  SetFact,
  SetFilter,
  SetRow,
  SetStateRow,
  UnreadableSet,
} from './catalog.ts'
import { count, millisOf, putRow, text, type CatalogDatabase, type Row, type TableShape } from './database.ts'
import { foldProofs } from './proof-fold.ts'
import { ProofTable } from './proof-table.ts'
import { conditions, FACT, factOf, INFO, MATCHED, NEWEST_FIRST, STATE, stateRowOf } from './set-columns.ts'
import { sourcesOf } from './set-sources.ts'
import { NO_MANIFEST, unreadableRow } from './unreadable-set.ts'

export const setShape: TableShape = {
  name: 'sets',
  columns: [
    ...['destination', 'id', 'job', 'job_name', 'type', 'sequence', 'position', 'at', 'at_ms', 'run', 'path', 'found'],
    ...[
      'damaged',
      'proof',
      'proven_at',
      'bytes',
      'plain_bytes',
      'suspicious',
      'sources',
      'manifest',
      'manifest_sha256',
    ],
  ],
  key: ['destination', 'id'],
}
export const pinShape: TableShape = { name: 'pins', columns: ['destination', 'set_id'], key: ['destination', 'set_id'] }

const sourcesSchema = z.array(setSourceSchema)

export class SetTable {
  readonly #database: CatalogDatabase
  readonly #names: CatalogNames
  readonly #proofs: ProofTable

  constructor(database: CatalogDatabase, names: CatalogNames) {
    this.#database = database
    this.#names = names
    this.#proofs = new ProofTable(database)
  }

  put(set: SetRow): void {
    const { manifest, destination } = set
    this.#database.transaction(() => {
      const atMs = millisOf(manifest.backup_date)
      putRow(this.#database, setShape, {
        destination,
        id: manifest.set,
        job: manifest.job.id,
        job_name: manifest.job.name,
        type: manifest.backup_type,
        sequence: manifest.sequence,
        position: this.#positionOf(destination, manifest.sequence, atMs),
        at: manifest.backup_date,
        at_ms: atMs,
        run: manifest.run,
        path: set.path,
        found: set.state,
        damaged: 0,
        proof: 0,
        proven_at: null,
        bytes: manifest.files.reduce((sum, file) => sum + file.bytes, 0),
        plain_bytes: manifest.files.reduce((sum, file) => sum + file.plain_bytes, 0),
        suspicious: manifest.findings.some((finding) => finding.weight === 'suspicious') ? 1 : 0,
        sources: JSON.stringify(sourcesOf(manifest)),
        manifest: JSON.stringify(manifest),
        manifest_sha256: set.manifestSha256,
      })
      const { level, at } = manifest.proof
      this.#proofs.enter({ destination, set: manifest.set, level, ok: true, at, run: manifest.run, findings: [] }, 1)
      this.#lift(destination, manifest.sequence)
      this.#refold(destination, manifest.set)
    })
  }

  /** See `Catalog.recordUnreadable`. */
  putUnreadable(set: UnreadableSet): void {
    const { destination, id } = set
    this.#database.transaction(() => {
      if (this.#row(destination, id) !== undefined) this.state(destination, id, 'damaged')
      else putRow(this.#database, setShape, unreadableRow(set))
    })
  }

  /** Not older than the set before it at this destination, though the clock may say so. */
  #positionOf(destination: string, sequence: number, atMs: number): number {
    const before = this.#database.get(
      'SELECT position FROM sets WHERE destination = ? AND sequence < ? ORDER BY sequence DESC LIMIT 1',
      destination,
      sequence,
    )
    return before === undefined ? atMs : Math.max(atMs, count(before, 'position'))
  }

  /** Sets entered out of order: those after this one must not be older than it. */
  #lift(destination: string, sequence: number): void {
    const row = this.#database.get(
      'SELECT max(position) AS position FROM sets WHERE destination = ? AND sequence = ?',
      destination,
      sequence,
    )
    const position = row === undefined ? 0 : count(row, 'position')
    for (let after = sequence; ;) {
      const next = this.#database.get(
        'SELECT * FROM sets WHERE destination = ? AND sequence > ? ORDER BY sequence LIMIT 1',
        destination,
        after,
      )
      // Positions rise with sequence, so the first that is high enough ends the walk.
      if (next === undefined || count(next, 'position') >= position) return
      putRow(this.#database, setShape, { ...next, position })
      after = count(next, 'sequence')
    }
  }

  proof(proof: ProofRow): void {
    this.#database.transaction(() => {
      this.#proofs.enter(proof, 0)
      this.#refold(proof.destination, proof.set)
      // Whoever proved it has read it, so it is there.
      if (proof.ok && reaches(proof.level, 'read')) this.state(proof.destination, proof.set, 'present')
    })
  }

  #refold(destination: string, set: string): void {
    const row = this.#row(destination, set)
    if (row === undefined) return
    const { level, damaged, provenAt } = foldProofs(this.#proofs.steps(destination, set))
    putRow(this.#database, setShape, {
      ...row,
      proof: proofLevels.indexOf(level),
      damaged: damaged ? 1 : 0,
      proven_at: provenAt ?? null,
    })
  }

  #row(destination: string, set: string): Row | undefined {
    return this.#database.get('SELECT * FROM sets WHERE destination = ? AND id = ?', destination, set)
  }

  state(destination: string, set: string, state: SetInfo['state']): void {
    this.#database.transaction(() => {
      const row = this.#row(destination, set)
      if (row === undefined || row['found'] === state) return
      if (state === 'missing' && row['manifest'] === NO_MANIFEST) this.forget(destination, set)
      else putRow(this.#database, setShape, { ...row, found: state })
    })
  }

  states(destination: string): readonly SetStateRow[] {
    const rows = this.#database.all(`SELECT id, type, ${STATE} AS state FROM sets WHERE destination = ?`, destination)
    return rows.map(stateRowOf)
  }

  pin(destination: string, set: string, pinned: boolean): void {
    if (pinned) putRow(this.#database, pinShape, { destination, set_id: set })
    else this.#database.run('DELETE FROM pins WHERE destination = ? AND set_id = ?', destination, set)
  }

  forget(destination: string, set: string): void {
    this.#database.transaction(() => {
      this.#database.run('DELETE FROM sets WHERE destination = ? AND id = ?', destination, set)
      this.#proofs.forget(destination, set)
      this.#database.run('DELETE FROM pins WHERE destination = ? AND set_id = ?', destination, set)
    })
  }

  list(filter: SetFilter): { readonly total: number; readonly sets: readonly SetInfo[] } {
    const { where, values } = conditions(filter)
    const total = this.#database.get(`SELECT count(*) AS total FROM sets ${where}`, ...values)
    const rows = this.#database.all(
      `SELECT ${INFO} FROM sets WHERE rowid IN (SELECT rowid FROM sets ${where} ${NEWEST_FIRST} LIMIT ? OFFSET ?)
       ${NEWEST_FIRST}`,
      ...values,
      filter.limit,
      filter.offset,
    )
    return { total: total === undefined ? 0 : count(total, 'total'), sets: rows.map((row) => this.#infoOf(row)) }
  }

  detail(destination: string, set: string): SetDetail | undefined {
    const row = this.#database.get(`SELECT ${INFO} FROM sets WHERE destination = ? AND id = ?`, destination, set)
    if (row === undefined) return undefined
    const known = this.manifest(destination, set)
    const proofs = this.#proofs.newestFirst(destination, set)
    return { info: this.#infoOf(row), ...(known === undefined ? {} : { manifest: known.manifest }), proofs }
  }

  manifest(destination: string, set: string): { manifest: Manifest; manifestSha256: string } | undefined {
    const row = this.#row(destination, set)
    if (row === undefined || row['manifest'] === NO_MANIFEST) return undefined
    const parsed = manifestSchema.safeParse(JSON.parse(text(row, 'manifest')))
    if (!parsed.success) throw this.#database.unreadable(parsed.error)
    return { manifest: parsed.data, manifestSha256: text(row, 'manifest_sha256') }
  }

  newestMatched(job: string, destination: string): SetInfo | undefined {
    const row = this.#database.get(
      `SELECT ${INFO} FROM sets WHERE job = ? AND destination = ? AND proof >= ${MATCHED} AND ${STATE} = 'present'
       ORDER BY sequence DESC LIMIT 1`,
      job,
      destination,
    )
    return row === undefined ? undefined : this.#infoOf(row)
  }

  totals(destination: string): { readonly sets: number; readonly bytes: number } {
    const row = this.#database.get(
      `SELECT count(*) AS sets, coalesce(sum(bytes), 0) AS bytes FROM sets WHERE destination = ? AND found <> 'missing'`,
      destination,
    )
    return row === undefined ? { sets: 0, bytes: 0 } : { sets: count(row, 'sets'), bytes: count(row, 'bytes') }
  }

  /** See `JobFacts.sets`. */
  facts(job: string, sinceMs: number): readonly SetFact[] {
    const destinations = this.#database.all('SELECT DISTINCT destination FROM sets WHERE job = ?', job)
    const newest = (condition: string): string =>
      `SELECT ${FACT} FROM sets WHERE job = ? AND destination = ? ${condition} ORDER BY sequence DESC LIMIT 1`
    const rows = [
      ...this.#database.all(`SELECT ${FACT} FROM sets WHERE job = ? AND at_ms >= ?`, job, sinceMs),
      ...this.#database.all(`SELECT ${FACT} FROM sets WHERE job = ? AND type = 'full' ${NEWEST_FIRST} LIMIT 48`, job),
      ...destinations.flatMap((row) => [
        ...this.#database.all(newest(''), job, text(row, 'destination')),
        ...this.#database.all(
          newest(`AND proof >= ${MATCHED} AND ${STATE} = 'present'`),
          job,
          text(row, 'destination'),
        ),
      ]),
    ]
    const facts = new Map(rows.map((row) => [`${text(row, 'destination')} ${text(row, 'id')}`, factOf(row)]))
    return [...facts.values()].sort((a, b) => b.position - a.position || b.sequence - a.sequence)
  }

  /** See `JobFacts.held`. */
  held(job: string): readonly HeldFact[] {
    const rows = this.#database.all('SELECT DISTINCT destination FROM sets WHERE job = ?', job)
    return rows.flatMap((row): HeldFact[] => {
      const destination = text(row, 'destination')
      const newest = this.newestMatched(job, destination)
      const manifest = newest === undefined ? undefined : this.manifest(destination, newest.id)?.manifest
      return manifest === undefined ? [] : [{ destination, sources: manifest.files.map((file) => file.source.id) }]
    })
  }

  #infoOf(row: Row): SetInfo {
    const fact = factOf(row)
    const { provenAt, state, proof, suspicious } = fact
    return {
      id: fact.id,
      destination: fact.destination,
      sequence: fact.sequence,
      at: fact.at,
      type: fact.type,
      bytes: fact.bytes,
      ...{ state, proof, suspicious },
      ...(provenAt === undefined ? {} : { provenAt }),
      job: text(row, 'job'),
      jobName: this.#names.jobName(text(row, 'job')) ?? text(row, 'job_name'),
      path: text(row, 'path'),
      destinationName: this.#names.destinationName(fact.destination),
      plainBytes: count(row, 'plain_bytes'),
      pinned: row['pinned'] === 1,
      ...(row['run'] === '' ? {} : { run: text(row, 'run') }),
      sources: sourcesSchema.parse(JSON.parse(text(row, 'sources'))),
    }
  }
}
