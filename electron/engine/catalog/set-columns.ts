/** What is selected of a set's row, in which order, and how a row becomes a fact. */
import { z } from 'zod'
import { backupTypeSchema } from '../../contract/job.ts'
import { proofLevels, type ProofLevel } from '../../contract/proof.ts'
import { setStates } from '../../contract/set.ts'
import type { SetFact, SetFilter, SetStateRow } from './catalog.ts'
import { count, text, type Row, type Value } from './database.ts'

/** A damaged set stays damaged wherever it is seen; otherwise it is as it was found. */
export const STATE = `CASE WHEN sets.damaged = 1 AND sets.found = 'present' THEN 'damaged' ELSE sets.found END`
export const INFO = `destination, id, job, job_name, type, sequence, position, at, run, path, ${STATE} AS state, proof, proven_at,
  bytes, plain_bytes, suspicious, sources,
  EXISTS (SELECT 1 FROM pins WHERE pins.destination = sets.destination AND pins.set_id = sets.id) AS pinned`
export const FACT = `destination, id, sequence, position, at, type, bytes, ${STATE} AS state, proof, proven_at, suspicious`
export const NEWEST_FIRST = 'ORDER BY position DESC, sequence DESC, id DESC, destination DESC'
export const MATCHED = proofLevels.indexOf('matched')

const stateSchema = z.enum(setStates)

export function factOf(row: Row): SetFact {
  const provenAt = row['proven_at']
  return {
    id: text(row, 'id'),
    destination: text(row, 'destination'),
    sequence: count(row, 'sequence'),
    position: count(row, 'position'),
    at: text(row, 'at'),
    type: backupTypeSchema.parse(text(row, 'type')),
    bytes: count(row, 'bytes'),
    state: stateSchema.parse(text(row, 'state')),
    proof: levelOf(count(row, 'proof')),
    provenAt: typeof provenAt === 'string' ? provenAt : undefined,
    suspicious: row['suspicious'] === 1,
  }
}

export function stateRowOf(row: Row): SetStateRow {
  const type = backupTypeSchema.parse(text(row, 'type'))
  return { id: text(row, 'id'), type, state: stateSchema.parse(text(row, 'state')) }
}

function levelOf(rank: number): ProofLevel {
  return proofLevels[rank] ?? 'none'
}

/** The WHERE clause of a filter, and the values of its placeholders. */
export function conditions(filter: SetFilter): { readonly where: string; readonly values: readonly Value[] } {
  const wanted = [
    ['job', filter.job],
    ['destination', filter.destination],
    ['id', filter.id],
  ].filter((pair): pair is [string, string] => pair[1] !== undefined)
  const where = wanted.length === 0 ? '' : `WHERE ${wanted.map(([column]) => `${column} = ?`).join(' AND ')}`
  return { where, values: wanted.map(([, value]) => value) }
}
