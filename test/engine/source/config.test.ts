/** Configuration files: secrets masked by value, keys left out, everything else byte for byte. */
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { configKind } from '../../../electron/engine/source/config.ts'
import { maskFile } from '../../../electron/engine/source/config-mask.ts'
import { makeTempDir } from '../../helpers/temp.ts'
import { codesOf, contextOf, drainSnapshot, inspectTaken, restoreTaken, type Taken } from '../../helpers/tree-backup.ts'
import { makeWorld } from '../../helpers/world.ts'

const MASK = '***MASKED***'

function mask(name: string, text: string, known: string[] = []): string | undefined {
  return maskFile(name, Buffer.from(text), new Set(known))?.bytes.toString()
}

async function take(files: Record<string, string | Buffer>, globs: string[]): Promise<{ dir: string; taken: Taken }> {
  const dir = makeTempDir()
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, name)), { recursive: true })
    writeFileSync(join(dir, name), content)
  }
  const absolute = globs.map((glob) => join(dir, glob))
  const config = { id: 'src_000002', kind: 'config' as const, name: 'settings', globs: absolute, exclude: [] }
  const snapshot = await configKind.create(config, makeWorld()).snapshot(contextOf({ workDir: makeTempDir() }))
  return { dir, taken: await drainSnapshot(snapshot) }
}

describe('masking keeps comments and layout', () => {
  it('in .env files', () => {
    const env = `# site\nDEBUG=true\r\nDB_PASSWORD=s3cret-1 # the database\nexport API_KEY="k e y"\nEMPTY_PASSWORD=\nURL=postgres://app:p%40ss@db:5432/x\n# OLD_PASSWORD=older\nPORT=8080`
    expect(mask('.env', env)).toBe(
      `# site\nDEBUG=true\r\nDB_PASSWORD=${MASK} # the database\nexport API_KEY="${MASK}"\nEMPTY_PASSWORD=\nURL=postgres://app:${MASK}@db:5432/x\n# OLD_PASSWORD=${MASK}\nPORT=8080`,
    )
  })

  it('in YAML', () => {
    const yaml = `# compose\nservices:\n  db:\n    image: "postgres:15"   # keep\n    environment:\n      POSTGRES_PASSWORD: hunter22\n      TZ: 'Asia/Shanghai'\n    command: [a,  b]\n  app:\n    environment:\n      - SECRET_KEY=abc-def-1\n      - MODE=x\n    token: |\n      line one\n      line two\n    url: "redis://:pw-9@cache:6379/0"\n`
    expect(mask('docker-compose.yml', yaml)).toBe(
      `# compose\nservices:\n  db:\n    image: "postgres:15"   # keep\n    environment:\n      POSTGRES_PASSWORD: "${MASK}"\n      TZ: 'Asia/Shanghai'\n    command: [a,  b]\n  app:\n    environment:\n      - SECRET_KEY=${MASK}\n      - MODE=x\n    token: "${MASK}"\n    url: "redis://:${MASK}@cache:6379/0"\n`,
    )
  })

  it('in JSON with comments', () => {
    const json = `{\n  // the key\n  "apiKey": "abc",  "n": 1,\n\t"db": {"password": 123456, "host": "h"},\n  "dsn": "x://y", /* end */\n}\n`
    expect(mask('a.json', json)).toBe(
      `{\n  // the key\n  "apiKey": "${MASK}",  "n": 1,\n\t"db": {"password": "${MASK}", "host": "h"},\n  "dsn": "${MASK}", /* end */\n}\n`,
    )
  })

  it('in INI, .conf and .properties', () => {
    expect(mask('a.ini', '[db]\nuser = app\npassword = a b c ; note\n')).toBe(
      `[db]\nuser = app\npassword = ${MASK} ; note\n`,
    )
    expect(mask('redis.conf', 'port 6379\nrequirepass foobared\n')).toBe(`port 6379\nrequirepass ${MASK}\n`)
    expect(mask('a.properties', 'db.password:abc\nname=x\n')).toBe(`db.password:${MASK}\nname=x\n`)
    expect(mask('nginx.conf', 'proxy_set_header Authorization "Bearer abcdefgh123";\n')).not.toContain('abcdefgh123')
    expect(mask('app.conf', 'conn = "Server=a;Password=b1;Port=1"\n')).toBe(
      `conn = "Server=a;Password=${MASK};Port=1"\n`,
    )
  })

  it('in settings.py', () => {
    const python = `SECRET_KEY = 'django-insecure-x'  # change\nDEBUG = True\nDATABASES = {'default': {'NAME': 'x', 'PASSWORD': "pw", 'HOST': 'h'}}\nKEY = os.environ.get('API_KEY', 'fallback')\nTOKEN = load()\n`
    expect(mask('settings.py', python)).toBe(
      `SECRET_KEY = '${MASK}'  # change\nDEBUG = True\nDATABASES = {'default': {'NAME': 'x', 'PASSWORD': "${MASK}", 'HOST': 'h'}}\nKEY = os.environ.get('API_KEY', '${MASK}')\nTOKEN = load()\n`,
    )
  })

  it('also of a private key in the middle of a file, and in files that are not UTF-8', () => {
    const key = '-----BEGIN RSA PRIVATE KEY-----\nMIIabc\n-----END RSA PRIVATE KEY-----'
    expect(mask('a.conf', `x=1\n${key}\ny=2\n`)).not.toContain('MIIabc')
    const gbk = Buffer.concat([Buffer.from('# '), Buffer.from([0xb2, 0xe2]), Buffer.from('\nPASSWORD=abcdef\n')])
    const masked = maskFile('a.ini', gbk, new Set())!
    expect(masked.bytes).toEqual(
      Buffer.concat([Buffer.from('# '), Buffer.from([0xb2, 0xe2]), Buffer.from(`\nPASSWORD=${MASK}\n`)]),
    )
  })

  it('leaves a file without secrets byte for byte', () => {
    for (const [name, text] of [
      ['a.yaml', 'a:  1\nb: [x,y]\n\n'],
      ['a.json', '{"a":\t1}'],
      ['.env', 'A=1\r\nB="x y"\r\n'],
      ['x.toml', 'a = "b"\n'],
    ] as const)
      expect(mask(name, text)).toBe(text)
  })

  it('gives up on what it cannot understand', () => {
    expect(mask('a.yaml', 'a: [1\nb: "\n')).toBeUndefined()
    expect(mask('a.json', '{"a": }')).toBeUndefined()
    expect(mask('.env', 'A=1\u0000')).toBeUndefined()
  })
})

describe('a config source', () => {
  it('masks a value of one file wherever else it stands, leaves keys out, and says so', async () => {
    const world = makeWorld()
    const { dir, taken } = await take(
      {
        'app/.env': 'DB_PASSWORD=sup3r-secret\nMODE=prod\n',
        'app/config/a.yaml': 'line: psql -p sup3r-secret\n# sup3r-secret\n',
        'app/config/b.json': '{"x": "sup3r-secret!"}',
        'app/config/broken.yaml': 'a: [1\n',
        'app/config/tls.pem': 'PEM',
        'app/config/id_rsa': 'KEY',
        'app/other.txt': 'not asked for',
      },
      ['app/.env', 'app/config/**'],
    )
    const all = taken.tar.toString('latin1') + taken.index.toString() + JSON.stringify([taken.content, taken.findings])
    expect(all).not.toContain('sup3r-secret')
    expect(all).not.toContain('not asked for')
    expect(codesOf(taken.findings).sort()).toEqual(['config-keys-left-out', 'config-masked', 'config-unparsed'])
    expect(taken.content.masked.map(({ path }) => path.split('/').at(-1))).toEqual(['.env', 'a.yaml', 'b.json'])
    expect(await inspectTaken(world, taken, configKind.reader(world))).toEqual([])
    const { target, problems } = await restoreTaken(world, taken)
    expect(problems).toEqual([])
    expect(readFileSync(join(target, 'config/.env'), 'utf8')).toBe(`DB_PASSWORD=${MASK}\nMODE=prod\n`)
    expect(taken.content.roots).toEqual([{ path: join(dir, 'app'), prefix: join(dir, 'app').slice(1), name: 'config' }])
  })

  it('takes the content of a linked file', async () => {
    const dir = makeTempDir()
    writeFileSync(join(dir, 'shared.env'), 'A=1\n')
    symlinkSync('shared.env', join(dir, '.env'))
    const config = { id: 'src_000002', kind: 'config' as const, name: 's', globs: [join(dir, '.env')], exclude: [] }
    const snapshot = await configKind.create(config, makeWorld()).snapshot(contextOf({ workDir: makeTempDir() }))
    const taken = await drainSnapshot(snapshot)
    const { target } = await restoreTaken(makeWorld(), taken)
    expect(readFileSync(join(target, 'config/.env'), 'utf8')).toBe('A=1\n')
  })

  it('fails where nothing matches', async () => {
    await expect(take({ 'a.txt': 'x' }, ['*.env'])).rejects.toMatchObject({ code: 'source-no-files' })
    await expect(take({ 'a.txt': 'x' }, ['no/such/.env'])).rejects.toMatchObject({ code: 'source-no-files' })
  })
})
