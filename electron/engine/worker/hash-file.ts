/** SHA-256 of a file's bytes, read in the child process: independent of whoever streams the same file. */
import { createHash } from 'node:crypto'
import { open } from 'node:fs/promises'
import type { HashOrder, HashResult, Tell } from './protocol.ts'

const CHUNK = 1024 * 1024
/** Progress is told once per this many bytes. */
const TELL_EVERY = 16 * CHUNK

export async function hashFile(order: HashOrder, tell: Tell): Promise<HashResult> {
  const file = await open(order.path, 'r')
  try {
    const hash = createHash('sha256')
    const buffer = Buffer.allocUnsafe(CHUNK)
    let bytes = 0
    for (;;) {
      const { bytesRead } = await file.read(buffer, 0, CHUNK)
      if (bytesRead === 0) return { bytes, sha256: hash.digest('hex') }
      hash.update(buffer.subarray(0, bytesRead))
      if (Math.floor((bytes + bytesRead) / TELL_EVERY) > Math.floor(bytes / TELL_EVERY))
        tell({ type: 'progress', bytes: bytes + bytesRead })
      bytes += bytesRead
    }
  } finally {
    await file.close()
  }
}
