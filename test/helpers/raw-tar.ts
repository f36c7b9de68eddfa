/** Builds tar archives that no honest program writes, byte by byte, with an index and a manifest content that agree with them. */
import { createHash } from 'node:crypto'
import type { Content } from '../../electron/contract/manifest.ts'

export interface RawEntry {
  readonly name: Buffer | string
  readonly flag?: string
  readonly content?: Buffer | string
  /** Overrides the size field. */
  readonly size?: number
  readonly link?: Buffer | string
  readonly mode?: number
  /** Records of a pax header in front. */
  readonly pax?: readonly (readonly [string, Buffer | string])[]
}

const bytes = (value: Buffer | string): Buffer => (typeof value === 'string' ? Buffer.from(value) : value)
const pad = (body: Buffer): Buffer => Buffer.concat([body, Buffer.alloc((512 - (body.length % 512)) % 512)])

export function rawHeader(entry: RawEntry, size: number, flag: string): Buffer {
  const block = Buffer.alloc(512)
  bytes(entry.name).copy(block, 0, 0, 100)
  block.write((entry.mode ?? 0o644).toString(8).padStart(7, '0'), 100, 'latin1')
  for (const [at, length] of [
    [108, 7],
    [116, 7],
    [136, 11],
  ] as const)
    block.write('0'.repeat(length), at, 'latin1')
  block.write(size.toString(8).padStart(11, '0'), 124, 'latin1')
  block.write(flag, 156, 'latin1')
  if (entry.link !== undefined) bytes(entry.link).copy(block, 157, 0, 100)
  block.write('ustar\u000000', 257, 'latin1')
  return withChecksum(block)
}

export function withChecksum(block: Buffer): Buffer {
  block.fill(0x20, 148, 156)
  const sum = block.reduce((total, byte) => total + byte, 0)
  block.write(`${sum.toString(8).padStart(6, '0')}\u0000 `, 148, 'latin1')
  return block
}

export function rawEntry(entry: RawEntry): Buffer {
  const content = bytes(entry.content ?? '')
  const parts: Buffer[] = []
  if (entry.pax !== undefined) {
    const body = Buffer.concat(entry.pax.map(([key, value]) => paxRecord(key, bytes(value))))
    parts.push(rawHeader({ name: 'pax' }, body.length, 'x'), pad(body))
  }
  parts.push(rawHeader(entry, entry.size ?? content.length, entry.flag ?? '0'), pad(content))
  return Buffer.concat(parts)
}

function paxRecord(key: string, value: Buffer): Buffer {
  const rest = Buffer.concat([Buffer.from(` ${key}=`), value, Buffer.from('\n')])
  let length = rest.length + 1
  while (String(length).length + rest.length !== length) length = String(length).length + rest.length
  return Buffer.concat([Buffer.from(String(length)), rest])
}

export function rawTar(entries: readonly RawEntry[]): Buffer {
  return Buffer.concat([...entries.map(rawEntry), Buffer.alloc(1024)])
}

export interface Hostile {
  readonly tar: Buffer
  readonly index: Buffer
  readonly content: Extract<Content, { kind: 'files' | 'config' }>
}

const types: Readonly<Record<string, string>> = { '0': 'file', '1': 'hardlink', '2': 'symlink', '5': 'directory' }

/** A whole set as an attacker who controls tar, index and manifest would write it. */
export function hostileSet(entries: readonly RawEntry[], prefix = 'site'): Hostile {
  const lines = new Map(entries.map(lineOf))
  const all = [...lines.values()]
  const count = (type: string): number => all.filter((line) => line['type'] === type).length
  return {
    tar: rawTar(entries),
    index: Buffer.from(all.map((line) => `${JSON.stringify(line)}\n`).join('')),
    content: {
      kind: 'files',
      roots: [{ path: `/${prefix}`, prefix, name: 'site' }],
      entries: all.length,
      files: count('file'),
      directories: count('directory'),
      links: count('symlink') + count('hardlink'),
      file_bytes: all.reduce((sum, line) => sum + Number(line['size'] ?? 0), 0),
      index: 'files.index.gz',
      masked: [],
    },
  }
}

/** The index line that fits an entry, under its name. */
function lineOf(entry: RawEntry): [string, Record<string, unknown>] {
  const { name, flag = '0', link, mode = 0o644 } = entry
  const path = bytes(entry.pax?.find(([key]) => key === 'path')?.[1] ?? name)
  const type = types[flag] ?? 'file'
  const body = bytes(entry.content ?? '')
  const sha256 = createHash('sha256').update(body).digest('hex')
  const trimmed = type === 'directory' && path.at(-1) === 0x2f ? path.subarray(0, -1) : path
  const content = type === 'file' ? { size: body.length, sha256 } : {}
  const target = link === undefined ? {} : { target_b64: bytes(link).toString('base64') }
  const common = { mode: mode & 0o7777, uid: 0, gid: 0, mtime: '0' }
  return [trimmed.toString('latin1'), { path_b64: trimmed.toString('base64'), type, ...content, ...target, ...common }]
}
