/** Folders: our own walk decides what is there; archiver and our entry writer put it into one tar, with an index beside it. */
import type { SourceOf, SourceReport } from '../../contract/source.ts'
import { makeFinding } from '../../contract/words.ts'
import { BackupError, throwIfAborted, toBackupError } from '../errors.ts'
import type { World } from '../world.ts'
import { TreeArchiver } from './files-archive.ts'
import { judgeByCount, loadPrevious, type PreviousTree } from './files-guards.ts'
import { readOwners } from './files-owners.ts'
import { treeReader } from './files-reader.ts'
import { Report } from './files-report.ts'
import { findRoots, namedRoots, skippedInodes, type LiveRoot, type RootsNow } from './files-roots.ts'
import { treeSnapshot } from './files-snapshot.ts'
import { IndexSpool } from './files-spool.ts'
import { isLiveSqlite } from './files-sqlite.ts'
import { walkRoot, type Found, type WalkOptions } from './files-walk.ts'
import type { Snapshot, SnapshotContext, SourceKindModule } from './source.ts'

type Config = SourceOf<'files'>

export const filesKind: SourceKindModule<'files'> = {
  create: (config, world) => ({
    kind: 'files',
    isRestoreTestable: true,
    check: ({ signal }) => typed(() => check(config, world, signal)),
    snapshot: (context) => typed(() => snapshot(config, world, context)),
    paths: () => typed(() => canonicalPaths(config.roots, world)),
  }),
  reader: treeReader,
}

/** The "Test" button should answer in seconds: a larger folder is counted up to here. */
const CHECK_ENTRIES = 200_000

async function check(config: Config, world: World, signal: AbortSignal): Promise<SourceReport> {
  const roots = await findRoots(config, world, signal)
  const report = new Report(config.name, { user: world.host.user }, config.accepted)
  const notes = roots.missing.map((path) => makeFinding('root-missing', { path }, { source: config.name }))
  let files = 0
  let bytes = 0
  let entries = 0
  for await (const { stat } of walkAll(roots.live, await walkOptions(config, world, signal, roots.live, [], report))) {
    entries += 1
    if (stat.isFile()) files += 1
    if (stat.isFile()) bytes += Number(stat.size)
    if (entries < CHECK_ENTRIES) continue
    notes.push(makeFinding('counted-partly', { count: CHECK_ENTRIES }, { source: config.name }))
    break
  }
  return { kind: 'files', bytes, files, notes: [...notes, ...report.findings()] }
}

async function snapshot(config: Config, world: World, context: SnapshotContext): Promise<Snapshot> {
  const roots = await findRoots(config, world, context.signal)
  const report = new Report(config.name, { user: world.host.user }, config.accepted)
  for (const path of roots.missing) report.find('root-missing', { path }, path)
  for (const root of roots.live) if (root.isEmpty) report.find('root-empty', { path: root.text }, root.text)
  const spool = new IndexSpool(world, context.workDir)
  const previous = await loadPrevious(context.previousIndex)
  const run: FilesRun = { config, world, context, roots, report, spool, previous }
  return treeSnapshot({
    kind: 'files',
    origin: roots.live.map((root) => root.text).join(', '),
    roots: namedRoots(roots.live),
    spool,
    bytes: (signal) => archive(run, signal),
    findings: () => report.findings(),
    masked: () => [],
    release: async () => {
      previous?.close()
      await spool.remove()
    },
  })
}

interface FilesRun {
  readonly config: Config
  readonly world: World
  readonly context: SnapshotContext
  readonly roots: RootsNow
  readonly report: Report
  readonly spool: IndexSpool
  readonly previous: PreviousTree | undefined
}

async function* archive(run: FilesRun, signal: AbortSignal): AsyncGenerator<Buffer, void> {
  const { config, world, context, roots, report, spool, previous } = run
  const options = await walkOptions(config, world, signal, roots.live, [context.workDir], report)
  let done = 0
  const archiver = new TreeArchiver({
    world,
    signal,
    report,
    spool,
    previous,
    owners: await readOwners(world),
    look: async (found, sample) => {
      const path = found.path.toString('utf8')
      if (await isLiveSqlite(found, sample, world)) report.find('live-sqlite', { path }, path)
    },
    progress: (bytes) => {
      done += bytes
      context.progress(done)
    },
  })
  yield* archiver.bytes(walkAll(roots.live, options))
  judge(run)
}

/** Only now is it known what there was. */
function judge({ config, context, roots, report, spool, previous }: FilesRun): void {
  const { files, links } = spool.counts
  // Folders that are there but of which the patterns leave nothing: a mistake in the patterns (faults.md E14).
  if (files + links === 0 && config.include.length > 0 && !roots.live.every((root) => root.isEmpty))
    throw new BackupError('source-no-files', { path: config.include.join(', ') })
  if (previous !== undefined) previous.judge(report, config.name, files)
  else judgeByCount(report, config.name, context.previous, files)
}

async function* walkAll(roots: readonly LiveRoot[], options: WalkOptions): AsyncGenerator<Found, void> {
  for (const root of roots) {
    throwIfAborted(options.signal)
    yield* walkRoot(root, options)
  }
}

async function walkOptions(
  config: Config,
  world: World,
  signal: AbortSignal,
  roots: readonly LiveRoot[],
  ownFolders: readonly string[],
  report: Report,
): Promise<WalkOptions> {
  const skip = await skippedInodes(roots, ownFolders, world)
  return { world, signal, report, crossMounts: config.crossMounts, skip }
}

/** Canonical paths of what exists, the paths as given of what does not. */
async function canonicalPaths(roots: Config['roots'], world: World): Promise<string[]> {
  return Promise.all(roots.map((root) => world.files.realpath(root).catch(() => root)))
}

async function typed<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw toBackupError(error)
  }
}
