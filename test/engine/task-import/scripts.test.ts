/** What scripts do: batch files, shell and PowerShell scripts, and what is weak in them. */
import iconv from 'iconv-lite'
import { describe, expect, it } from 'vitest'
import type { ProposedJob } from '../../../electron/contract/task-import.ts'
import { codes, imported, task } from './reading.ts'

const daily = '<CalendarTrigger><StartBoundary>2024-03-06T02:30:00</StartBoundary><ScheduleByDay/></CalendarTrigger>'

async function bat(text: string | Uint8Array, disk: Record<string, string> = {}): Promise<ProposedJob> {
  const { jobs } = await imported(
    { 'x.xml': task(daily, { settings: '<StartWhenAvailable>1</StartWhenAvailable>' }) },
    { 'C:\\backup.bat': text, ...disk },
  )
  return jobs[0]!
}

async function sh(text: string, disk: Record<string, string> = {}): Promise<ProposedJob> {
  const { jobs } = await imported({ crontab: '0 2 * * * /opt/nightly.sh' }, { '/opt/nightly.sh': text, ...disk })
  return jobs[0]!
}

async function ps(text: string): Promise<ProposedJob> {
  const actions =
    '<Exec><Command>powershell.exe</Command><Arguments>-ExecutionPolicy Bypass -File "D:\\my scripts\\b.ps1"</Arguments></Exec>'
  const { jobs } = await imported({ 'x.xml': task(daily, { actions }) }, { 'D:\\my scripts\\b.ps1': text })
  return jobs[0]!
}

describe('a batch file', () => {
  it('in GBK, with variables, a dated dump, a clean-up and a password', async () => {
    const text = [
      '@echo off',
      'rem 每日备份',
      'set "BK=D:\\备份\\库"',
      'set PGPASSWORD=hunter2',
      'set DAY=%date:~0,4%%date:~5,2%',
      'cd /d "C:\\Program Files\\PostgreSQL\\15\\bin"',
      'pg_dump.exe -h 10.0.0.5 -p5433 -U wms -Fc -f "%BK%\\wms_%DAY%.dump" 仓库',
      'forfiles /p %BK% /m *.dump /d -30 /c "cmd /c del @path"',
      'pause',
    ].join('\r\n')
    const job = await bat(iconv.encode(text, 'gbk'))
    const server = { via: 'host', host: '10.0.0.5', port: 5433, user: 'wms' }
    expect(job.sources).toMatchObject([{ kind: 'postgres', server, databases: ['仓库'] }])
    expect(job).toMatchObject({ destinations: ['D:\\备份\\库'], keepDays: 30 })
    expect(codes(job)).toEqual([
      'exit-code-ignored',
      'deletes-blindly',
      'never-read-back',
      'password-in-script',
      'waits-for-key',
    ])
    expect(JSON.stringify(job)).not.toContain('hunter2')
  })

  it('relative to itself, looking at how it ended, into a fixed name', async () => {
    const job = await bat(
      'cd /d %~dp0\ncopy /y site\\db.sqlite3 E:\\b\\db.sqlite3 >nul 2>nul\nif errorlevel 1 goto bad\nxcopy site\\media E:\\b\\media\\ /e /y\n:bad\n',
    )
    expect(job.sources).toMatchObject([
      { kind: 'sqlite', path: 'C:\\site\\db.sqlite3' },
      { kind: 'files', roots: ['C:\\site\\media'] },
    ])
    expect(codes(job)).toEqual([
      'errors-discarded',
      'live-sqlite-copied',
      'overwrites-only-copy',
      'overwrites-only-copy',
      'never-read-back',
    ])
  })

  it('calls another one, in brackets and loops', async () => {
    const job = await bat(
      'if exist D:\\x (\n  call "%~dp0inner.cmd" D:\\data\n) else (echo no)\nfor %%f in (a b) do (robocopy D:\\%%f E:\\%%f /MIR)\n',
      {
        'C:\\inner.cmd':
          '"C:\\Program Files\\7-Zip\\7z.exe" a -tzip -mx5 E:\\out_%time%.zip %1 D:\\x\\shop.db || exit 1\n',
      },
    )
    expect(job.sources).toMatchObject([
      { kind: 'files', roots: ['D:\\data'] },
      { kind: 'sqlite', path: 'D:\\x\\shop.db' },
    ])
    expect(codes(job)).toEqual(
      expect.arrayContaining(['live-sqlite-copied', 'mirror-deletes', 'path-not-known', 'no-retention']),
    )
  })

  it('robocopy of one database file', async () => {
    const job = await bat('robocopy D:\\wms E:\\b db.sqlite3 /R:2 /W:5 /LOG:D:\\l.log')
    expect(job.sources).toMatchObject([{ kind: 'sqlite', path: 'D:\\wms\\db.sqlite3' }])
  })

  it('a command that only packs what was dumped before adds nothing', async () => {
    const job = await bat(
      'pg_dump -U postgres erp > D:\\t\\erp.sql\n7z a D:\\b\\erp.7z D:\\t\\erp.sql\ndel D:\\t\\erp.sql\ncoscli cp D:\\b\\erp.7z cos://bucket/erp/\n7z t D:\\b\\erp.7z\n',
    )
    expect(job.sources).toMatchObject([{ kind: 'postgres', databases: ['erp'] }])
    expect(job.destinations).toEqual(['cos://bucket/erp/'])
    expect(codes(job)).not.toContain('never-read-back')
  })

  it('that calls itself, or the next that calls it, ends', async () => {
    const job = await bat('call C:\\backup.bat\ncall C:\\b.bat\ncopy D:\\a.db E:\\a.db', {
      'C:\\b.bat': 'call C:\\BACKUP.BAT\ncall b.bat\n',
    })
    expect(job.sources).toMatchObject([{ kind: 'sqlite', path: 'D:\\a.db' }])
    expect(codes(job)).not.toContain('script-not-read')
  })

  it('manage.py is read in the settings of its site: what is commented out is not in use', async () => {
    const site = {
      'D:\\wms\\manage.py': "os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'greaterwms.settings')",
      'D:\\wms\\greaterwms\\settings.py':
        "# DATABASES = {'default': {'ENGINE': 'django.db.backends.mysql'}}\nDATABASES = {\n  'default': {\n    'ENGINE': 'django.db.backends.sqlite3',\n    'NAME': os.path.join(BASE_DIR, 'db.sqlite3'),\n  }\n}",
    }
    const text = 'cd /d D:\\wms\npython manage.py dumpdata > E:\\b\\data.json\n'
    expect((await bat(text, site)).sources).toMatchObject([{ kind: 'sqlite', path: 'D:\\wms\\db.sqlite3' }])
    const postgres =
      "DATABASES = {'default': {'ENGINE': 'django.db.backends.postgresql', 'NAME': 'wms', 'USER': 'w', 'PASSWORD': 'p', 'HOST': 'db.local', 'PORT': '5433'}}"
    const server = { host: 'db.local', port: 5433, user: 'w' }
    expect((await bat(text, { ...site, 'D:\\wms\\greaterwms\\settings.py': postgres })).sources).toMatchObject([
      { kind: 'postgres', server, databases: ['wms'] },
    ])
    expect(codes(await bat(text))).toContain('path-not-known')
  })

  it('a database that is not supported yet is said to be so', async () => {
    const result = await imported(
      { 'x.xml': task(daily) },
      { 'C:\\backup.bat': 'mysqldump -u root -psecret wms > D:\\w.sql' },
    )
    expect(result).toMatchObject({
      jobs: [],
      unmapped: [{ reason: 'database-not-supported', detail: { tool: 'mysqldump' } }],
    })
    const both = await bat('mysqldump wms > D:\\w.sql\nxcopy D:\\media E:\\media /e\n')
    expect(codes(both)).toContain('kind-not-supported')
    expect(both.sources).toHaveLength(1)
  })
})

describe('a shell script', () => {
  it('docker, a pipe without pipefail, archives, clean-up and upload', async () => {
    const job = await sh(
      `#!/bin/bash
BK=/srv/backup
STAMP=$(date +%Y%m%d)
docker exec -t shop-db pg_dump -U shop_owner shop | gzip > "$BK/shop_$STAMP.sql.gz"
sqlite3 /srv/app/data.db ".backup '$BK/data_$STAMP.db'"
tar -czf \${BK}/up_$STAMP.tgz -C /srv/app uploads 2>/dev/null
find $BK -name '*.gz' -mtime +14 -delete
ossutil cp -r $BK oss://bucket/shop/
`,
    )
    expect(job.sources).toMatchObject([
      { kind: 'postgres', server: { via: 'container', container: 'shop-db', user: 'shop_owner' }, databases: ['shop'] },
      { kind: 'sqlite', path: '/srv/app/data.db' },
      { kind: 'files', roots: ['/srv/app/uploads'] },
    ])
    expect(job).toMatchObject({ name: 'nightly', keepDays: 14 })
    expect(job.destinations).toContain('oss://bucket/shop/')
    expect(codes(job)).toEqual(
      expect.arrayContaining(['pipe-hides-failure', 'docker-terminal', 'errors-discarded', 'exit-code-ignored']),
    )
    expect(codes(job)).not.toContain('live-sqlite-copied')
  })

  it('a careful one has little to say against it', async () => {
    const job = await sh(
      '#!/bin/bash\nset -euo pipefail\ncd "$(dirname "$0")"\nsudo -u postgres pg_dump shop | gzip > /mnt/nas/shop-$(date +%F).sql.gz\ngunzip -t /mnt/nas/*.gz\nfind /mnt/nas -mtime +30 -delete\n',
    )
    expect(job.sources).toMatchObject([{ kind: 'postgres', server: { host: '/var/run/postgresql', user: 'postgres' } }])
    expect(codes(job)).toEqual(['no-catch-up', 'deletes-blindly'])
  })

  it('variables of PostgreSQL, a URL with a password, and a shell within', async () => {
    const job = await sh(`export PGHOST=db1 PGUSER=me
pg_dump erp -f /b/erp.sql
pg_dump "postgres://app:geheim@db2:5433/crm?sslmode=require" > /b/crm.sql
docker exec pg sh -c 'pg_dumpall -U postgres | gzip' > /b/all.gz
su - postgres -c "pg_dump -Fc wiki > /b/wiki.dump"
`)
    expect(job.sources).toMatchObject([
      { server: { host: 'db1', user: 'me' }, databases: ['erp'] },
      { server: { host: 'db2', port: 5433, user: 'app' }, databases: ['crm'] },
      { server: { via: 'container', container: 'pg' }, databases: 'all' },
      { server: { user: 'me' }, databases: ['wiki'] },
    ])
    expect(codes(job)).toContain('password-in-script')
    expect(JSON.stringify(job)).not.toContain('geheim')
  })

  it('what is looked at is not called ignored; the last command is the result', async () => {
    const ignored = async (text: string): Promise<number> =>
      codes(await sh(text)).filter((code) => code === 'exit-code-ignored').length
    expect(await ignored('cp /a.db /b/\necho done\ncp /c.db /b/')).toBe(1)
    expect(await ignored('if ! cp /a.db /b/; then exit 1; fi\ncp /c.db /b/')).toBe(0)
    expect(await ignored('cp /a.db /b/ || exit 1\ncp /c.db /b/')).toBe(0)
    expect(await ignored('cp /a.db /b/\n[ $? -eq 0 ] || exit 1\ncp /c.db /b/')).toBe(0)
  })

  it('data in the script and comments are no commands', async () => {
    const job = await sh('# cp /x.db /y\ncat <<EOF > /tmp/x\ncp /no.db /y/\nEOF\ncp /a.db /b/ # cp /z.db /y\n')
    expect(job.sources).toMatchObject([{ path: '/a.db' }])
    expect(job.sources).toHaveLength(1)
  })

  it('pg_dump with a mirror of rsync and a remote copy', async () => {
    const job = await sh('rsync -a --delete /srv/files/ backup@nas:/volume1/files/\nscp /b/x.tar nas:/v\n')
    expect(job.sources).toMatchObject([
      { kind: 'files', roots: ['/srv/files'] },
      { kind: 'files', roots: ['/b'], include: ['x.tar'] },
    ])
    expect(job.destinations).toEqual(['backup@nas:/volume1/files/', 'nas:/v'])
    expect(codes(job)).toContain('mirror-deletes')
  })
})

describe('a PowerShell script', () => {
  it('its ">" damages dumps', async () => {
    const job = await ps(
      '$dir = "E:\\bak"\n$stamp = Get-Date -Format yyyyMMdd\n$env:PGPASSWORD = "hunter2"\n& "C:\\Program Files\\PostgreSQL\\15\\bin\\pg_dump.exe" -U postgres -h localhost erp > "$dir\\erp_$stamp.sql"\nCopy-Item D:\\app\\data.db -Destination "$dir\\data.db" -Force\n',
    )
    expect(job.sources).toMatchObject([
      { kind: 'postgres', databases: ['erp'] },
      { kind: 'sqlite', path: 'D:\\app\\data.db' },
    ])
    expect(codes(job)).toEqual(
      expect.arrayContaining(['powershell-redirect', 'password-in-script', 'live-sqlite-copied', 'no-retention']),
    )
    expect(JSON.stringify(job)).not.toContain('hunter2')
  })

  it('a file that the program writes itself is whole', async () => {
    expect(
      codes(await ps('pg_dump -U postgres -f E:\\x.sql erp\nif ($LASTEXITCODE -ne 0) { exit 1 }\n')),
    ).not.toContain('powershell-redirect')
  })
})

it('a script without a task is a proposal without a time', async () => {
  const { jobs, unmapped } = await imported({ 'b.bat': 'xcopy D:\\a E:\\b /e' })
  expect(jobs).toMatchObject([{ name: 'b', schedule: {}, sources: [{ roots: ['D:\\a'] }] }])
  expect(unmapped).toMatchObject([{ reason: 'no-trigger' }])
})

it('a script that is given with its task is the one it calls', async () => {
  const { jobs } = await imported({ 'x.xml': task(daily), 'BACKUP.BAT': 'xcopy D:\\a E:\\b /e' })
  expect(jobs).toHaveLength(1)
  expect(jobs[0]?.sources).toMatchObject([{ roots: ['D:\\a'] }])
})
