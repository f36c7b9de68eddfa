/** What a run that has ended tells of the places it used: newer news than the last look (pure). */
import { errorCodes, type ErrorCode } from '../contract/error.ts'
import type { RunRecord } from '../contract/run.ts'
import type { RunSpec } from './run-spec.ts'

/** Errors at a place that say nothing against it: somebody else writes there, or it is about one object, one file, one job. */
const aboutOthers: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'destination-busy',
  'destination-object-exists',
  'destination-object-missing',
  'destination-file-too-large',
  'destination-inside-source',
  'destination-is-source',
])

/** True of an error that says that the place cannot be used now. */
export function tellsOfPlace(code: ErrorCode): boolean {
  return code.startsWith('destination-') && !aboutOthers.has(code)
}

export interface PlaceNews {
  readonly destination: string
  /** Undefined where all went well there. */
  readonly code: ErrorCode | undefined
}

/** One entry per place of which the run tells anything. Reading well is no news: it does not say that a place can be written to. */
export function newsOfRun(spec: Pick<RunSpec, 'writes' | 'reads'>, record: RunRecord): readonly PlaceNews[] {
  const written = spec.writes.flatMap((destination) => newsOf(destination, spec.writes.length === 1, record))
  const read = spec.reads === undefined ? [] : failure(spec.reads, record.error?.code)
  return [...written, ...read]
}

function newsOf(destination: string, isOnly: boolean, record: RunRecord): readonly PlaceNews[] {
  const failed = record.findings.find(
    ({ code, detail }) => code === 'destination-failed' && detail?.['destination'] === destination,
  )
  if (failed !== undefined) return failure(destination, asErrorCode(failed.detail?.['reason']))
  if (record.sets.some((made) => made.destination === destination)) return [{ destination, code: undefined }]
  return isOnly ? failure(destination, record.error?.code) : []
}

function failure(destination: string, code: ErrorCode | undefined): readonly PlaceNews[] {
  return code === undefined || !tellsOfPlace(code) ? [] : [{ destination, code }]
}

function asErrorCode(value: unknown): ErrorCode | undefined {
  return errorCodes.find((code) => code === value)
}
