/** A set as `--json` prints it everywhere (DESIGN §9), and as a row for people. */
import type { SetInfo } from '../contract/set.ts'
import type { Cli } from './cli.ts'
import { formatBytes, formatTime } from './format.ts'

export interface SetDocument {
  readonly id: string
  readonly job: string
  readonly type: string
  readonly at: string
  readonly path: string
  readonly destination: string
  readonly proof: string
  readonly bytes: number
  readonly state: string
  readonly pinned: boolean
  readonly suspicious: boolean
  readonly provenAt?: string
}

export function setDocument(info: SetInfo): SetDocument {
  const { id, jobName, type, at, path, destinationName, proof, bytes, state, pinned, suspicious, provenAt } = info
  const document = {
    id,
    job: jobName,
    type,
    at,
    path,
    destination: destinationName,
    proof,
    bytes,
    state,
    pinned,
    suspicious,
  }
  return provenAt === undefined ? document : { ...document, provenAt }
}

export function setHead(cli: Cli): string[] {
  const { column } = cli.words
  return [column.set, column.at, column.type, column.proof, column.size, column.destination]
}

export function setRow(cli: Cli, info: SetInfo): string[] {
  const { words } = cli
  const marks = [words.proof[info.proof], info.pinned ? words.pinned : '', info.state === 'present' ? '' : info.state]
  return [
    info.id,
    formatTime(info.at),
    words.type[info.type],
    words.joined(marks.filter((mark) => mark !== '')),
    formatBytes(info.bytes),
    info.destinationName,
  ]
}
