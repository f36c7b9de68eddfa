/** What the tests of destinations share: reading, listing, bodies that misbehave, and the error that a call ends with. */
import { Readable } from 'node:stream'
import { expect } from 'vitest'
import type { ErrorCode } from '../../../electron/contract/error.ts'
import type { Destination, StoredObject } from '../../../electron/engine/destination/destination.ts'
import { BackupError } from '../../../electron/engine/errors.ts'
import { failureOf } from '../../helpers/failure.ts'

export const live = new AbortController().signal
export const SET = 'shop/full/full_backup_20260105_020000'

export async function readAll(stream: Readable): Promise<Buffer> {
  const pieces: Buffer[] = []
  for await (const piece of stream as AsyncIterable<Buffer>) pieces.push(piece)
  return Buffer.concat(pieces)
}

export async function listed(destination: Destination, prefix: string): Promise<StoredObject[]> {
  const found: StoredObject[] = []
  for await (const object of destination.list(prefix, live)) found.push(object)
  return found
}

export async function expectCode(work: Promise<unknown>, code: ErrorCode): Promise<BackupError> {
  const error = await failureOf(work)
  expect(error.code, error.message).toBe(code)
  return error
}

export function bodyOf(...pieces: readonly (string | Buffer)[]): Readable {
  return Readable.from(
    pieces.map((piece) => Buffer.from(piece)),
    { objectMode: false },
  )
}

/** Yields `good` and then fails, as a source that dies in the middle. */
export function dyingBody(good: Buffer): Readable {
  return Readable.from(
    (async function* () {
      yield good
      throw new BackupError('source-read-error', { path: 'a source', reason: 'EIO' })
    })(),
    { objectMode: false },
  )
}

/** Yields `good` and then waits for ever. */
export function stuckBody(good: Buffer): Readable {
  let left: Buffer | undefined = good
  return new Readable({
    read() {
      if (left !== undefined) this.push(left)
      left = undefined
    },
  })
}
