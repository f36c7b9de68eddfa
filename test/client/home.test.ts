/** Where the state lies, by platform and by what the person said. */
import { describe, expect, it } from 'vitest'
import { stateDirectory } from '../../electron/client/home.ts'

describe('the state directory', () => {
  it.each([
    ['linux', {}, '/home/anna/.local/share/sitekeep'],
    ['linux', { XDG_DATA_HOME: '/d' }, '/d/sitekeep'],
    ['linux', { SITEKEEP_HOME: '' }, '/home/anna/.local/share/sitekeep'],
    ['darwin', {}, '/home/anna/Library/Application Support/Sitekeep'],
    ['win32', { LOCALAPPDATA: '/l' }, '/l/Sitekeep'],
    ['win32', { SITEKEEP_HOME: '/var/lib/sitekeep' }, '/var/lib/sitekeep'],
  ] as const)('on %s with %j is %s', (platform, environment, expected) => {
    expect(stateDirectory(environment, platform, '/home/anna', '/srv')).toBe(expected)
  })

  it('named by a relative path lies where the person stood', () => {
    expect(stateDirectory({ SITEKEEP_HOME: 'state' }, 'linux', '/home/anna', '/srv')).toBe('/srv/state')
    const environment = { SITEKEEP_HOME: 'state', INIT_CWD: '/home/anna' }
    expect(stateDirectory(environment, 'linux', '/home/anna', '/srv')).toBe('/home/anna/state')
  })
})
