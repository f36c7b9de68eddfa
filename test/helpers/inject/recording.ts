/**
 * What a program did to a folder, as recorded by the shim: a tree before, and steps in their true order.
 *
 *     const before = snapshotOf(root)
 *     const run = await runInjected(shim, { root, act: 'record' }, command)
 *     const recording = parseRecording(run.log, root, before)
 *
 * Nodes are files and folders apart from their names, so that a name that was never made durable loses its file, and a file
 * that was renamed keeps its content.
 */
import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'

export type Node =
  | { readonly kind: 'folder'; readonly mode: number; readonly entries: Map<string, number> }
  | { readonly kind: 'file'; readonly mode: number; data: Buffer }
  | { readonly kind: 'link'; readonly target: string }

/** Node 0 is the root. */
export type Tree = Map<number, Node>

export type Step =
  | {
      readonly type: 'add'
      readonly folder: number
      readonly name: string
      readonly node: number
      readonly made?: Node
    }
  | { readonly type: 'remove'; readonly folder: number; readonly name: string; readonly node: number }
  | {
      readonly type: 'move'
      readonly folder: number
      readonly name: string
      readonly toFolder: number
      readonly toName: string
      readonly node: number
    }
  | { readonly type: 'write'; readonly node: number; readonly offset: number; readonly data: Buffer }
  | { readonly type: 'truncate'; readonly node: number; readonly length: number }
  | { readonly type: 'sync'; readonly node: number }
  | { readonly type: 'mark'; readonly name: string }

export interface Recording {
  readonly initial: Tree
  readonly steps: readonly Step[]
}

export interface Snapshot {
  readonly tree: Tree
  readonly byInode: ReadonlyMap<number, number>
}

/** The folder as it lies now; all of it counts as durable. */
export function snapshotOf(root: string): Snapshot {
  const tree: Tree = new Map()
  const byInode = new Map<number, number>()
  const visit = (path: string): number => {
    const stat = lstatSync(path)
    const known = byInode.get(stat.ino)
    if (known !== undefined) return known
    const id = tree.size
    byInode.set(stat.ino, id)
    if (stat.isSymbolicLink()) tree.set(id, { kind: 'link', target: readlinkSync(path) })
    else if (stat.isFile()) tree.set(id, { kind: 'file', mode: stat.mode & 0o7777, data: readFileSync(path) })
    else {
      const entries = new Map<string, number>()
      tree.set(id, { kind: 'folder', mode: stat.mode & 0o7777, entries })
      for (const name of readdirSync(path).sort()) entries.set(name, visit(join(path, name)))
    }
    return id
  }
  visit(root)
  return { tree, byInode }
}

interface Line {
  readonly op: string
  readonly inode: number
  readonly a: number
  readonly first: string
  readonly second: string
  readonly data: Buffer
}

/** `R <pid> <op> <ino> <a> <b> <len> <len> <len>\n` and as many bytes of path, second path and data (shim.c). */
function* linesOf(log: Buffer): Generator<Line> {
  for (let at = 0; at < log.length;) {
    const end = log.indexOf('\n', at)
    const head = log.toString('utf8', at, end).split(' ')
    if (head[0] !== 'R' || head.length !== 9) throw new Error(`not a recording at byte ${at}: ${head.join(' ')}`)
    const [inode = 0, a = 0, , l1 = 0, l2 = 0, l3 = 0] = head.slice(3).map(Number)
    const body = end + 1
    const first = log.toString('utf8', body, body + l1)
    const second = log.toString('utf8', body + l1, body + l1 + l2)
    yield { op: head[2] ?? '', inode, a, first, second, data: log.subarray(body + l1 + l2, body + l1 + l2 + l3) }
    at = body + l1 + l2 + l3 + 1
  }
}

export function parseRecording(log: Buffer, root: string, before: Snapshot): Recording {
  const reader = new Reader(root, before)
  const steps: Step[] = []
  for (const line of linesOf(log)) steps.push(reader.step(line))
  return { initial: before.tree, steps }
}

/** Follows names and inodes while the steps are read, as the running system saw them. */
class Reader {
  readonly #root: string
  readonly #live: Tree
  readonly #byInode: Map<number, number>
  #next: number

  constructor(root: string, before: Snapshot) {
    this.#root = root
    this.#live = cloneTree(before.tree)
    this.#byInode = new Map(before.byInode)
    this.#next = before.tree.size
  }

  step(line: Line): Step {
    const step = this.#read(line)
    applyStep(this.#live, step)
    return step
  }

  #read(line: Line): Step {
    switch (line.op) {
      case 'create':
      case 'mkdir':
      case 'symlink':
        return this.#make(line)
      case 'link':
        return { type: 'add', ...this.#place(line.second), node: this.#nodeAt(line.first) }
      case 'unlink':
      case 'rmdir':
        return { type: 'remove', ...this.#place(line.first), node: this.#nodeAt(line.first) }
      case 'rename': {
        const { folder: toFolder, name: toName } = this.#place(line.second)
        return { type: 'move', ...this.#place(line.first), toFolder, toName, node: this.#nodeAt(line.first) }
      }
      case 'write':
        return { type: 'write', node: this.#nodeOf(line), offset: line.a, data: Buffer.from(line.data) }
      case 'truncate':
        return { type: 'truncate', node: this.#nodeOf(line), length: line.a }
      case 'fsync':
        return { type: 'sync', node: this.#nodeOf(line) }
      case 'mark':
        return { type: 'mark', name: line.first }
      default:
        throw new Error(`unknown operation in a recording: ${line.op}`)
    }
  }

  /** An inode's number is used again after its file is gone: what is made is always a new node. */
  #make(line: Line): Step {
    const node = this.#next
    this.#next += 1
    this.#byInode.set(line.inode, node)
    return { type: 'add', ...this.#place(line.first), node, made: emptyNode(line) }
  }

  #nodeOf(line: Line): number {
    const node = this.#byInode.get(line.inode)
    if (node === undefined) throw new Error(`${line.op} of an unknown inode: ${line.first}`)
    return node
  }

  #nodeAt(path: string): number {
    const { folder, name } = this.#place(path)
    const entry = entriesOf(this.#live, folder).get(name)
    if (entry === undefined) throw new Error(`no such entry in a recording: ${path}`)
    return entry
  }

  #place(path: string): { folder: number; name: string } {
    if (!path.startsWith(`${this.#root}/`)) throw new Error(`${path} crosses the border of ${this.#root}`)
    const names = path.slice(this.#root.length + 1).split('/')
    const name = names.pop() ?? ''
    let folder = 0
    for (const part of names) folder = entriesOf(this.#live, folder).get(part) ?? -1
    return { folder, name }
  }
}

function emptyNode(line: Line): Node {
  if (line.op === 'symlink') return { kind: 'link', target: line.second }
  if (line.op === 'mkdir') return { kind: 'folder', mode: line.a, entries: new Map() }
  return { kind: 'file', mode: line.a, data: Buffer.alloc(0) }
}

export function entriesOf(tree: Tree, id: number): Map<string, number> {
  const node = tree.get(id)
  if (node?.kind !== 'folder') throw new Error(`node ${id} is not a folder`)
  return node.entries
}

export function cloneTree(tree: Tree): Tree {
  const clone = (node: Node): Node =>
    node.kind === 'folder' ? { ...node, entries: new Map(node.entries) } : { ...node }
  return new Map([...tree].map(([id, node]) => [id, clone(node)]))
}

/** Content is replaced, never changed in place: snapshots and trees share it. */
export function applyStep(tree: Tree, step: Step): void {
  switch (step.type) {
    case 'add':
      if (step.made !== undefined) makeNode(tree, step.node, step.made)
      entriesOf(tree, step.folder).set(step.name, step.node)
      return
    case 'remove':
      dropEntry(tree, step.folder, step.name, step.node)
      return
    case 'move':
      dropEntry(tree, step.folder, step.name, step.node)
      entriesOf(tree, step.toFolder).set(step.toName, step.node)
      return
    case 'write':
      writeTo(tree, step.node, step.offset, step.data)
      return
    case 'truncate':
      resize(tree, step.node, step.length)
      return
    case 'sync':
    case 'mark':
  }
}

/** A node's own life does not depend on the name it was made under. */
export function makeNode(tree: Tree, id: number, made: Node): void {
  tree.set(id, made.kind === 'folder' ? { ...made, entries: new Map(made.entries) } : { ...made })
}

function dropEntry(tree: Tree, folder: number, name: string, node: number): void {
  const entries = entriesOf(tree, folder)
  if (entries.get(name) === node) entries.delete(name)
}

function fileOf(tree: Tree, id: number): { data: Buffer } {
  const node = tree.get(id)
  if (node?.kind !== 'file') throw new Error(`node ${id} is not a file`)
  return node
}

export function writeTo(tree: Tree, id: number, offset: number, data: Uint8Array): void {
  const file = fileOf(tree, id)
  const grown = Buffer.alloc(Math.max(file.data.length, offset + data.length))
  file.data.copy(grown)
  grown.set(data, offset)
  file.data = grown
}

function resize(tree: Tree, id: number, length: number): void {
  const file = fileOf(tree, id)
  const resized = Buffer.alloc(length)
  file.data.copy(resized, 0, 0, length)
  file.data = resized
}
