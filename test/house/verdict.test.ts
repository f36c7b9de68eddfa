/** What a test run amounts to, and what a machine can show: the decisions of the house commands. */
import { join } from 'node:path'
import { writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { displayProblem, findElectron } from '../../build/run/desktop.mjs'
import { isNewEnough } from '../../build/run/node.mjs'
import { verdict } from '../../build/run/verdict.mjs'
import { makeTempDir } from '../helpers/temp.ts'

const checks = { passed: 3, failed: 0 }
const skip = { name: 'the window on real Windows', reason: 'needs Windows' }

describe('the verdict', () => {
  it('adds the checks to the tests', () => {
    const found = { passed: 10, failed: 2, skipped: [] }
    expect(verdict({ checks, code: 1, found, notHere: [], isCi: true })).toEqual({ lines: [], passed: 13, failed: 2 })
  })

  it('prints a skip with its reason and lets it pass on a user’s machine', () => {
    const found = { passed: 1, failed: 0, skipped: [skip] }
    const { lines, failed } = verdict({ checks, code: 0, found, notHere: [], isCi: false })
    expect(lines).toEqual(['skipped: the window on real Windows — needs Windows'])
    expect(failed).toBe(0)
  })

  it('counts a skip as a failure in CI', () => {
    const found = { passed: 1, failed: 0, skipped: [skip] }
    expect(verdict({ checks, code: 0, found, notHere: [], isCi: true }).failed).toBe(1)
  })

  it('counts apart what cannot exist in CI, by its full name only', () => {
    const found = { passed: 1, failed: 0, skipped: [skip, { ...skip, name: `${skip.name} too` }] }
    const { lines, failed } = verdict({ checks, code: 0, found, notHere: [skip], isCi: true })
    expect(failed).toBe(1)
    expect(lines).toContain('1 not here (test/not-here.json)')
  })

  it('counts long loops apart', () => {
    const found = { passed: 1, failed: 0, skipped: [{ name: 'every syscall (soak)', reason: 'no reason given' }] }
    expect(verdict({ checks, code: 0, found, notHere: [], isCi: true })).toMatchObject({
      lines: ['1 only in npm run soak'],
      failed: 0,
    })
  })

  it('fails where the runner died and left no record', () => {
    expect(verdict({ checks, code: 137, found: undefined, notHere: [], isCi: false })).toMatchObject({
      passed: 3,
      failed: 1,
    })
  })

  it('fails where the runner failed though no test did', () => {
    const found = { passed: 5, failed: 0, skipped: [] }
    expect(verdict({ checks, code: 1, found, notHere: [], isCi: false }).failed).toBe(1)
  })
})

describe('what a machine can show', () => {
  it('is nothing on Linux without a display, and as root', () => {
    expect(displayProblem({}, 'linux', 1000)).toContain('no display')
    expect(displayProblem({ DISPLAY: ':0' }, 'linux', 0)).toContain('root')
  })
  it('is a window on Linux with a display, on Windows and on macOS', () => {
    expect(displayProblem({ DISPLAY: ':0' }, 'linux', 1000)).toBeUndefined()
    expect(displayProblem({ WAYLAND_DISPLAY: 'wayland-0' }, 'linux', 1000)).toBeUndefined()
    expect(displayProblem({}, 'win32', undefined)).toBeUndefined()
    expect(displayProblem({}, 'darwin', 501)).toBeUndefined()
  })
  it('is an Electron only where its file is there', () => {
    const dir = makeTempDir()
    expect(findElectron({ ELECTRON_OVERRIDE_DIST_PATH: dir })).toBeUndefined()
    const name = process.platform === 'win32' ? 'electron.exe' : 'electron'
    writeFileSync(join(dir, name), '')
    expect(findElectron({ ELECTRON_OVERRIDE_DIST_PATH: dir })).toBe(join(dir, name))
  })
})

it('Node is new enough from 22.15 on', () => {
  expect(['20.20.2', '22.14.0', '22.15.0', '24.0.0'].map((version) => isNewEnough(version))).toEqual([
    false,
    false,
    true,
    true,
  ])
})
