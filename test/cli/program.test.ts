/** The command line against an agent that answers from a table: shapes, exit codes, languages, refusals. */
import { describe, expect, it } from 'vitest'
import { errorCodes, errorRows } from '../../electron/contract/error.ts'
import type { RunRecord } from '../../electron/contract/run.ts'
import type { SetInfo } from '../../electron/contract/set.ts'
import { failure } from '../../electron/cli/failure.ts'
import { play, type Answers } from './stage.ts'

const set: SetInfo = {
  id: 'shop/full_backup_20260105_020000',
  job: 'job_3f9a01',
  jobName: 'shop',
  type: 'full',
  at: '2026-01-05T02:00:00+08:00',
  path: '/backup/shop/full/full_backup_20260105_020000',
  destination: 'dst_3f9a01',
  destinationName: 'nas',
  sequence: 1,
  state: 'present',
  proof: 'matched',
  bytes: 1234,
  plainBytes: 5678,
  pinned: false,
  suspicious: false,
  run: 'run_3f9a01',
  sources: [],
}

const run: RunRecord = {
  id: 'run_3f9a01',
  kind: 'backup',
  job: 'job_3f9a01',
  jobName: 'shop',
  trigger: 'manual',
  startedAt: '2026-01-05T02:00:00+08:00',
  finishedAt: '2026-01-05T02:00:03+08:00',
  outcome: 'good',
  proof: 'matched',
  sets: [{ set: set.id, destination: set.destination, proof: 'matched', bytes: 1234 }],
  findings: [],
  spans: [],
  bytesRead: 1,
  bytesStored: 1,
}

function backingUp(record: Partial<RunRecord>): Answers {
  return {
    'backup.start': () => ({ run: run.id }),
    'run.wait': () => ({ ...run, ...record }),
    'set.show': () => ({ info: set, proofs: [] }),
  }
}

describe('what --json prints', () => {
  it('is one document with the fields of the design, for backup', async () => {
    const played = await play(['backup', 'shop', '--json'], { answers: backingUp({}) })
    expect(played.exit).toBe(0)
    expect(played.err).toBe('')
    expect(played.document()).toMatchObject({
      run: run.id,
      outcome: 'good',
      findings: [],
      sets: [
        {
          id: set.id,
          job: 'shop',
          type: 'full',
          at: set.at,
          path: set.path,
          destination: 'nas',
          proof: 'matched',
          bytes: 1234,
        },
      ],
    })
  })

  it('is one document for list, also over several pages', async () => {
    const all = Array.from({ length: 5 }, (_, index) => ({ ...set, sequence: index }))
    const answers: Answers = {
      'set.list': ({ offset = 0 }) => ({ total: all.length, sets: all.slice(offset, offset + 2) }),
    }
    const played = await play(['--json', 'list'], { answers })
    expect((played.document()['sets'] as unknown[]).length).toBe(5)
    expect(played.calls).toHaveLength(3)
  })

  it('is one document for verify', async () => {
    const answers: Answers = {
      'verify.start': () => ({ run: run.id }),
      'run.wait': () => ({ ...run, kind: 'verify', subject: set.id, proof: 'restored' }),
    }
    const played = await play(['verify', 'latest', '--level', 'restore', '--json'], { answers })
    expect(played.document()).toMatchObject({ set: set.id, proof: 'restored', outcome: 'good', findings: [] })
    expect(played.calls[0]?.params).toEqual({ set: 'latest', level: 'restore' })
  })

  it('is one document for restore, into a new place by default', async () => {
    const compared = { tables: [{ name: 't', rows: 3, expected: 3 }], files: { count: 2, expected: 2 } }
    const answers: Answers = {
      'restore.start': () => ({ run: run.id }),
      'run.wait': () => ({ ...run, kind: 'restore', target: '/srv/x', compared }),
    }
    const played = await play(['restore', 'shop/latest', '--json'], { answers, cwd: '/srv' })
    expect(played.document()).toMatchObject({ run: run.id, outcome: 'good', target: '/srv/x', compared, seconds: 3 })
    expect(played.calls[0]?.params).toEqual({ set: 'shop/latest', to: '/srv/restored-latest' })
  })

  it('is an error with code, message and hint where a command fails', async () => {
    const answers: Answers = {
      'backup.start': () => {
        throw failure('not-found', { what: 'job', name: 'x' })
      },
    }
    const played = await play(['backup', 'x', '--json'], { answers })
    expect(played.exit).toBe(4)
    expect(played.document()).toMatchObject({
      error: { code: 'not-found', message: 'There is no job "x".', hint: expect.any(String) as string },
    })
  })
})

describe('the exit code', () => {
  it.each([
    ['good', 0],
    ['warning', 3],
    ['failed', 1],
    ['cancelled', 1],
  ] as const)('of a run that ended %s is %i', async (outcome, exit) => {
    expect((await play(['backup', 'shop'], { answers: backingUp({ outcome }) })).exit).toBe(exit)
  })

  it('of every error is the one in the table', async () => {
    for (const code of errorCodes) {
      const answers: Answers = {
        'job.list': () => {
          throw failure(code, {})
        },
      }
      expect([code, (await play(['job', 'list'], { answers })).exit]).toEqual([code, errorRows[code].exit])
    }
  })

  it.each([
    ['good', 0],
    ['idle', 0],
    ['attention', 3],
    ['failed', 1],
  ] as const)('of a status that is %s is %i', async (light, exit) => {
    const agent = { version: '0', startedAt: set.at, hostname: 'h', home: '/h', mode: 'command' } as const
    const answers: Answers = {
      status: () => ({ at: set.at, light, jobs: [], destinations: [], agent, notices: [] }),
    }
    const played = await play(['status', '--json'], { answers })
    expect(played.exit).toBe(exit)
    expect(played.document()).toMatchObject({ light, jobs: [] })
  })
})

describe('wrong use', () => {
  const wrong: readonly (readonly [string, readonly string[]])[] = [
    ['an unknown option', ['backup', 'shop', '--frobnicate']],
    ['an option that is not built yet', ['job', 'add', 'x', '--postgres', 'db', '--to', '/b']],
    ['an unknown command', ['frobnicate']],
    ['a missing argument', ['backup']],
    ['one argument too many', ['backup', 'a', 'b']],
    ['an option without its value', ['backup', 'a', '--type']],
    ['a value that is none of the choices', ['backup', 'a', '--type', 'weekly']],
    ['a keep that cannot be read', ['job', 'add', 'x', '--sqlite', 'a', '--to', '/b', '--keep', 'full=0d']],
    ['a job without sources', ['job', 'add', 'x', '--to', '/b']],
    ['a job without a place', ['job', 'add', 'x', '--sqlite', '/a.db']],
    ['a language that is not known', ['list', '--lang', 'fr']],
    ['an address that is none', ['agent', '--http', 'here']],
  ]
  it.each(wrong)('is refused with code usage and exit 2, and nothing is asked of the agent: %s', async (_, args) => {
    const played = await play([...args, '--json'])
    expect(played.document()).toMatchObject({ error: { code: 'usage', hint: expect.any(String) as string } })
    expect(played.exit).toBe(2)
    expect(played.calls).toEqual([])
  })

  it('does not repeat the value of a mistyped option: it may be a secret', async () => {
    const played = await play(['backup', 'shop', '--pasword=hunter22'])
    expect(played.out + played.err).not.toContain('hunter22')
    expect(played.err).toContain('--pasword')
  })
})

describe('a password in an argument', () => {
  const holding = [
    'postgres://shop:hunter22@db/shop',
    'https://nas.example/dav?token=hunter22',
    'host=db password=hunter22',
    '--password=hunter22',
  ]
  it.each(holding)('is refused with advice and is not repeated: %s', async (argument) => {
    const played = await play(['job', 'add', 'x', '--sqlite', argument, '--to', '/b', '--json'])
    expect(played.exit).toBe(2)
    expect(played.document()).toMatchObject({
      error: { code: 'usage', hint: expect.stringContaining('secret set') as string },
    })
    expect(played.out + played.err).not.toContain('hunter22')
    expect(played.calls).toEqual([])
  })

  it('is not seen in an ordinary path', async () => {
    const played = await play(['backup', 'C:\\data\\a@b:c.db'], { answers: backingUp({}) })
    expect(played.exit).toBe(0)
  })
})

describe('the language', () => {
  const answers: Answers = {
    'backup.start': () => {
      throw failure('not-found', { what: 'job', name: 'x' })
    },
  }
  it('is that of the system', async () => {
    const played = await play(['backup', 'x'], { answers, environment: { LANG: 'zh_CN.UTF-8' } })
    expect(played.err).toMatch(/[\u4e00-\u9fff]/)
  })
  it('is the one asked for before that of the system', async () => {
    const played = await play(['backup', 'x', '--lang', 'en'], { answers, environment: { LANG: 'zh_CN.UTF-8' } })
    expect(played.err).toContain('There is no job')
  })
  it('is English where the system speaks none of ours', async () => {
    const played = await play(['backup', 'x'], { answers, environment: { LC_ALL: 'C', LANG: 'zh_CN.UTF-8' } })
    expect(played.err).toContain('There is no job')
  })
})

describe('secret set', () => {
  const stored: unknown[] = []
  const answers: Answers = {
    'secret.set': (params) => {
      stored.push(params)
      return {}
    },
  }
  it('reads the value from standard input, without the newline of echo, and never prints it', async () => {
    const played = await play(['secret', 'set', 'db', '--stdin'], { answers, input: 'hunter22\n' })
    expect(played.exit).toBe(0)
    expect(stored).toEqual([{ name: 'db', value: 'hunter22' }])
    expect(played.out + played.err).not.toContain('hunter22')
  })
  it('refuses where nobody can be asked', async () => {
    const played = await play(['secret', 'set', 'db'], { answers })
    expect([played.exit, played.calls]).toEqual([2, []])
  })
  it('has no option that takes the value', async () => {
    expect((await play(['secret', 'set', 'db', 'hunter22'])).exit).toBe(2)
  })
})

describe('taking something away', () => {
  const removed: unknown[] = []
  const job = { id: 'job_3f9a01', name: 'shop' } as Awaited<ReturnType<NonNullable<Answers['job.show']>>>
  const answers: Answers = {
    'job.show': () => job,
    'job.remove': (params) => {
      removed.push(params)
      return {}
    },
  }
  it('asks, and does nothing at any answer but yes', async () => {
    const played = await play(['job', 'remove', 'shop'], { answers, isInteractive: true, typed: ['nein'] })
    expect([played.exit, removed]).toEqual([1, []])
  })
  it('is refused where nobody can be asked', async () => {
    const played = await play(['job', 'remove', 'shop', '--json'], { answers })
    expect([played.exit, removed]).toEqual([2, []])
  })
  it('is done with --yes', async () => {
    const played = await play(['job', 'remove', 'shop', '--yes'], { answers })
    expect([played.exit, removed]).toEqual([0, [{ job: 'job_3f9a01' }]])
  })
})

it('Ctrl-C cancels the run and waits for its end', async () => {
  const ended = Promise.withResolvers<RunRecord>()
  const answers: Answers = {
    ...backingUp({}),
    'run.wait': () => ended.promise,
    'run.cancel': () => {
      ended.resolve({ ...run, outcome: 'cancelled', sets: [], error: failure('cancelled', {}).data })
      return {}
    },
  }
  const played = await play(['backup', 'shop', '--json'], {
    answers,
    onInterrupt: (interrupt) => setImmediate(interrupt),
  })
  expect(played.calls.map((call) => call.method)).toContain('run.cancel')
  expect(played.exit).toBe(1)
  expect(played.document()).toMatchObject({ outcome: 'failed', sets: [], error: { code: 'cancelled' } })
})
