/** Reads a JSON body of bounded size. */
import type { IncomingMessage } from 'node:http'
import { MAX_FRAME_BYTES } from '../contract/protocol.ts'
import { BackupError } from '../engine/errors.ts'
import { parseJson } from './json.ts'

/** Throws `message-too-large`, as soon as that is known, or `invalid-input`. */
export async function readJson(request: IncomingMessage): Promise<unknown> {
  const parts: Buffer[] = []
  let bytes = 0
  for await (const part of request as AsyncIterable<Buffer>) {
    bytes += part.length
    if (bytes > MAX_FRAME_BYTES) throw new BackupError('message-too-large', { limit: MAX_FRAME_BYTES })
    parts.push(part)
  }
  const value = parseJson(Buffer.concat(parts))
  if (value === undefined) throw new BackupError('invalid-input', { reason: 'The body was not JSON.' })
  return value
}
