/** `sitekeep import-tasks`: what it says, and the way to a job of one's own. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { makePlace } from './place.ts'
import { play } from './stage.ts'

describe('import-tasks', () => {
  it('proposes jobs, in words and as one document, and changes nothing', async () => {
    const { dir, sitekeep, json } = makePlace()
    writeFileSync(
      join(dir, 'crontab'),
      `0 2 * * * cp ${dir}/shop.db /mnt/b/shop.db\n0 5 * * * /usr/bin/certbot renew\n`,
    )
    const { code, document } = await json('import-tasks', 'crontab')
    expect(code).toBe(0)
    expect(document).toMatchObject({
      jobs: [
        { name: 'shop', schedule: { full: '0 2 * * *' }, sources: [{ kind: 'sqlite', path: join(dir, 'shop.db') }] },
      ],
      unmapped: [{ task: 'crontab:2', reason: 'not-a-backup' }],
    })
    const weaknesses = (document['jobs'] as { weaknesses: { code: string; message: string }[] }[])[0]?.weaknesses
    expect(weaknesses?.map((one) => one.code)).toContain('live-sqlite-copied')
    const chinese = await sitekeep('import-tasks', 'crontab', '--lang', 'zh-CN')
    expect(chinese.out).toContain('旧方式的弱点')
    expect(chinese.out).toContain('可能被使用时被当作普通文件复制')
    expect((await json('job', 'list')).document).toEqual({ jobs: [] })
  })

  it('makes the jobs through the checks of job add, proves the first, and refuses to retire what it cannot', async () => {
    const { dir, sitekeep, json } = makePlace()
    mkdirSync(join(dir, 'units'))
    writeFileSync(join(dir, 'units', 'shop.timer'), '[Timer]\nOnCalendar=daily\n')
    writeFileSync(
      join(dir, 'units', 'shop.service'),
      `[Service]\nExecStart=/usr/bin/sqlite3 ${dir}/shop.db ".backup /mnt/b/shop.db"\n`,
    )
    writeFileSync(
      join(dir, 'crontab'),
      `0 3 * * 0 tar czf /mnt/b/up.tgz ${dir}/up\n0 4 * * * tar czf /mnt/b/gone.tgz ${dir}/gone\n`,
    )
    const { code, document } = await json('import-tasks', 'units', 'crontab', '--add', '--to', './backups', '--yes')
    expect(code).toBe(3)
    expect(document['refused']).toMatchObject([{ name: 'gone', error: { code: 'source-missing' } }])
    expect(document['added']).toMatchObject([{ name: 'up' }, { name: 'shop', schedule: { full: '0 0 * * *' } }])
    expect((await sitekeep('backup', 'shop')).code).toBe(0)
    const retired = await sitekeep('import-tasks', '--retire', 'shop', '--yes')
    expect(retired.code).toBe(4)
    expect(retired.err).toContain('old task')
  })

  it('is refused where it could not do what was asked', async () => {
    const { dir, sitekeep } = makePlace()
    writeFileSync(join(dir, 'junk'), Buffer.from([1, 2, 3, 250]))
    expect((await sitekeep('import-tasks', 'gone.xml')).code).toBe(4)
    expect((await sitekeep('import-tasks', 'junk')).code).toBe(3)
    expect((await sitekeep('import-tasks', 'junk', '--add')).code).toBe(2)
    expect((await sitekeep('import-tasks', 'junk', '--retire', 'x')).code).toBe(2)
  })

  it('asks before each job, and for the old task', async () => {
    const proposed = {
      name: 'a',
      task: '\\a',
      schedule: {},
      weaknesses: [],
      triggers: [],
      destinations: [],
      sources: [{ kind: 'sqlite', name: 'a', path: '/a.db', lockWaitSeconds: 60 }],
    } as const
    const answers = {
      'tasks.read': () => ({ jobs: [structuredClone(proposed) as never], unmapped: [], ignored: 0 }),
      'destination.list': () => [],
    }
    const played = await play(['import-tasks', '--add', '--to', './b'], { answers, isInteractive: true, typed: ['n'] })
    expect(played.err).toContain('Add the job "a"?')
    expect(played.calls.map(({ method }) => method)).not.toContain('job.add')
    expect(played.calls[0]).toEqual({ method: 'tasks.read', params: { files: [], system: true } })
  })
})
