/** The secret store: 0600 files, no value ever printed. */
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { inspect } from 'node:util'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openSecrets, type SecretStore } from '../../../electron/agent/state/secret-store.ts'
import { Redactor, Secret } from '../../../electron/engine/secret.ts'
import { makeTempDir } from '../../helpers/temp.ts'
import { faulty, makeWorld } from '../../helpers/world.ts'

const canary = 'canary-Zq7!x'

async function makeSecrets(world = makeWorld()): Promise<{ folder: string; redactor: Redactor; secrets: SecretStore }> {
  const folder = makeTempDir()
  const redactor = new Redactor()
  return { folder, redactor, secrets: await openSecrets({ folder, world, redactor }) }
}

describe('the secret store', () => {
  it('keeps values for the owner alone, replaces and removes them', async () => {
    const { folder, secrets } = await makeSecrets()
    await secrets.set('nas.password', new Secret(canary))
    await secrets.set('nas.password', new Secret(`${canary}2`))
    await secrets.set('mail', new Secret('über\nzwei Zeilen'))
    expect((await secrets.list()).map((row) => row.name)).toEqual(['mail', 'nas.password'])
    expect((await secrets.get('nas.password')).reveal()).toBe(`${canary}2`)
    expect((await secrets.get('mail')).reveal()).toBe('über\nzwei Zeilen')
    if (process.platform !== 'win32') expect(statSync(join(folder, 'mail')).mode & 0o777).toBe(0o600)
    await secrets.remove('mail')
    await expect(secrets.get('mail')).rejects.toMatchObject({ code: 'secret-missing' })
    await expect(secrets.remove('mail')).rejects.toMatchObject({ code: 'secret-missing' })
    expect(readdirSync(folder)).toEqual(['nas.password'])
  })

  it('refuses names that could be a path, a device or an unfinished file', async () => {
    const { folder, secrets } = await makeSecrets()
    for (const name of [
      '',
      '../x',
      'a/b',
      'a\\b',
      '.partial-1',
      'a.',
      'A',
      'con',
      'lpt1.txt',
      'ä',
      'a\u0000',
      'x'.repeat(81),
    ]) {
      await expect(secrets.set(name, new Secret(canary)), name).rejects.toMatchObject({ code: 'bad-name' })
      await expect(secrets.get(name), name).rejects.toMatchObject({ code: 'bad-name' })
      await expect(secrets.remove(name), name).rejects.toMatchObject({ code: 'bad-name' })
    }
    await expect(secrets.set('empty', new Secret(''))).rejects.toMatchObject({ code: 'invalid-input' })
    await expect(secrets.set('huge', new Secret('x'.repeat(65_537)))).rejects.toMatchObject({ code: 'invalid-input' })
    expect(readdirSync(folder)).toEqual([])
  })

  it('knows every stored value to the redactor from the start, and goes on hiding a removed one', async () => {
    const { folder, secrets } = await makeSecrets()
    await secrets.set('nas', new Secret(canary))
    const redactor = new Redactor()
    const again = await openSecrets({ folder, world: makeWorld(), redactor })
    expect(redactor.text(`user:${canary}@nas`)).toBe('user:[redacted]@nas')
    await again.remove('nas')
    expect(redactor.text(canary)).toBe('[redacted]')
  })

  it.skipIf(process.platform === 'win32')(
    'narrows the rights of a file that was put there by hand, and ignores what is not a secret',
    async () => {
      const { folder, secrets } = await makeSecrets()
      writeFileSync(join(folder, 'by-hand'), canary)
      chmodSync(join(folder, 'by-hand'), 0o644)
      writeFileSync(join(folder, '.partial-0123'), canary)
      mkdirSync(join(folder, 'README.TXT'))
      expect((await secrets.list()).map((row) => row.name)).toEqual(['by-hand'])
      await secrets.get('by-hand')
      expect(statSync(join(folder, 'by-hand')).mode & 0o777).toBe(0o600)
    },
  )

  it('I27: prints no value, also where the disk fails and its error names it', async () => {
    const world = makeWorld()
    const failing = faulty(world.files, { rename: () => Promise.reject(new Error(`EIO ${canary}`)) })
    const { folder, secrets, redactor } = await makeSecrets({ ...world, files: failing })
    const error: unknown = await secrets.set('nas', new Secret(canary)).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'state-unusable' })
    expect(redactor.text(inspect(error, { depth: 9 }))).not.toContain(canary)
    expect(inspect(secrets, { depth: 9, showHidden: true })).not.toContain(canary)
    expect(readdirSync(folder)).toEqual([])
  })

  it('replaces a value in one step: a write that fails leaves the old one', async () => {
    const { folder, secrets } = await makeSecrets()
    await secrets.set('nas', new Secret(canary))
    const world = makeWorld()
    const files = faulty(world.files, { rename: () => Promise.reject(new Error('EIO')) })
    const failing = await openSecrets({ folder, world: { ...world, files }, redactor: new Redactor() })
    await expect(failing.set('nas', new Secret('other-value'))).rejects.toMatchObject({ code: 'state-unusable' })
    expect(readFileSync(join(folder, 'nas'), 'utf8')).toBe(canary)
  })
})
