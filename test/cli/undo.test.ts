/** `sitekeep undo RUN`: takes a restore in place back, after a question that says what becomes of what is there now. */
import { expect, it } from 'vitest'
import { runRecordSchema } from '../../electron/contract/run.ts'
import { play, type Answers } from './stage.ts'

const server = { via: 'host', host: 'db.lan', port: 5432, user: 'postgres', sslMode: 'prefer' }
const run = runRecordSchema.parse({
  ...{ id: 'run_aaaaaa', kind: 'restore', jobName: 'shop', trigger: 'manual', startedAt: '2026-01-05T02:00:00Z' },
  ...{
    finishedAt: '2026-01-05T02:00:09Z',
    outcome: 'good',
    sets: [],
    findings: [],
    spans: [],
    bytesRead: 0,
    bytesStored: 0,
  },
  ...{
    target: 'db.lan:5432/erp',
    replaced: [{ kind: 'postgres', server, database: 'erp', kept: 'erp_damaged_20260105_020000' }],
  },
})
const answers: Answers = {
  'run.show': () => run,
  'restore.undo': () => ({ run: 'run_bbbbbb' }),
  'run.wait': () => ({ ...run, id: 'run_bbbbbb' }),
}

it('asks, with the names of what comes back and of what it replaces, and does nothing at a no', async () => {
  const no = await play(['undo', 'run_aaaaaa'], { answers, isInteractive: true, typed: ['n'] })
  expect(no.exit).toBe(1)
  expect(no.err).toContain('Put erp_damaged_20260105_020000 back in the place of db.lan:5432/erp?')
  expect(no.calls.map(({ method }) => method)).not.toContain('restore.undo')
})

it('takes it back, and says so', async () => {
  const yes = await play(['undo', 'run_aaaaaa', '--yes'], { answers })
  expect(yes.exit).toBe(0)
  expect(yes.calls).toContainEqual({ method: 'restore.undo', params: { run: 'run_aaaaaa' } })
  expect(yes.out).toContain('db.lan:5432/erp is again what it was before the restore')
})

it('knows no run by a name that is none', async () => {
  const none = await play(['undo', 'latest'], { answers })
  expect([none.exit, none.calls]).toEqual([4, []])
})
