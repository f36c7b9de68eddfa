/** Crontabs, systemd timers and compose files: times, and what throws tasks away without a word. */
import { describe, expect, it } from 'vitest'
import { cronOfCalendar } from '../../../electron/engine/task-import/on-calendar.ts'
import { codes, imported, reasons, schedules } from './reading.ts'

describe('a crontab', () => {
  it('of a user: macros, names, zones, comments, variables', async () => {
    const result = await imported({
      crontab: `SHELL=/bin/bash
MAILTO=""
# 0 1 * * * tar czf /b/no.tgz /no
0 2 * * * tar czf /b/etc.tgz /etc
@daily tar czf /b/home.tgz /home
@reboot tar czf /b/x.tgz /x
CRON_TZ=Asia/Shanghai
30 3 * * mon-fri sqlite3 /srv/a.db ".backup /b/a.db"
CRON_TZ=Mars/Olympus
0 4 * * * tar czf /b/y.tgz /y
`,
    })
    expect(schedules(result)).toEqual(['0 2 * * *', '0 0 * * *', undefined, '30 3 * * mon-fri', undefined])
    expect(result.jobs[3]?.schedule.zone).toBe('Asia/Shanghai')
    expect(reasons(result)).toEqual(['cron-reboot', 'zone-not-known'])
    expect(codes(result.jobs[0])).toContain('no-catch-up')
    expect(result.jobs[0]?.replaces).toBeUndefined()
  })

  it('of the system has a user in every line', async () => {
    const result = await imported({
      'site-backup':
        'PATH=/usr/bin\n17 3 * * *\troot\ttar czf /b/etc.tgz /etc\n25 6 * * * postgres pg_dump shop > /b/s.sql\n',
    })
    expect(result.jobs.map(({ sources }) => sources[0]?.kind)).toEqual(['files', 'postgres'])
  })

  it('a bare percent sign ends the command', async () => {
    const result = await imported({
      crontab: '0 2 * * * pg_dump a > /b/a-$(date +%F).sql\n0 3 * * * pg_dump b > /b/b-$(date +\\%F).sql\n',
    })
    expect(codes(result.jobs[0])).toContain('cron-percent')
    expect(codes(result.jobs[1])).not.toContain('cron-percent')
    expect(codes(result.jobs[1])).toContain('no-retention')
  })

  it('a time that cannot be is told', async () => {
    expect(
      reasons(await imported({ crontab: '61 2 * * * tar czf /b/a.tgz /a\n0 2 31 2 * tar czf /b/b.tgz /b\n' })),
    ).toEqual(['cron-not-understood', 'cron-not-understood'])
  })
})

describe('a calendar expression', () => {
  const known: readonly (readonly [string, string, string | undefined])[] = [
    ['daily', '0 0 * * *', undefined],
    ['weekly', '0 0 * * 1', undefined],
    ['quarterly', '0 0 1 1,4,7,10 *', undefined],
    ['02:00', '0 2 * * *', undefined],
    ['*-*-* 02:30:00', '30 2 * * *', undefined],
    ['Mon..Fri 23:15', '15 23 * * 1-5', undefined],
    ['Sat..Mon 04:00', '0 4 * * 0,1,6', undefined],
    ['Mon,Wed *-*-* 12:00', '0 12 * * 1,3', undefined],
    ['*-*-01,15 04:00:00', '0 4 1,15 * *', undefined],
    ['*-01..03-01 04:00', '0 4 1 1-3 *', undefined],
    ['*:0/15', '0,15,30,45 * * * *', undefined],
    ['08..18:00', '0 8-18 * * *', undefined],
    ['Sun *-*-1..7 04:00', '0 4 * * 0#1', undefined],
    ['*-*~01 01:00', '0 1 L * *', undefined],
    ['02:00 Europe/Berlin', '0 2 * * *', 'Europe/Berlin'],
    ['*-*-* 02:00:00 UTC', '0 2 * * *', 'UTC'],
  ]
  it.each(known)('%s is %s', (text, cron, zone) => {
    expect(cronOfCalendar(text)).toEqual({ cron, zone })
  })

  it.each([
    '2026-01-01 02:00',
    'Mon *-*-13 02:00',
    '25:00',
    '*-02-30 02:00',
    'moonday',
    '*:*:0/10',
    '',
    '02:00 Mars/Olympus',
  ])('%s is none', (text) => {
    expect(cronOfCalendar(text)).toBeUndefined()
  })
})

describe('a timer', () => {
  const service =
    '[Unit]\nDescription=x\n[Service]\nType=oneshot\nUser=shop\nWorkingDirectory=/srv/shop\nExecStart=-/usr/bin/sqlite3 shop.db ".backup /mnt/b/shop.db"\n'

  it('and its service, several times, made up for', async () => {
    const result = await imported({
      'shop.timer': '[Timer]\nOnCalendar=Mon..Fri 02:30\nOnCalendar=Sun 04:00\nPersistent=true\n',
      'shop.service': service,
    })
    expect(schedules(result).toSorted()).toEqual(['0 4 * * 0', '30 2 * * 1-5'])
    expect(result.jobs[0]?.sources).toMatchObject([{ kind: 'sqlite', path: '/srv/shop/shop.db' }])
    expect(codes(result.jobs[0])).not.toContain('no-catch-up')
    expect(result.jobs[0]?.rpoMinutes).toBeGreaterThan(24 * 60)
  })

  it('both in one text, as systemctl cat prints them', async () => {
    const text = `# /etc/systemd/system/a.timer\n[Timer]\nOnCalendar=\nOnCalendar=daily\nUnit=b.service\n\n# /etc/systemd/system/b.service\n${service}`
    const result = await imported({ 'cat.txt': text })
    expect(schedules(result)).toEqual(['0 0 * * *'])
    expect(codes(result.jobs[0])).toContain('no-catch-up')
  })

  it('that counts from the start, one without its service, and a service without its timer', async () => {
    const result = await imported({
      'backup-a.timer': '[Timer]\nOnBootSec=5min\nOnUnitActiveSec=1d\n',
      'c.service': service,
    })
    expect(reasons(result).toSorted()).toEqual(['service-missing', 'timer-missing', 'timer-relative', 'timer-relative'])
  })
})

describe('a compose file', () => {
  const compose = (command: string): string => `services:
  db:
    image: postgres:15
    container_name: shop-db
  cron:
    image: alpine
    volumes: ['./data:/data:ro', '/mnt/b:/out', 'named:/other']
    command: ${command}
`

  it('of several "| crontab -" in a row only the last is in force', async () => {
    const result = await imported({
      'compose.yml': compose(`>
      sh -c "echo '0 2 * * * pg_dump -h db -U postgres shop | gzip > /out/a.gz' | crontab - &&
      echo '30 2 * * * sqlite3 /data/shop.db \\".backup /out/shop.db\\"' | crontab - && crond -f"`),
    })
    expect(result.jobs).toMatchObject([
      { schedule: { full: '30 2 * * *' }, sources: [{ path: '/srv/given/data/shop.db' }], destinations: ['/mnt/b'] },
    ])
    expect(result.unmapped).toMatchObject([{ reason: 'crontab-overwritten', trigger: '0 2 * * *' }])
  })

  it('one that keeps what was there adds to it', async () => {
    const result = await imported({
      'compose.yml': compose(
        `["sh", "-c", "echo '0 2 * * * pg_dump -h db -U postgres shop > /out/a.sql' | crontab - ; (crontab -l; echo '0 3 * * * tar czf /out/o.tgz /other') | crontab -"]`,
      ),
    })
    expect(schedules(result)).toEqual(['0 2 * * *', '0 3 * * *'])
    expect(result.jobs[0]?.sources).toMatchObject([
      { server: { via: 'container', container: 'shop-db', user: 'postgres' } },
    ])
    // What lies in a volume has no path on this computer that anybody could tell.
    expect(result.jobs[1]?.sources).toEqual([])
    expect(codes(result.jobs[1])).toContain('path-not-known')
  })

  it('a crontab that comes from elsewhere is told', async () => {
    expect(reasons(await imported({ 'compose.yml': compose('sh -c "cat /x | crontab - && crond -f"') }))).toEqual([
      'crontab-not-read',
    ])
    expect(reasons(await imported({ 'compose.yml': compose('crond -f') }))).toEqual(['not-a-backup'])
  })
})
