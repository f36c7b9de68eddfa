/** Text from the bytes of a task or script, whatever its encoding; what a file says of its own encoding is often untrue and not asked. */
import { Buffer } from 'node:buffer'
import iconv from 'iconv-lite'
import { MAX_TASK_BYTES } from '../../contract/task-import.ts'
import { phrase } from '../../contract/phrases.ts'
import { BackupError } from '../errors.ts'

/** The share of zero bytes from which bytes are taken for UTF-16: in ASCII text it is one half, in Chinese text far less. */
const UTF16_SHARE = 0.1
/** Looked at for zero bytes. */
const SAMPLE = 4096

/** By byte order mark, zero bytes, strict UTF-8, and then GBK: the code page of a Chinese Windows. @throws BackupError invalid-input */
export function textOf(bytes: Uint8Array, name: string): string {
  if (bytes.length > MAX_TASK_BYTES)
    throw new BackupError('invalid-input', {
      reason: phrase('field-in-file'),
      ...{ path: name, field: '*', problem: phrase('larger-than'), limit: MAX_TASK_BYTES },
    })
  const utf16 = utf16Of(bytes)
  if (utf16 !== undefined) return new TextDecoder(utf16).decode(bytes)
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    // No UTF-8. Every sequence of bytes means something in GBK, if only a question mark.
    return iconv.decode(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), 'gbk')
  }
}

function utf16Of(bytes: Uint8Array): 'utf-16le' | 'utf-16be' | undefined {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le'
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be'
  const sample = bytes.subarray(0, SAMPLE)
  const zeros = [...sample.entries()].filter(([, byte]) => byte === 0)
  const odd = zeros.filter(([at]) => at % 2 === 1).length
  const even = zeros.length - odd
  if (even + odd < sample.length * UTF16_SHARE || even + odd === 0) return undefined
  return odd >= even ? 'utf-16le' : 'utf-16be'
}
