/** What the stand-in answers to each method; a test replaces single answers. */
import { errorRows, type ErrorCode } from '../../electron/contract/error.ts'
import type { RetentionPlan } from '../../electron/contract/retention.ts'
import type { MethodName, ParamsOut } from '../../electron/contract/rpc.ts'
import { jobOf } from './fake-agent.ts'
import { NOW, type Site } from './fixture.ts'

/** Parameters were checked against the contract before they come here. */
export type Answers = { [M in MethodName]: (params: ParamsOut<M>) => unknown }

export const good = (value: unknown): unknown => ({ ok: true, value })

export function refused(code: ErrorCode, detail: Record<string, string | number> = {}): unknown {
  return {
    ok: false,
    error: { code, message: `English words of ${code}`, hint: `retry ${errorRows[code].exit}`, detail },
  }
}

const DAY = 86_400_000

function proofsOf(at: string, run: string, upTo: number) {
  const levels = ['stored', 'read', 'decoded', 'matched', 'restored'] as const
  return levels.slice(0, upTo).map((level, n) => ({
    level,
    ok: true,
    at: new Date(Date.parse(at) + n * 8_000).toISOString(),
    run,
    findings: [],
  }))
}

/** Full backups beyond so many would go; one a night. */
function cleanupPlans(site: Site, job: string, full: number): RetentionPlan[] {
  const found = site.jobs.find(({ id }) => id === job)
  if (found === undefined) return []
  return found.destinations.map((destination) => {
    const here = site.sets.filter((set) => set.job === found.id && set.destination === destination)
    const sets = here.map((set, index) => {
      const isGoing = index >= Math.max(2, full)
      const code = isGoing ? ('delete-age' as const) : ('keep-age' as const)
      const { id, at, type, bytes, state, proof } = set
      const reasons = [{ code, detail: { days: index, limit: full } }]
      return {
        set: id,
        at,
        type,
        bytes,
        state,
        proof,
        action: isGoing ? ('delete' as const) : ('keep' as const),
        reasons,
      }
    })
    const going = sets.filter(({ action }) => action === 'delete')
    const deletedBytes = going.reduce((sum, { bytes }) => sum + bytes, 0)
    const name = site.destinations.find(({ id }) => id === destination)?.name ?? destination
    return {
      ...{ job: found.id, jobName: found.name, destination, destinationName: name, frozen: [], sets },
      ...{ deletes: going.length, deletedBytes, total: sets.length },
    }
  })
}

function runAnswers(site: Site): Pick<Answers, 'run.list' | 'run.show' | 'run.log' | 'run.cancel' | 'run.wait'> {
  const byId = (id: string) => site.runs.find((run) => run.id === id)
  const show = ({ run }: { run: string }): unknown => {
    const found = byId(run)
    return found === undefined ? refused('not-found', { what: 'run', name: run }) : good(found)
  }
  return {
    'run.list': ({ job, kind, outcome, limit, offset }) => {
      const fitting = site.runs.filter(
        (run) =>
          (job === undefined || run.job === job) &&
          (kind === undefined || run.kind === kind) &&
          (outcome === undefined || run.outcome === outcome),
      )
      return good({ total: fitting.length, runs: fitting.slice(offset, offset + limit) })
    },
    'run.show': show,
    'run.wait': show,
    'run.cancel': () => good({}),
    'run.log': ({ offset, limit }) => {
      const lines = Array.from({ length: 42 }, (_, n) => ({
        at: new Date(NOW - 40_000 + n * 700).toISOString(),
        level: n % 9 === 4 ? 'warn' : n === 40 ? 'error' : 'info',
        text:
          n % 9 === 4 ? 'changed: Dispatch\\2026-11 dispatch.xlsx' : `stage put db.sqlite3.gz bytes=${n * 1_048_576}`,
      })).slice(offset, offset + limit)
      return good({ lines, next: offset + lines.length, finished: true })
    },
  }
}

function setAnswers(site: Site): Pick<Answers, 'set.list' | 'set.show' | 'set.files' | 'set.pin'> {
  return {
    'set.list': ({ job, limit, offset }) => {
      const fitting = site.sets.filter((set) => job === undefined || set.job === job)
      return good({ total: fitting.length, sets: fitting.slice(offset, offset + limit) })
    },
    'set.show': ({ set, destination }) => {
      const info = site.sets.find(
        (known) =>
          (known.id === set || set === `${known.id.slice(0, known.id.indexOf('/'))}/latest`) &&
          (destination === undefined || known.destination === destination),
      )
      if (info === undefined) return refused('not-found', { what: 'backup', name: set })
      return good({
        info,
        proofs: proofsOf(info.at, info.run!, info.proof === 'restored' ? 5 : info.proof === 'matched' ? 4 : 1),
      })
    },
    'set.files': ({ set }) =>
      good({ set, at: site.sets.find((known) => known.id === set)!.at, files: [], isMore: false }),
    'set.pin': ({ set }) => good({ id: set, at: site.sets.find((known) => known.id === set)!.at }),
  }
}

function jobAnswers(site: Site) {
  const byRef = (ref: string) => site.jobs.find((job) => job.id === ref || job.name === ref)
  return {
    'job.list': () => good(site.jobs),
    'job.show': ({ job }) =>
      byRef(job) === undefined ? refused('not-found', { what: 'job', name: job }) : good(byRef(job)),
    'job.add': ({ draft }) => {
      const job = jobOf(draft, 'job_new001')
      site.jobs.push(job)
      return good(job)
    },
    'job.check': () => ({}),
    'job.edit': ({ job, draft }) => {
      const index = site.jobs.findIndex((known) => known.id === job)
      site.jobs[index] = { ...jobOf(draft, job), slug: site.jobs[index]!.slug }
      return good(site.jobs[index])
    },
    'job.remove': ({ job }) => {
      site.jobs.splice(
        site.jobs.findIndex((known) => known.id === job),
        1,
      )
      return good({})
    },
    'job.enable': ({ job, enabled }) => good({ ...byRef(job), enabled }),
    'job.pause': () => good([]),
    'job.resume': () => good([]),
    'job.preview': () =>
      good({
        next: Array.from({ length: 5 }, (_, n) => ({
          type: 'full',
          at: new Date(new Date(2026, 10, 20, 2).getTime() + n * DAY).toISOString(),
        })),
      }),
  } satisfies Partial<Answers>
}

function actAnswers(site: Site) {
  return {
    'source.test': ({ source }) =>
      source.kind === 'sqlite'
        ? good({ kind: 'sqlite', bytes: 812e6, tables: 48, rows: 1_204_518, journalMode: 'wal', notes: [] })
        : good({ kind: source.kind, bytes: 3.1e9, files: 12_408, notes: [] }),
    'destination.list': () => good(site.destinations),
    'destination.add': ({ name, path }) => {
      const place = { id: 'dst_new001', name: name ?? path, enabled: true, kind: 'folder' as const, path }
      site.destinations.push(place)
      return good(place)
    },
    'destination.test': () =>
      good({
        ok: true,
        writable: true,
        writeRate: 182e6,
        readRate: 240e6,
        freeBytes: 337e9,
        sameVolume: false,
        state: 'ours',
      }),
    'destination.remove': () => good({}),
    'destination.adopt': () => good({ sets: 4, jobs: 1 }),
    'backup.start': () => good({ run: 'run_live001' }),
    'cleanup.start': () => good({ run: 'run_live001' }),
    'cleanup.preview': ({ job, keep }) => good(cleanupPlans(site, job, keep?.full ?? 30)),
    'verify.start': () => good({ run: 'run_live001' }),
    'restore.start': () => good({ run: 'run_rest001' }),
    'restore.undo': () => good({ run: 'run_rest002' }),
    'restore.plan': ({ set, to }) => {
      const info = site.sets.find((known) => known.id === set) ?? site.sets[0]!
      return good({
        set: { id: info.id, jobName: info.jobName, type: info.type, at: info.at, proof: info.proof },
        target: to ?? 'C:\\ProgramData\\Sitekeep\\work\\drill',
        items: info.sources.map((source) => ({
          source: source.name,
          kind: source.kind,
          to: `${to ?? 'C:\\scratch'}\\${source.name}`,
          bytes: source.plainBytes,
          ...(source.tables === undefined ? {} : { tables: source.tables.length }),
          ...(source.files === undefined ? {} : { files: source.files }),
        })),
        bytesNeeded: 3.9e9,
        bytesFree: 86e9,
        estimatedSeconds: 210,
        warnings: [],
      })
    },
  } satisfies Partial<Answers>
}

export function answersOf(site: Site): Answers {
  return {
    'agent.info': () =>
      good({
        version: '0.1.0',
        protocol: 1,
        pid: 4120,
        home: 'C:\\ProgramData\\Sitekeep',
        http: 'http://127.0.0.1:8099',
      }),
    'agent.stop': () => good({}),
    'agent.webLink': () => good({ url: 'http://127.0.0.1:8099/#code=abc' }),
    'status': () => good(site.summary),
    'secret.list': () => good([]),
    'tasks.read': () => good({ jobs: [], unmapped: [], ignored: 0 }),
    'tasks.retire': () => good(site.jobs[0]),
    'tasks.giveBack': () => good(site.jobs[0]),
    'secret.set': () => good({}),
    'secret.remove': () => good({}),
    ...jobAnswers(site),
    ...actAnswers(site),
    ...runAnswers(site),
    ...setAnswers(site),
  }
}
