/** Proofs in the catalog: every one that was made, in the order in which they were made. */
import { z } from 'zod'
import { findingSchema } from '../../contract/finding.ts'
import { proofLevelSchema } from '../../contract/proof.ts'
import type { SetDetail } from '../../contract/set.ts'
import type { ProofRow } from './catalog.ts'
import { putRow, text, type CatalogDatabase, type Row, type TableShape } from './database.ts'
import type { ProofStep } from './proof-fold.ts'

export const proofShape: TableShape = {
  name: 'proofs',
  columns: ['destination', 'set_id', 'run', 'level', 'ok', 'publishing', 'at', 'findings'],
  key: ['destination', 'set_id', 'run', 'level', 'ok'],
}

const findingsSchema = z.array(findingSchema)

export class ProofTable {
  readonly #database: CatalogDatabase
  constructor(database: CatalogDatabase) {
    this.#database = database
  }

  /** Enters a proof once. One made when the set was published comes before all others, whenever it is entered. */
  enter(proof: ProofRow, publishing: 0 | 1): void {
    const { destination, set, level, ok, at, run } = proof
    const known = this.#database.get(
      'SELECT n FROM proofs WHERE destination = ? AND set_id = ? AND run = ? AND level = ? AND ok = ?',
      ...[destination, set, run, level, ok ? 1 : 0],
    )
    if (known !== undefined) return
    const findings = JSON.stringify(proof.findings)
    putRow(this.#database, proofShape, {
      ...{ destination, set_id: set, run, level, ok: ok ? 1 : 0, publishing, at, findings },
    })
  }

  /** Oldest first. */
  steps(destination: string, set: string): readonly ProofStep[] {
    return this.#rows(destination, set).map((row) => ({
      level: proofLevelSchema.parse(text(row, 'level')),
      ok: row['ok'] === 1,
      at: text(row, 'at'),
    }))
  }

  newestFirst(destination: string, set: string): SetDetail['proofs'] {
    return this.#rows(destination, set).reverse().map(proofOf)
  }

  forget(destination: string, set: string): void {
    this.#database.run('DELETE FROM proofs WHERE destination = ? AND set_id = ?', destination, set)
  }

  #rows(destination: string, set: string): Row[] {
    return this.#database.all(
      'SELECT * FROM proofs WHERE destination = ? AND set_id = ? ORDER BY publishing DESC, n',
      destination,
      set,
    )
  }
}

function proofOf(row: Row): SetDetail['proofs'][number] {
  return {
    level: proofLevelSchema.parse(text(row, 'level')),
    ok: row['ok'] === 1,
    at: text(row, 'at'),
    run: text(row, 'run'),
    findings: findingsSchema.parse(JSON.parse(text(row, 'findings'))),
  }
}
