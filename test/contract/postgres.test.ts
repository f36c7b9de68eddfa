/** PostgreSQL addresses: what people paste is understood, passwords and odd options are refused. */
import { describe, expect, it } from 'vitest'
import { parsePostgresUrl, postgresServerSchema } from '../../electron/contract/postgres.ts'

describe('a URL', () => {
  it.each([
    ['postgres://erp@db.local:5433/shop', { host: 'db.local', port: 5433, user: 'erp' }, 'shop'],
    ['postgresql://127.0.0.1/', { host: '127.0.0.1', port: 5432, user: 'postgres' }, undefined],
    ['postgres://u@[::1]/%E5%95%86%E5%BA%97', { host: '::1', port: 5432, user: 'u' }, '商店'],
    ['postgres://u@/db?host=/var/run/postgresql', { host: '/var/run/postgresql', port: 5432, user: 'u' }, 'db'],
    [
      'postgres://u@h/d?sslmode=verify-full&sslrootcert=/etc/ca.pem',
      { host: 'h', port: 5432, user: 'u', sslMode: 'verify-full', sslRootCert: '/etc/ca.pem' },
      'd',
    ],
  ])('%s is understood', (text, server, database) => {
    expect(parsePostgresUrl(text)).toMatchObject({ ok: true, server: { via: 'host', ...server }, database })
  })

  it.each([
    ['postgres://u:geheim@h/d', 'password-in-url'],
    ['postgres://u@h/d?password=geheim', 'password-in-url'],
    ['mysql://u@h/d', 'not-a-postgres-url'],
    ['shop', 'not-a-postgres-url'],
    ['postgres://u@h/d?sslmode=maybe', 'not-a-postgres-url'],
    ['postgres://u@h/d?options=-csearch_path%3Devil', 'option-not-allowed'],
    ['postgres://u@h/d?passfile=/etc/passwd', 'option-not-allowed'],
  ])('X13: %s is refused', (text, problem) => {
    const parsed = parsePostgresUrl(text)
    expect(parsed).toMatchObject({ ok: false, problem })
    expect(JSON.stringify(parsed)).not.toContain('geheim')
  })
})

describe('a container', () => {
  it.each(['--privileged', '-it', 'a b', '$(touch x)', ''])('X13: is not called %j', (container) => {
    expect(postgresServerSchema.safeParse({ via: 'container', container }).success).toBe(false)
  })

  it('may live behind an engine elsewhere, named without a password', () => {
    const at = (engineHost: string) =>
      postgresServerSchema.safeParse({ via: 'container', container: 'db', engineHost }).success
    expect(at('ssh://admin@nas')).toBe(true)
    expect(at('npipe:////./pipe/docker_engine')).toBe(true)
    expect(at('ssh://admin:geheim@nas')).toBe(false)
  })
})
