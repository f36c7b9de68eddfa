/** Makes folders with awkward things in them, and compares two folders byte for byte: names, kinds, modes, times, links, contents. */
import {
  type BigIntStats,
  chmodSync,
  closeSync,
  ftruncateSync,
  linkSync,
  lstatSync,
  lutimesSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { expect } from 'vitest'

export type Name = string | Buffer

export type Node =
  | { readonly kind: 'folder'; readonly name: Name; readonly mode?: number; readonly mtime?: number }
  | {
      readonly kind: 'file'
      readonly name: Name
      readonly content: string | Buffer
      readonly mode?: number
      readonly mtime?: number
    }
  | { readonly kind: 'sparse'; readonly name: Name; readonly size: number; readonly data: readonly [number, string][] }
  | { readonly kind: 'symlink'; readonly name: Name; readonly target: Name }
  | { readonly kind: 'hardlink'; readonly name: Name; readonly to: Name }
  | { readonly kind: 'fifo'; readonly name: string }

const bytesOf = (name: Name): Buffer => (typeof name === 'string' ? Buffer.from(name) : name)

/** A path below `dir`, as bytes. */
export function at(dir: string, name: Name): Buffer {
  return Buffer.concat([Buffer.from(`${dir}/`), bytesOf(name)])
}

/** Makes `nodes` below `dir`; parent folders are made as needed, times are set last. */
export function makeTree(dir: string, nodes: readonly Node[]): string {
  mkdirSync(dir, { recursive: true })
  for (const node of nodes) makeNode(dir, node)
  for (const node of [...nodes].reverse())
    if ('mtime' in node && node.mtime !== undefined) setTime(at(dir, node.name), node.mtime)
  return dir
}

function setTime(path: Buffer, seconds: number): void {
  // Node takes a negative number for "now".
  const time = seconds < 0 ? new Date(seconds * 1000) : seconds
  lutimesSync(path, time, time)
}

function makeNode(dir: string, node: Node): void {
  const path = at(dir, node.name)
  const slash = path.lastIndexOf('/')
  mkdirSync(path.subarray(0, slash), { recursive: true })
  switch (node.kind) {
    case 'folder':
      mkdirSync(path, { recursive: true })
      break
    case 'file':
      writeFileSync(path, node.content)
      break
    case 'sparse':
      makeSparse(path, node.size, node.data)
      break
    case 'symlink':
      symlinkSync(bytesOf(node.target), path)
      break
    case 'hardlink':
      linkSync(at(dir, node.to), path)
      break
    case 'fifo':
      execFileSync('mkfifo', [`${dir}/${node.name}`])
      break
  }
  if ('mode' in node && node.mode !== undefined) chmodSync(path, node.mode)
}

function makeSparse(path: Buffer, size: number, data: readonly [number, string][]): void {
  const fd = openSync(path, 'w')
  ftruncateSync(fd, size)
  for (const [offset, text] of data) writeSync(fd, text, offset)
  closeSync(fd)
}

export interface TreeOptions {
  /** Compare modification times to the microsecond (Node sets no finer ones). Default true. */
  readonly times?: boolean
  readonly modes?: boolean
}

/** One line per entry: name as escaped bytes, kind, mode, time, link target or content hash; hard links by their first name. */
export function describeTree(dir: string, { times = true, modes = true }: TreeOptions = {}): string[] {
  const lines: string[] = []
  const inodes = new Map<string, string>()
  const walk = (path: Buffer, name: Buffer): void => {
    const stat = lstatSync(path, { bigint: true })
    const shown = name.toString('latin1')
    const mode = modes && !stat.isSymbolicLink() ? (Number(stat.mode) & 0o7777).toString(8) : '-'
    const time = times ? stat.mtimeNs.toString() : '-'
    const first = stat.isFile() && stat.nlink > 1n ? inodes.get(`${stat.dev}:${stat.ino}`) : undefined
    if (stat.isFile() && first === undefined) inodes.set(`${stat.dev}:${stat.ino}`, shown)
    lines.push(`${shown} ${mode} ${time} ${first === undefined ? contentOf(path, stat) : `= ${first}`}`)
    if (!stat.isDirectory()) return
    const children = readdirSync(path, { encoding: 'buffer' }).sort((a, b) => Buffer.compare(a, b))
    for (const child of children)
      walk(Buffer.concat([path, Buffer.from('/'), child]), Buffer.concat([name, Buffer.from('/'), child]))
  }
  walk(Buffer.from(dir), Buffer.from('.'))
  return lines
}

function contentOf(path: Buffer, stat: BigIntStats): string {
  if (stat.isDirectory()) return 'folder'
  if (stat.isSymbolicLink()) return `-> ${readlinkSync(path, { encoding: 'buffer' }).toString('latin1')}`
  if (!stat.isFile()) return 'special'
  return `file ${stat.size} ${createHash('sha256').update(readFileSync(path)).digest('hex')}`
}

/** Node sets times as doubles: two entries whose times differ by less are the same. */
const TOLERANCE_NS = 1000n

/** Fails with the first differences where the two folders are not the same. */
export function expectSameTree(actual: string, expected: string, options: TreeOptions = {}): void {
  const wanted = describeTree(expected, options)
  const found = describeTree(actual, options)
  expect(found.map((line, n) => withTimeOf(line, wanted[n]))).toEqual(wanted)
}

const LINE = /^([^]* (?:-|[0-7]+) )(-?\d+)( (?:folder|file|special|->|=)[^]*)$/

/** `line` with the time of `wanted`, where the two are close enough. */
function withTimeOf(line: string, wanted: string | undefined): string {
  const [a, b] = [LINE.exec(line), LINE.exec(wanted ?? '')]
  if (a === null || b === null) return line
  const drift = BigInt(a[2]!) - BigInt(b[2]!)
  return drift <= TOLERANCE_NS && drift >= -TOLERANCE_NS ? `${a[1]!}${b[2]!}${a[3]!}` : line
}
