/** The lines of an index artifact (FORMAT.md §4.3): one entry each, as JSON. */
import { isUtf8 } from 'node:buffer'
import { z } from 'zod'
import { entryTypes, MAX_NAME, timeOf, timeText, type ArchiveEntry, type EntryType } from './entry.ts'
import { TarDamage } from './tar-parse.ts'

export interface IndexLine {
  readonly path: Buffer
  readonly type: EntryType
  readonly size: number
  readonly sha256: string | undefined
  readonly target: Buffer | undefined
  readonly mode: number
  readonly uid: number
  readonly gid: number
  readonly mtimeNs: bigint
  readonly inconsistent: boolean
}

const count = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER)
export const lineSchema = z.object({
  path: z.string().optional(),
  path_b64: z.base64().optional(),
  type: z.enum(entryTypes),
  size: count.optional(),
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .optional(),
  target: z.string().optional(),
  target_b64: z.base64().optional(),
  mode: count.max(0o7777),
  uid: count,
  gid: count,
  mtime: z.string().max(30),
  inconsistent: z.boolean().optional(),
})

/** One line with its line break. `sha256` is a file's. */
export function indexLine(entry: ArchiveEntry, sha256: string | undefined, inconsistent: boolean): string {
  const line = {
    ...nameField('path', entry.path),
    type: entry.type,
    ...(entry.type === 'file' ? { size: entry.size, sha256 } : {}),
    ...(entry.target === undefined ? {} : nameField('target', entry.target)),
    mode: entry.mode,
    uid: entry.uid,
    gid: entry.gid,
    mtime: timeText(entry.mtimeNs),
    ...(inconsistent ? { inconsistent: true } : {}),
  }
  return `${JSON.stringify(line)}\n`
}

function nameField(field: 'path' | 'target', name: Buffer): Record<string, string> {
  return isUtf8(name) ? { [field]: name.toString('utf8') } : { [`${field}_b64`]: name.toString('base64') }
}

/** Longest line that can be valid: two names, every byte escaped, and the numbers. */
const MAX_LINE = 2 * 6 * MAX_NAME + 4096

/** Yields the lines of an index; memory is bounded by the longest line. @throws TarDamage where one is malformed. */
export async function* readIndex(stream: AsyncIterable<Buffer>): AsyncGenerator<IndexLine, void> {
  let rest = Buffer.alloc(0)
  for await (const chunk of stream) {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    let at = 0
    for (let end = bytes.indexOf(0x0a); end !== -1; end = bytes.indexOf(0x0a, at)) {
      yield parseLine(bytes.subarray(at, end))
      at = end + 1
    }
    rest = Buffer.from(bytes.subarray(at))
    if (rest.length > MAX_LINE) throw new TarDamage('a line of the index is too long')
  }
  if (rest.length > 0) throw new TarDamage('the index is cut off')
}

function parseLine(bytes: Buffer): IndexLine {
  const line = lineSchema.safeParse(jsonOf(bytes))
  if (!line.success) throw new TarDamage('a line of the index is malformed')
  const { type, size, sha256, mode, uid, gid, mtime, inconsistent } = line.data
  const path = nameOf(line.data.path, line.data.path_b64)
  const target = nameOf(line.data.target, line.data.target_b64)
  const mtimeNs = timeOf(mtime)
  const isWhole = type === 'file' ? size !== undefined && sha256 !== undefined : true
  const isLink = type === 'symlink' || type === 'hardlink'
  if (path === undefined || mtimeNs === undefined || !isWhole || isLink !== (target !== undefined))
    throw new TarDamage('a line of the index is malformed')
  return { path, type, size: size ?? 0, sha256, target, mode, uid, gid, mtimeNs, inconsistent: inconsistent ?? false }
}

function jsonOf(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'))
  } catch {
    // Not JSON: the schema refuses undefined in the caller's words.
    return undefined
  }
}

function nameOf(text: string | undefined, base64: string | undefined): Buffer | undefined {
  if (text !== undefined) return Buffer.from(text, 'utf8')
  return base64 === undefined ? undefined : Buffer.from(base64, 'base64')
}
