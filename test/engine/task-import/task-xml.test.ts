/** Tasks of the Windows Task Scheduler: every kind of trigger to its schedule, or to the reason why there is none. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import iconv from 'iconv-lite'
import { describe, expect, it } from 'vitest'
import { codes, imported, reasons, schedules, task } from './reading.ts'

function sample(name: string): Uint8Array {
  return readFileSync(fileURLToPath(new URL(`../../fixtures/task-scheduler/${name}`, import.meta.url)))
}

describe('the samples', () => {
  it('a daily copy of a database: two at night, not made up for, 72 hours', async () => {
    const { jobs, unmapped } = await imported({ '1.xml': sample('1-daily-sqlite-copy.xml') })
    expect(jobs).toHaveLength(1)
    expect(jobs[0]).toMatchObject({
      name: 'GreaterWMS DB Backup',
      schedule: { full: '0 2 * * *' },
      timeoutMinutes: 72 * 60,
    })
    expect(jobs[0]?.schedule.catchUp).toBeUndefined()
    expect(codes(jobs[0])).toEqual(['no-catch-up', 'script-not-read'])
    expect(unmapped).toEqual([])
  })

  it('a dump on weekdays at a fixed offset, with an end', async () => {
    const { jobs } = await imported({ '2.xml': sample('2-weekly-pgdump-cn.xml') })
    expect(jobs[0]).toMatchObject({ name: 'PG数据库备份', schedule: { full: '30 23 * * 1-5' }, timeoutMinutes: 120 })
    expect(jobs[0]?.triggers[0]).toMatchObject({ offset: '+08:00' })
    expect(jobs[0]?.weaknesses).toContainEqual(
      expect.objectContaining({ code: 'task-ends', detail: { until: '2030-12-31 00:00' } }),
    )
    expect(jobs[0]?.weaknesses).toContainEqual(
      expect.objectContaining({ code: 'script-not-read', detail: { path: 'D:\\备份脚本\\pg_backup.bat' } }),
    )
  })

  it('a repetition of four hours, a window that is switched off, and a logon without network', async () => {
    const { jobs } = await imported({ '3.xml': sample('3-repetition.xml') })
    expect(jobs).toHaveLength(1)
    const [job] = jobs
    expect(job?.schedule).toEqual({ full: '15 0,4,8,12,16,20 * * *' })
    expect(job?.triggers[1]).toMatchObject({ enabled: false, cron: ['*/30 8-17 * * *'] })
    expect(job?.sources).toMatchObject([{ kind: 'files', roots: ['D:\\wms\\media'] }])
    expect(job?.destinations).toEqual(['\\\\NAS01\\backup\\media'])
    expect(codes(job)).toEqual(
      expect.arrayContaining(['no-network-logon', 'no-time-limit', 'mirror-deletes', 'trigger-disabled']),
    )
    expect(job?.timeoutMinutes).toBeUndefined()
  })

  for (const name of ['5-schtasks-query-xml-ONE.gbk.xml', '6-schtasks-query-xml-ONE.utf16le.xml'])
    it(`all tasks of a server (${name})`, async () => {
      const result = await imported({ 'all.xml': sample(name) })
      const all = result.jobs.map((job) => [job.task, job.schedule.full, job.schedule.zone === 'UTC'])
      expect(all).toEqual([
        ['\\GreaterWMS DB Backup', '0 2 * * *', false],
        ['\\备份\\PG数据库备份', '30 23 * * 1-5', false],
        ['\\Site\\Copy uploads', '15 0,4,8,12,16,20 * * *', false],
        ['\\Monthly archive', '0 3 1,L * *', true],
        ['\\Monthly archive', '0 4 * * 0#1', false],
        ['\\Monthly archive', '0 4 * * 0L', false],
      ])
      expect(reasons(result)).toEqual(['every-n-days', 'trigger-boot', 'trigger-logon'])
      expect(result.jobs[3]?.sources).toMatchObject([{ kind: 'sqlite', path: 'D:\\wms\\db.sqlite3' }])
      expect(codes(result.jobs[3])).toEqual(
        expect.arrayContaining(['live-sqlite-copied', 'overwrites-only-copy', 'same-disk', 'only-logged-on']),
      )
    })
})

const at = '<StartBoundary>2024-03-06T02:30:00</StartBoundary>'
const calendar = (inner: string): string => `<CalendarTrigger>${at}${inner}</CalendarTrigger>`
const repeated = (interval: string, duration = ''): string =>
  `<Repetition><Interval>${interval}</Interval>${duration === '' ? '' : `<Duration>${duration}</Duration>`}</Repetition>`

describe('a trigger', () => {
  const mapped: readonly (readonly [string, string, readonly string[]])[] = [
    ['every day', calendar('<ScheduleByDay><DaysInterval>1</DaysInterval></ScheduleByDay>'), ['30 2 * * *']],
    ['every day, without a number', calendar('<ScheduleByDay/>'), ['30 2 * * *']],
    [
      'every seven days is a weekday',
      calendar('<ScheduleByDay><DaysInterval>7</DaysInterval></ScheduleByDay>'),
      ['30 2 * * 3'],
    ],
    [
      'weekdays',
      calendar(
        '<ScheduleByWeek><WeeksInterval>1</WeeksInterval><DaysOfWeek><Wednesday/><Monday/></DaysOfWeek></ScheduleByWeek>',
      ),
      ['30 2 * * 1,3'],
    ],
    [
      'all weekdays',
      calendar(
        '<ScheduleByWeek><DaysOfWeek><Sunday/><Monday/><Tuesday/><Wednesday/><Thursday/><Friday/><Saturday/></DaysOfWeek></ScheduleByWeek>',
      ),
      ['30 2 * * *'],
    ],
    [
      'days of some months',
      calendar(
        '<ScheduleByMonth><Months><March/><June/></Months><DaysOfMonth><Day>1</Day><Day>15</Day></DaysOfMonth></ScheduleByMonth>',
      ),
      ['30 2 1,15 3,6 *'],
    ],
    [
      'the last day of a month',
      calendar('<ScheduleByMonth><DaysOfMonth><Day>Last</Day></DaysOfMonth></ScheduleByMonth>'),
      ['30 2 L * *'],
    ],
    [
      'the second and last Friday',
      calendar(
        '<ScheduleByMonthDayOfWeek><Weeks><Week>2</Week><Week>Last</Week></Weeks><DaysOfWeek><Friday/></DaysOfWeek></ScheduleByMonthDayOfWeek>',
      ),
      ['30 2 * * 5#2', '30 2 * * 5L'],
    ],
    [
      'every week of the month',
      calendar(
        '<ScheduleByMonthDayOfWeek><Weeks><Week>1</Week><Week>2</Week><Week>3</Week><Week>4</Week><Week>Last</Week></Weeks><DaysOfWeek><Friday/></DaysOfWeek></ScheduleByMonthDayOfWeek>',
      ),
      ['30 2 * * 5'],
    ],
    ['for ever every 15 minutes', `<TimeTrigger>${repeated('PT15M')}${at}</TimeTrigger>`, ['*/15 * * * *']],
    ['for ever every day', `<TimeTrigger>${at}${repeated('P1D')}</TimeTrigger>`, ['30 2 * * *']],
    ['for ever every week', `<TimeTrigger>${at}${repeated('P7D')}</TimeTrigger>`, ['30 2 * * 3']],
    ['for ever every six hours', `<TimeTrigger>${at}${repeated('PT6H')}</TimeTrigger>`, ['30 2,8,14,20 * * *']],
    [
      'a window in which every hour is whole',
      calendar(`<ScheduleByDay/>${repeated('PT1H', 'PT3H')}`),
      ['30 2-4 * * *'],
    ],
    [
      'a window over midnight, every day',
      `<CalendarTrigger><StartBoundary>2024-03-06T22:00:00</StartBoundary><ScheduleByDay/>${repeated('PT1H', 'PT4H')}</CalendarTrigger>`,
      ['0 0,1,22,23 * * *'],
    ],
    [
      'with a prefix, and in another order',
      `<t:CalendarTrigger><t:ScheduleByDay><t:DaysInterval>1</t:DaysInterval></t:ScheduleByDay><t:StartBoundary>2024-03-06T02:30:00</t:StartBoundary></t:CalendarTrigger>`,
      ['30 2 * * *'],
    ],
  ]
  it.each(mapped)('%s', async (_, trigger, wanted) => {
    const result = await imported({ 'x.xml': task(trigger) })
    expect(schedules(result).toSorted()).toEqual([...wanted].toSorted())
    expect(result.unmapped).toEqual([])
  })

  const refused: readonly (readonly [string, string, string])[] = [
    ['every third day', calendar('<ScheduleByDay><DaysInterval>3</DaysInterval></ScheduleByDay>'), 'every-n-days'],
    [
      'every second week',
      calendar('<ScheduleByWeek><WeeksInterval>2</WeeksInterval><DaysOfWeek><Monday/></DaysOfWeek></ScheduleByWeek>'),
      'every-n-weeks',
    ],
    ['every 90 minutes', `<TimeTrigger>${at}${repeated('PT90M')}</TimeTrigger>`, 'interval-uneven'],
    ['every 5 hours', `<TimeTrigger>${at}${repeated('PT5H')}</TimeTrigger>`, 'interval-uneven'],
    ['every no minutes', `<TimeTrigger>${at}${repeated('PT0S')}</TimeTrigger>`, 'interval-uneven'],
    ['every 10 days', `<TimeTrigger>${at}${repeated('P10D')}</TimeTrigger>`, 'every-n-days'],
    ['a window of uneven hours', calendar(`<ScheduleByDay/>${repeated('PT45M', 'PT9H')}`), 'window-uneven'],
    [
      'a window over midnight on one weekday',
      `<CalendarTrigger><StartBoundary>2024-03-06T22:00:00</StartBoundary><ScheduleByWeek><DaysOfWeek><Monday/></DaysOfWeek></ScheduleByWeek>${repeated('PT1H', 'PT4H')}</CalendarTrigger>`,
      'window-uneven',
    ],
    ['once', `<TimeTrigger>${at}</TimeTrigger>`, 'one-time'],
    ['once, repeated for a day', `<TimeTrigger>${at}${repeated('PT1H', 'P1D')}</TimeTrigger>`, 'one-time'],
    [
      '30 February',
      calendar(
        '<ScheduleByMonth><Months><February/></Months><DaysOfMonth><Day>30</Day></DaysOfMonth></ScheduleByMonth>',
      ),
      'not-a-date',
    ],
    ['without a beginning', '<CalendarTrigger><ScheduleByDay/></CalendarTrigger>', 'trigger-incomplete'],
    [
      'with a beginning that is no date',
      '<CalendarTrigger><StartBoundary>2024-02-31T02:00:00</StartBoundary><ScheduleByDay/></CalendarTrigger>',
      'trigger-incomplete',
    ],
    ['without days', calendar(''), 'trigger-incomplete'],
    ['at the start of the computer', '<BootTrigger><Delay>PT5M</Delay></BootTrigger>', 'trigger-boot'],
    ['when somebody logs on', '<LogonTrigger/>', 'trigger-logon'],
    ['when idle', '<IdleTrigger/>', 'trigger-idle'],
    ['on an event', '<EventTrigger><Subscription>x</Subscription></EventTrigger>', 'trigger-event'],
    ['on a change of the system', '<WnfStateChangeTrigger/>', 'trigger-event'],
    ['on a change of session', '<SessionStateChangeTrigger/>', 'trigger-session'],
    ['when registered', '<RegistrationTrigger/>', 'trigger-registration'],
    ['of a kind to come', '<MoonTrigger/>', 'trigger-unknown'],
    ['none', '', 'no-trigger'],
  ]
  it.each(refused)('%s has no schedule, and says why', async (_, trigger, reason) => {
    const result = await imported({ 'x.xml': task(trigger) })
    expect(result.jobs.map(({ schedule }) => schedule)).toEqual([{}])
    expect(reasons(result)).toEqual([reason])
    expect(result.unmapped[0]?.message).not.toMatch(/[{}]/)
  })
})

describe('what else a task says', () => {
  const daily = calendar('<ScheduleByDay/>')
  const weak = async (xml: string): Promise<string[]> => codes((await imported({ 'x.xml': xml })).jobs[0])

  it('switched off, without making up, without a limit, under conditions', async () => {
    const settings =
      '<Enabled>false</Enabled><ExecutionTimeLimit>PT0S</ExecutionTimeLimit><RunOnlyIfIdle>true</RunOnlyIfIdle><RunOnlyIfNetworkAvailable>true</RunOnlyIfNetworkAvailable>'
    expect(await weak(task(daily, { settings }))).toEqual(
      expect.arrayContaining(['task-disabled', 'no-catch-up', 'no-time-limit', 'condition-dropped']),
    )
    expect(await weak(task(daily, { settings: '<StartWhenAvailable>true</StartWhenAvailable>' }))).toEqual([
      'script-not-read',
    ])
  })

  it('expired, or yet to expire', async () => {
    const ending = (until: string): string =>
      task(`<CalendarTrigger>${at}<EndBoundary>${until}</EndBoundary><ScheduleByDay/></CalendarTrigger>`)
    expect(await weak(ending('2025-01-01T00:00:00'))).toContain('task-expired')
    expect(await weak(ending('2035-01-01T00:00:00'))).toContain('task-ends')
  })

  it('as whom it runs', async () => {
    expect(
      await weak(task(daily, { principal: '<UserId>PC\\me</UserId><LogonType>InteractiveToken</LogonType>' })),
    ).toContain('only-logged-on')
    expect(await weak(task(daily, { principal: '<GroupId>S-1-5-32-545</GroupId>' }))).toContain('only-logged-on')
    expect(await weak(task(daily, { principal: '<UserId>S-1-5-18</UserId>' }))).not.toContain('only-logged-on')
  })

  it('several actions are one backup', async () => {
    const actions =
      '<Exec><Command>xcopy</Command><Arguments>D:\\a E:\\b /e</Arguments></Exec><Exec><Command>copy.exe</Command><Arguments>&quot;D:\\my data\\x.db&quot; E:\\b</Arguments></Exec><ComHandler/>'
    const result = await imported({ 'x.xml': task(daily, { actions }) })
    expect(result.jobs[0]?.sources).toMatchObject([
      { kind: 'files', roots: ['D:\\a'] },
      { kind: 'sqlite', path: 'D:\\my data\\x.db' },
    ])
    expect(reasons(result)).toEqual(['action-unsupported'])
  })

  it('what is no backup is said so, and what is Windows itself is passed over', async () => {
    const other = task(daily, { actions: '<Exec><Command>C:\\Program Files\\Updater\\up.exe</Command></Exec>' })
    const result = await imported({
      'a.xml': `<Tasks><!-- \\Microsoft\\Windows\\Defrag\\X -->${other}<!-- \\Updater -->${other}</Tasks>`,
    })
    expect(result).toMatchObject({ jobs: [], ignored: 1, unmapped: [{ task: '\\Updater', reason: 'not-a-backup' }] })
  })

  it('a fixed offset that is not this computer’s becomes a zone, universal time too', async () => {
    const zoneOf = async (start: string): Promise<unknown> =>
      (
        await imported({
          'x.xml': task(`<CalendarTrigger><StartBoundary>${start}</StartBoundary><ScheduleByDay/></CalendarTrigger>`),
        })
      ).jobs[0]?.schedule.zone
    expect(await zoneOf('2024-01-01T02:00:00Z')).toBe('UTC')
    expect(await zoneOf('2024-01-01T02:00:00-11:00')).toBe('Etc/GMT+11')
    expect(await zoneOf('2024-01-01T02:00:00')).toBeUndefined()
  })
})

describe('bytes', () => {
  const xml = `<?xml version="1.0" encoding="UTF-16"?>\r\n<Task><RegistrationInfo><URI>\\备份</URI></RegistrationInfo><Triggers>${calendar('<ScheduleByDay/>')}</Triggers><Actions><Exec><Command>D:\\备份.bat</Command></Exec></Actions></Task>`
  const encodings: readonly (readonly [string, Uint8Array])[] = [
    ['UTF-16LE with a mark', iconv.encode(xml, 'utf-16le', { addBOM: true })],
    ['UTF-16LE without one', iconv.encode(xml, 'utf-16le')],
    ['UTF-16BE with a mark', iconv.encode(xml, 'utf-16be', { addBOM: true })],
    ['UTF-16BE without one', iconv.encode(xml, 'utf-16be')],
    ['UTF-8', iconv.encode(xml, 'utf-8')],
    ['UTF-8 with a mark', iconv.encode(xml, 'utf-8', { addBOM: true })],
    ['GBK', iconv.encode(xml, 'gbk')],
  ]
  it.each(encodings)('%s, whatever the file says of itself', async (_, bytes) => {
    const { jobs } = await imported({ 'x.xml': bytes })
    expect(jobs[0]?.task).toBe('\\备份')
    expect(jobs[0]?.weaknesses.find(({ code }) => code === 'script-not-read')?.detail).toEqual({ path: 'D:\\备份.bat' })
  })

  it('one declaration for each task, as schtasks prints without ONE', async () => {
    const { jobs } = await imported({ 'x.xml': `<Tasks><!-- \\A -->${xml}<!-- \\B -->${xml}</Tasks>` })
    expect(jobs.map((job) => job.task)).toEqual(['\\A', '\\B'])
  })
})
