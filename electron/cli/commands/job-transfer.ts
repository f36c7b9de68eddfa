/** `sitekeep job export` and `import`: jobs as a file, with their destinations by path instead of by id. */
import { readFile, writeFile } from 'node:fs/promises'
import { z } from 'zod'
import { fieldOf, problemOf } from '../../contract/issue.ts'
import { jobDraftSchema, type Job } from '../../contract/job.ts'
import type { CallError } from '../../contract/protocol.ts'
import { phrase } from '../../contract/phrases.ts'
import { show, type Cli, type Link } from '../cli.ts'
import { exitCodes, failure } from '../failure.ts'
import { checkBeforehand, withPlaces, type Place } from '../job-checks.ts'

const VERSION = 1

const exportSchema = z.object({
  sitekeep_jobs: z.literal(VERSION),
  jobs: z
    .array(jobDraftSchema.omit({ destinations: true }).extend({ places: z.array(z.string().min(1).max(4096)).min(1) }))
    .max(5000),
})

export async function exportJobs(cli: Cli, typed: string | undefined, { out }: { out?: string }): Promise<number> {
  const link = await cli.link()
  const jobs = typed === undefined ? await link.call('job.list', {}) : [await link.call('job.show', { job: typed })]
  const destinations = await link.call('destination.list', {})
  const document = { sitekeep_jobs: VERSION, jobs: jobs.map((job) => transferable(job, destinations)) }
  if (out === undefined) cli.io.out(`${JSON.stringify(document, null, cli.json ? 0 : 2)}\n`)
  else {
    const file = cli.resolvePath(out)
    // wx: a file that is there is somebody's.
    await writeFile(file, `${JSON.stringify(document, null, 2)}\n`, { flag: 'wx', mode: 0o600 }).catch(
      (error: unknown) => {
        throw failure('invalid-input', { reason: `${file}: ${error instanceof Error ? error.message : String(error)}` })
      },
    )
    show(cli, { file, jobs: jobs.length }, file)
  }
  return exitCodes.done
}

function transferable(job: Job, destinations: readonly { id: string; path: string }[]) {
  const { id: _id, slug: _slug, destinations: ids, sources, ...rest } = job
  const places = ids.map((id) => destinations.find((destination) => destination.id === id)?.path ?? id)
  return { ...rest, sources: sources.map(({ id: _source, ...source }) => source), places }
}

export async function importJobs(cli: Cli, typed: string): Promise<number> {
  const found = await readExport(cli.resolvePath(typed))
  const link = await cli.link()
  const added: Job[] = []
  for (const { places: paths, ...draft } of found.jobs) {
    const places = await knownPlaces(link, paths)
    await checkBeforehand(link, draft, places)
    added.push(
      await withPlaces(link, places, (destinations) => link.call('job.add', { draft: { ...draft, destinations } })),
    )
  }
  show(cli, { jobs: added }, added.map((job) => cli.words.jobAdded(job.name)).join('\n'))
  return exitCodes.done
}

async function knownPlaces(link: Link, paths: readonly string[]): Promise<Place[]> {
  const destinations = await link.call('destination.list', {})
  return paths.map((path) => ({ id: destinations.find((known) => known.path === path)?.id, path }))
}

async function readExport(path: string): Promise<z.infer<typeof exportSchema>> {
  try {
    return exportSchema.parse(JSON.parse(await readFile(path, 'utf8')))
  } catch (error) {
    const issue = error instanceof z.ZodError ? error.issues[0] : undefined
    if (error instanceof SyntaxError) throw failure('invalid-input', { reason: phrase('file-not-json'), path })
    if (issue === undefined) throw unreadable(path, error)
    throw failure('invalid-input', {
      reason: phrase('field-in-file'),
      path,
      field: fieldOf(issue),
      ...problemOf(issue),
    })
  }
}

function unreadable(path: string, error: unknown): CallError {
  const cause = error instanceof Error && 'code' in error ? String(error.code) : String(error)
  if (cause === 'ENOENT') return failure('not-found', { what: phrase('file'), name: path })
  return failure('invalid-input', { reason: phrase('file-unreadable'), path, cause })
}
