/** What a dump that came back holds: its whole text, counted; a custom one by way of pg_restore. */
import type { Readable } from 'node:stream'
import type { SourceConfig } from '../../../contract/source.ts'
import { BackupError, throwIfAborted } from '../../errors.ts'
import type { World } from '../../world.ts'
import { phrase } from '../../../contract/phrases.ts'
import { chunksOf } from '../write-restored.ts'
import { DumpCounter, type DumpSummary } from './dump-summary.ts'
import { lastWords } from './errors.ts'
import type { PostgresContent } from './guards.ts'
import { launch, type Launcher } from './launch.ts'
import { endOf, stopChild } from './program-end.ts'
import { StderrTail } from './stderr-tail.ts'
import { chooseTools, findTools, programIn } from './tools.ts'

export interface ReadContext {
  readonly world: World
  readonly signal: AbortSignal
  readonly source: SourceConfig | undefined
  readonly progress: (bytes: number) => void
}

/** Stops at the first thing that no dump holds, since the rest may be read otherwise than it is meant. */
export async function countText(copy: Readable, { signal, progress }: ReadContext): Promise<DumpSummary> {
  const counter = new DumpCounter()
  let bytes = 0
  for await (const chunk of chunksOf(copy)) {
    throwIfAborted(signal)
    counter.push(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength))
    bytes += chunk.length
    progress(bytes)
    if (counter.oddities.length > 0) break
  }
  return counter.end()
}

/**
 * To the end, through `pg_restore -f -`: a list of its contents would be read from its beginning alone.
 * @returns undefined with the words of pg_restore where it cannot read it
 */
export async function countCustom(
  copy: Readable,
  launcher: Launcher,
  context: ReadContext,
): Promise<DumpSummary | { readonly problem: string }> {
  const { world, signal, progress } = context
  const child = launch(launcher, 'pg_restore', ['-f', '-'], world)
  const stderr = new StderrTail()
  const ended = endOf(child)
  child.stderr.on('data', (chunk: Buffer) => stderr.add(chunk))
  const stop = () => stopChild(child)
  signal.addEventListener('abort', stop)
  try {
    const fed = feed(copy, child.stdin, ended, progress)
    const [summary] = await Promise.all([countText(child.stdout, { ...context, progress: () => undefined }), fed])
    // It has stopped at something odd: the rest is not waited for.
    if (summary.oddities.length > 0) return summary
    const how = await ended
    throwIfAborted(signal)
    if (how.failure !== undefined || how.code !== 0)
      return { problem: lastWords(stderr.text()) || (how.killer ?? `exit ${how.code ?? '?'}`) }
    return summary
  } finally {
    signal.removeEventListener('abort', stop)
    stop()
  }
}

/** Until the copy ends or the program does; the copy is read to its end all the same, since its digest is checked there. */
async function feed(
  copy: Readable,
  into: NodeJS.WritableStream,
  ended: Promise<unknown>,
  progress: (bytes: number) => void,
): Promise<void> {
  const program = { isGone: false }
  const gone = () => {
    program.isGone = true
  }
  void ended.then(gone)
  into.on('error', gone)
  let bytes = 0
  for await (const chunk of chunksOf(copy)) {
    bytes += chunk.length
    progress(bytes)
    if (program.isGone || into.write(chunk)) continue
    await Promise.race([new Promise((resolve) => into.once('drain', resolve)), ended])
  }
  into.end()
}

/**
 * A pg_restore that can read the dump: this computer's, or that of the container in which the job's server runs. It connects
 * to nothing, so it needs no password.
 * @throws BackupError not-provable where there is none
 */
export async function restoreProgram(content: PostgresContent, context: ReadContext): Promise<Launcher> {
  const { world, signal, source } = context
  const version = content.dump_version
  const tools = chooseTools(await findTools(world, signal), Number.parseInt(version, 10))
  const base = { passFile: undefined, server: { via: 'service', service: 'none' } } as const
  if (tools !== undefined) return { ...base, program: (name) => programIn(tools.folder, name, world) }
  if (source?.kind === 'postgres' && source.server.via === 'container')
    return { passFile: undefined, server: source.server, program: (name) => name }
  throw new BackupError('not-provable', { file: content.database, reason: phrase('no-pg-restore'), version })
}
