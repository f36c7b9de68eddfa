/** Takes a source through its whole life without a destination: snapshot, inspect, restore, each from the bytes of the one before. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import type { Content } from '../../electron/contract/manifest.ts'
import type { Finding } from '../../electron/contract/finding.ts'
import type { SourceOf } from '../../electron/contract/source.ts'
import type { Restored, Snapshot, SnapshotContext, SourceReader } from '../../electron/engine/source/source.ts'
import { filesKind } from '../../electron/engine/source/files.ts'
import type { World } from '../../electron/engine/world.ts'
import { makeTempDir } from './temp.ts'

export function filesConfig(roots: string[], more: Partial<SourceOf<'files'>> = {}): SourceOf<'files'> {
  const base = { id: 'src_000001', kind: 'files' as const, name: 'uploads' }
  return { ...base, roots, include: [], exclude: [], accepted: [], crossMounts: true, ...more }
}

export interface Taken {
  readonly tar: Buffer
  readonly index: Buffer
  readonly content: Extract<Content, { kind: 'files' | 'config' }>
  readonly findings: readonly Finding[]
}

export async function collect(stream: Readable): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

export type TakeContext = Partial<SnapshotContext>

export async function takeFiles(world: World, config: SourceOf<'files'>, context: TakeContext = {}): Promise<Taken> {
  const more = { ...context, workDir: context.workDir ?? makeTempDir('sitekeep-work-') }
  return drainSnapshot(await filesKind.create(config, world).snapshot(contextOf(more)))
}

export function contextOf(context: TakeContext & { readonly workDir: string }): SnapshotContext {
  const signal = new AbortController().signal
  return { previous: undefined, previousIndex: undefined, signal, progress: () => undefined, ...context }
}

export async function drainSnapshot(snapshot: Snapshot): Promise<Taken> {
  const signal = new AbortController().signal
  const names = ['files.tar.gz', 'files.index.gz']
  try {
    const [data, index] = snapshot.artifacts
    const tar = await collect(await data!.open(signal))
    const lines = await collect(await index!.open(signal))
    const content = data!.evidence(names)
    if (content.kind !== 'files' && content.kind !== 'config') throw new Error('unexpected content')
    return { tar, index: lines, content, findings: snapshot.findings() }
  } finally {
    await snapshot.release()
  }
}

/** The bytes in uneven pieces, as a network delivers them. */
export function pieces(bytes: Buffer, size = 65_521): Readable {
  const generate = function* () {
    for (let at = 0; at < bytes.length; at += size) yield Buffer.from(bytes.subarray(at, at + size))
  }
  return Readable.from(generate(), { objectMode: false })
}

export async function inspectTaken(world: World, taken: Taken, reader?: SourceReader): Promise<readonly string[]> {
  return (reader ?? filesKind.reader(world)).inspect(pieces(taken.tar), taken.content, {
    world,
    signal: new AbortController().signal,
    source: undefined,
    index: () => Promise.resolve(pieces(taken.index)),
    progress: () => undefined,
  })
}

export async function restoreTaken(
  world: World,
  taken: Taken,
  options: { readonly only?: string; readonly target?: string; readonly signal?: AbortSignal } = {},
): Promise<Restored & { readonly target: string }> {
  const target = options.target ?? join(makeTempDir('sitekeep-restore-'), 'target')
  mkdirSync(target, { recursive: true })
  const restored = await filesKind.reader(world).restore(pieces(taken.tar), taken.content, {
    target,
    only: options.only,
    signal: options.signal ?? new AbortController().signal,
    ...{ isTest: false, fileName: 'restored', verify: () => Promise.resolve(), into: undefined, source: undefined },
    index: () => Promise.resolve(pieces(taken.index)),
    progress: () => undefined,
  })
  return { ...restored, target }
}

export const codesOf = (findings: readonly Finding[]): string[] => findings.map((finding) => finding.code)
