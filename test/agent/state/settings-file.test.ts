/** The settings file's migrations: ordered, each once. */
import { expect, it } from 'vitest'
import { migrateSettings, parseSettings } from '../../../electron/agent/state/settings-file.ts'

const file = { path: '/h/sitekeep.json', copy: '/h/sitekeep.json.good' }
const steps = [
  (settings: object) => ({ ...settings, version: 2, trail: 'a' }),
  (settings: object) => ({ ...settings, version: 3, trail: `${(settings as { trail: string }).trail}b` }),
]

it('runs the steps that are missing, in order', () => {
  expect(migrateSettings({ version: 1 }, { ...file, migrations: steps })).toEqual({ version: 3, trail: 'ab' })
  expect(migrateSettings({ version: 2, trail: '-' }, { ...file, migrations: steps })).toEqual({
    version: 3,
    trail: '-b',
  })
  expect(migrateSettings({ version: 3 }, { ...file, migrations: steps })).toEqual({ version: 3 })
})

it('refuses a version that it does not know', () => {
  expect(() => migrateSettings({ version: 4 }, { ...file, migrations: steps })).toThrow(
    /newer Sitekeep \(version 4; this one knows 3\)/,
  )
  for (const version of [0, -1, 1.5, '1', null, undefined]) {
    expect(() => migrateSettings({ version }, file), String(version)).toThrow(/version: expected/)
  }
})

it('reads what was written in version 1', () => {
  const text = '{"version": 1, "installId": "0123456789abcdef0123456789abcdef", "destinations": [], "jobs": []}'
  expect(parseSettings(Buffer.from(text), file)).toEqual(JSON.parse(text))
})
