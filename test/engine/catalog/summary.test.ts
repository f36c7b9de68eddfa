/** The light: every rule by example. */
import { describe, expect, it } from 'vitest'
import { summaryInput } from '../../../electron/engine/catalog/summary-input.ts'
import { summarise, type JobInput } from '../../../electron/engine/catalog/summary.ts'
import { localIso } from '../../../electron/engine/time.ts'
import { summarySchema } from '../../../electron/contract/summary.ts'
import { JOB, makeCatalog, makeJob, makeRun, makeSet, OTHER_PLACE, PLACE } from '../../helpers/catalog.ts'
import { ago, daily, fact, facts, input, now, place, run } from '../../helpers/summary.ts'

function judge(changes: Partial<JobInput> = {}, destinations = [place()]): { light: string; codes: string[] } {
  const summary = summarise(input(changes, destinations), now)
  expect(summarySchema.parse(summary)).toEqual(summary)
  const job = summary.jobs[0]!
  return { light: job.light, codes: job.reasons.map((reason) => reason.code) }
}

describe('the light of one job', () => {
  it('is good with a matched set within the promise', () => {
    expect(judge()).toEqual({ light: 'good', codes: ['proven'] })
  })

  it('V07: is not good where the newest backup was only stored, read back or decoded', () => {
    for (const proof of ['none', 'stored', 'read', 'decoded'] as const) {
      expect(judge({ facts: facts({ sets: [fact(1, 3, { proof })] }) })).toEqual({
        light: 'failed',
        codes: ['never-proven'],
      })
    }
  })

  it('is not good where a source or a place came to the job after its newest backup', () => {
    const { sources } = daily
    const added = { id: 'src_new000', name: 'uploads', kind: 'files' as const, roots: ['/srv/up'] }
    const wider = { ...daily, sources: [...sources, { ...added, include: [], exclude: [] }] } as typeof daily
    expect(judge({ job: wider })).toEqual({ light: 'attention', codes: ['not-covered'] })
    const two = { ...daily, destinations: [PLACE, OTHER_PLACE] }
    const usb = place({ id: OTHER_PLACE, name: 'USB' })
    expect(judge({ job: two }, [place(), usb])).toEqual({ light: 'attention', codes: ['not-covered'] })
    const both = [PLACE, OTHER_PLACE].map((destination) => ({ destination, sources: ['src_shop00'] }))
    expect(judge({ job: two, facts: facts({ held: both }) }, [place(), usb]).light).toBe('good')
    expect(judge({ job: two }, [place(), { ...usb, enabled: false }]).light).toBe('good')
  })

  it('asks for attention for a job that was never backed up, and is failed when its first promise has passed without a run', () => {
    const none = { sets: [], runs: [] }
    expect(judge({ facts: facts({ ...none, since: ago(1) }) })).toEqual({ light: 'attention', codes: ['never-run'] })
    expect(judge({ facts: facts({ ...none, since: ago(25) }) })).toEqual({ light: 'failed', codes: ['never-proven'] })
    expect(judge({ job: makeJob(), facts: facts({ ...none, since: ago(25) }) })).toEqual({
      light: 'attention',
      codes: ['never-run', 'no-schedule'],
    })
  })

  it('is failed after a failed first run, and after any failed last run', () => {
    const failed = run(1, { outcome: 'failed', errorCode: 'destination-full' })
    expect(judge({ facts: facts({ sets: [], runs: [failed], since: ago(1) }) }).codes).toEqual([
      'never-proven',
      'last-run-failed',
    ])
    expect(judge({ facts: facts({ runs: [failed, run(3)] }) })).toEqual({ light: 'failed', codes: ['last-run-failed'] })
  })

  it('names an interrupted run as such', () => {
    const interrupted = run(1, { outcome: 'failed', errorCode: 'interrupted' })
    expect(judge({ facts: facts({ runs: [interrupted] }) })).toEqual({ light: 'failed', codes: ['agent-interrupted'] })
  })

  it('looks through a cancelled run and a run that goes on', () => {
    const going = run(0, { outcome: undefined })
    const cancelled = run(1, { outcome: 'cancelled' })
    expect(judge({ facts: facts({ runs: [going, cancelled, run(3)] }) }).light).toBe('good')
    const failed = run(2, { outcome: 'failed' })
    const running = { run: 'run_000009', kind: 'backup' as const }
    expect(judge({ running, facts: facts({ runs: [going, cancelled, failed] }) }).light).toBe('failed')
  })

  it('is failed past the promise, with or without a schedule', () => {
    expect(judge({ facts: facts({ sets: [fact(1, 24)] }) }).light).toBe('good')
    expect(judge({ facts: facts({ sets: [fact(1, 24.1)] }) })).toEqual({ light: 'failed', codes: ['overdue'] })
    expect(judge({ job: makeJob(), facts: facts({ sets: [fact(1, 30)] }) }).codes).toEqual(['overdue', 'no-schedule'])
  })

  it('is not red all night and all weekend where the promise follows the schedule, and is where a run that was due brought nothing', () => {
    const hourly = { rpoMinutes: 90, rpoFollows: 'schedule' } as const
    const job = makeJob({ schedule: { full: '0 9-18 * * 1-5' }, ...hourly })
    const light = (hoursAgo: number, dueInHours: number | undefined) =>
      judge({
        job,
        facts: facts({ sets: [fact(1, hoursAgo)] }),
        dueAfter: () => (dueInHours === undefined ? undefined : new Date(ago(-dueInHours))),
      }).light
    expect(light(60, 3)).toBe('good')
    expect(light(60, -0.4)).toBe('good')
    expect(light(60, -0.6)).toBe('failed')
    expect(light(1, -0.9)).toBe('good')
    expect(light(60, undefined)).toBe('failed')
    const { rpoFollows: _, ...byClock } = job
    expect(
      judge({ job: byClock, facts: facts({ sets: [fact(1, 60)] }), dueAfter: () => new Date(ago(-3)) }).light,
    ).toBe('failed')
  })

  it('says that a job is paused, and what that does to the promise', () => {
    const paused = (until: string) => ({ ...daily, paused: until })
    expect(judge({ job: paused(ago(-2)) })).toEqual({ light: 'good', codes: ['paused', 'proven'] })
    expect(judge({ job: paused(ago(1)) })).toEqual({ light: 'good', codes: ['proven'] })
    expect(judge({ job: paused('until-resumed'), facts: facts({ sets: [fact(1, 30)] }) })).toEqual({
      light: 'failed',
      codes: ['overdue', 'paused'],
    })
  })

  it('does not nag about a job without a schedule while its backup is fresh', () => {
    expect(judge({ job: makeJob() })).toEqual({ light: 'good', codes: ['no-schedule', 'proven'] })
  })

  it('is failed where the newest set is damaged, though an older one is fresh', () => {
    const sets = [fact(2, 1, { state: 'damaged', proof: 'stored' }), fact(1, 3)]
    expect(judge({ facts: facts({ sets }) })).toEqual({ light: 'failed', codes: ['damaged'] })
  })

  it('is attention for a warning, a suspicious source and a place out of reach', () => {
    expect(judge({ facts: facts({ runs: [run(3, { outcome: 'warning' })] }) })).toEqual({
      light: 'attention',
      codes: ['last-run-warning'],
    })
    expect(judge({ facts: facts({ sets: [fact(1, 3, { suspicious: true })] }) })).toEqual({
      light: 'attention',
      codes: ['suspicious'],
    })
    expect(judge({}, [place({ reachable: false })])).toEqual({ light: 'attention', codes: ['destination-unreachable'] })
  })

  it('is not good while nobody has looked at a place that the job wants', () => {
    const unseen = place({ reachable: false, lookedAt: undefined })
    expect(judge({}, [unseen])).toEqual({ light: 'attention', codes: ['not-looked-at'] })
    expect(judge({}, [place(), { ...unseen, id: OTHER_PLACE }]).light).toBe('good')
    expect(judge({}, [place({ reachable: true, lookedAt: undefined })]).light).toBe('attention')
  })

  it('says that the newest backup of a place is gone, and does not nag about older ones', () => {
    const gone = { state: 'missing' } as const
    expect(judge({ facts: facts({ sets: [fact(2, 1, gone), fact(1, 3)] }) })).toEqual({
      light: 'attention',
      codes: ['missing'],
    })
    expect(judge({ facts: facts({ sets: [fact(2, 1), fact(1, 3, gone)] }) })).toEqual({
      light: 'good',
      codes: ['proven'],
    })
    expect(judge({ facts: facts({ sets: [fact(2, 1, gone), fact(1, 30)] }) })).toEqual({
      light: 'failed',
      codes: ['missing', 'overdue'],
    })
    const two = { ...daily, destinations: [PLACE, OTHER_PLACE] }
    const held = [{ destination: PLACE, sources: ['src_shop00'] }]
    const sets = [fact(2, 1), fact(2, 1, { ...gone, destination: OTHER_PLACE })]
    expect(judge({ job: two, facts: facts({ sets, held }) }, [place(), place({ id: OTHER_PLACE })])).toEqual({
      light: 'attention',
      codes: ['missing'],
    })
    expect(judge({ facts: facts({ sets }) }, [place(), place({ id: OTHER_PLACE })]).light).toBe('good')
  })

  it('does not count what is missing, out of reach, or at a place that is disabled or unknown', () => {
    for (const state of ['missing', 'unreachable', 'orphan'] as const) {
      const codes = state === 'missing' ? ['missing', 'overdue'] : ['overdue']
      expect(judge({ facts: facts({ sets: [fact(1, 3, { state })] }) }).codes, state).toEqual(codes)
    }
    expect(judge({}, [place({ enabled: false })]).light).toBe('failed')
    expect(judge({}, [place({ id: OTHER_PLACE })]).light).toBe('failed')
  })

  it('does not believe a set from the future: its age is not known', () => {
    expect(judge({ facts: facts({ sets: [fact(2, -48)] }) })).toEqual({ light: 'failed', codes: ['overdue'] })
    expect(judge({ facts: facts({ sets: [fact(2, -48), fact(1, 3)] }) }).light).toBe('good')
    expect(judge({ facts: facts({ sets: [fact(2, -0.1)] }) }).light).toBe('good')
  })

  it('I12: takes the newest set by sequence, though an older one bears a later date', () => {
    const sets = [fact(2, 30), fact(1, 1)]
    expect(judge({ facts: facts({ sets }) }).codes).toEqual(['overdue'])
  })

  it('V04: turns amber 35 and red 70 days after the last proof, whatever the promise', () => {
    const job = { ...daily, rpoMinutes: 365 * 1440 }
    const proven = (days: number) => judge({ job, facts: facts({ sets: [fact(1, days * 24)] }) })
    expect(proven(34).light).toBe('good')
    expect(proven(35)).toEqual({ light: 'attention', codes: ['proof-old'] })
    expect(proven(70)).toEqual({ light: 'failed', codes: ['proof-old'] })
    const again = fact(1, 80 * 24, { provenAt: ago(24) })
    expect(judge({ job, facts: facts({ sets: [again] }) }).light).toBe('good')
  })

  it('is idle for a job that is switched off, whatever happened', () => {
    const failed = facts({ runs: [run(1, { outcome: 'failed' })] })
    expect(judge({ job: { ...daily, enabled: false }, facts: failed })).toEqual({ light: 'idle', codes: ['disabled'] })
  })
})

describe('the summary', () => {
  it('shows the worst light of all jobs', () => {
    const job = input().jobs[0]!
    const failed = { ...job, facts: facts({ runs: [run(1, { outcome: 'failed' })] }) }
    const warned = { ...job, facts: facts({ runs: [run(1, { outcome: 'warning' })] }) }
    const idle = { ...job, job: { ...daily, enabled: false } }
    const light = (...jobs: JobInput[]) => summarise({ ...input(), jobs }, now).light
    expect(light()).toBe('idle')
    expect(light(idle)).toBe('idle')
    expect(light(idle, job)).toBe('good')
    expect(light(idle, job, warned)).toBe('attention')
    expect(light(idle, failed, job, warned)).toBe('failed')
  })

  it('tells age, last run, restore time and the sizes of the last 24 full backups, oldest first', () => {
    const sets = Array.from({ length: 30 }, (_, n) => fact(30 - n, 3 + n * 24))
    const twice = sets.flatMap((set) => [set, { ...set, destination: OTHER_PLACE }])
    const hot = fact(31, 1, { type: 'hot', bytes: 999 })
    const summary = summarise(input({ facts: facts({ sets: [hot, ...twice], restoreSeconds: 42 }) }), now)
    expect(summary.jobs[0]).toMatchObject({
      rpo: { promisedMinutes: 1440, ageMinutes: 60 },
      rto: { promisedMinutes: 30, measuredSeconds: 42 },
      lastRun: { run: 'run_000001', outcome: 'good', seconds: 60 },
      sizes: Array.from({ length: 24 }, (_, n) => n + 7),
    })
  })

  it('shows 84 nights: restored, matched, stored, failed, missed, none', () => {
    const noon = new Date(2026, 2, 10, 12)
    const local = (daysAgo: number, hour = 2) =>
      new Date(2026, 2, 10 - daysAgo, hour).toISOString().replace('Z', '+00:00')
    const sets = [
      fact(5, 0, { at: local(0) }),
      fact(4, 0, { at: local(1), proof: 'restored' }),
      fact(3, 0, { at: local(2), proof: 'read' }),
      fact(2, 0, { at: local(3), state: 'damaged', proof: 'stored' }),
      fact(1, 0, { at: local(9) }),
    ]
    const runs = [run(0, { startedAt: local(4), outcome: 'failed' })]
    const dueDays = new Set(['2026-03-05', '2026-02-20', '2026-03-06', '2026-03-10'])
    const summary = summarise(input({ facts: facts({ sets, runs, since: undefined }), dueDays }), noon)
    const nights = summary.jobs[0]!.nights
    expect(nights).toHaveLength(84)
    expect(nights.at(-1)).toEqual({ day: '2026-03-10', state: 'matched' })
    expect(nights.slice(-7).map((night) => night.state)).toEqual([
      'none',
      'missed',
      'failed',
      'failed',
      'stored',
      'restored',
      'matched',
    ])
    expect(nights.find((night) => night.day === '2026-02-20')?.state).toBe('none')
    expect(new Set(nights.map((night) => night.day)).size).toBe(84)
  })

  it('is gathered from the catalog', () => {
    const catalog = makeCatalog()
    catalog.recordRun(makeRun(1, { startedAt: ago(3), finishedAt: ago(2.9) }))
    catalog.recordSet(makeSet({ sequence: 1, at: ago(3) }))
    const context = {
      jobs: [daily],
      destinations: [{ id: PLACE, name: 'NAS', kind: 'folder' as const, path: '/mnt/nas', enabled: true }],
      destinationState: () => ({ reachable: true, lookedAt: ago(0), freeBytes: 5 }),
      running: () => undefined,
      dueAfter: (_job: unknown, moment: Date) => new Date(moment.getTime() + 18 * 3_600_000),
      dueDays: () => new Set<string>(),
      agent: input().agent,
      notices: [{ code: 'config-damaged', detail: {} }],
    }
    const summary = summarise(summaryInput(catalog, context, now), now)
    expect(summarySchema.parse(summary)).toMatchObject({
      light: 'good',
      jobs: [
        {
          job: JOB,
          light: 'good',
          newest: { destination: PLACE, proof: 'matched' },
          nextRun: localIso(new Date(ago(-18))),
          lastRun: { seconds: 360 },
        },
      ],
      destinations: [{ sets: 1, bytes: 1000, freeBytes: 5, reachable: true }],
      notices: [{ code: 'config-damaged' }],
    })
  })
})
