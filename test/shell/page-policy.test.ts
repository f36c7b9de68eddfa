/** The decisions that keep a page in its place, on lists of what must not pass. */
import { sep } from 'node:path'
import { describe, expect, it } from 'vitest'
import {
  contentSecurityPolicy,
  filePath,
  isTrustedSender,
  mayOpenOutside,
  mayShow,
} from '../../electron/shell/page-policy.ts'

describe('filePath', () => {
  const root = `${sep}app${sep}out${sep}renderer`
  const at = (url: string, method = 'GET') => filePath(root, { url, method })

  it('maps an address to a file below the root', () => {
    expect(at('app://sitekeep/')).toBe(`${root}${sep}index.html`)
    expect(at('app://sitekeep/assets/a.js?x#y')).toBe(`${root}${sep}assets${sep}a.js`)
  })

  it.each([
    'app://sitekeep/..%2f..%2fetc/passwd',
    'app://sitekeep/%2e%2e%2frenderer-other/x',
    'app://sitekeep/a%5c..%5c..%5cx',
    'app://sitekeep/%00',
    'app://sitekeep/%zz',
    'app://other/index.html',
  ])('refuses %s', (url) => {
    expect(at(url)).toBeUndefined()
  })

  it('stays below the root where the address itself climbs', () => {
    expect(at('app://sitekeep/%2e%2e/%2e%2e/etc/passwd')).toBe(`${root}${sep}etc${sep}passwd`)
  })

  it('refuses everything but reading', () => {
    expect(at('app://sitekeep/', 'POST')).toBeUndefined()
  })
})

describe('U04: isTrustedSender', () => {
  const frame = { url: 'app://sitekeep/index.html#/jobs', parent: null }
  const event = { sender: { id: 7 }, senderFrame: frame }
  const isKnown = (id: number) => id === 7

  it('hears the top frame of our own window on our own page', () => {
    expect(isTrustedSender(event, isKnown)).toBe(true)
  })

  it.each([
    ['another window', { ...event, sender: { id: 8 } }],
    ['a frame inside the page', { ...event, senderFrame: { ...frame, parent: {} } }],
    ['a frame that has gone', { ...event, senderFrame: null }],
    ['another host', { ...event, senderFrame: { ...frame, url: 'app://evil/index.html' } }],
    ['a web page', { ...event, senderFrame: { ...frame, url: 'https://sitekeep/index.html' } }],
    ['a file', { ...event, senderFrame: { ...frame, url: 'file:///srv/index.html' } }],
    ['nothing at all', { ...event, senderFrame: { ...frame, url: '' } }],
  ])('does not hear %s', (_what, sender) => {
    expect(isTrustedSender(sender, isKnown)).toBe(false)
  })
})

describe('U06: mayOpenOutside', () => {
  it("lets through the agent's own loopback page", () => {
    expect(mayOpenOutside('http://127.0.0.1:8710/#code=abc')).toBe(true)
    expect(mayOpenOutside('http://localhost:8710/')).toBe(true)
  })

  it.each([
    'file:///C:/Windows/System32/calc.exe',
    'https://example.com/',
    'http://127.0.0.1.evil.example/',
    'http://127.0.0.1@evil.example/',
    'http://user:secret@127.0.0.1/',
    'ms-msdt:/id PCWDiagnostic',
    'javascript:alert(1)',
    'smb://server/share',
    '\\\\server\\share',
    '',
  ])('does not open %s', (url) => {
    expect(mayOpenOutside(url)).toBe(false)
  })
})

describe('mayShow', () => {
  it('shows absolute local paths only', () => {
    expect(mayShow('/srv/backup', [], 'linux')).toBe(true)
    expect(mayShow('srv/backup', [], 'linux')).toBe(false)
    expect(mayShow('D:\\Backup', [], 'win32')).toBe(true)
    expect(mayShow('Backup', [], 'win32')).toBe(false)
    expect(mayShow('\\Backup', [], 'win32')).toBe(false)
  })

  it('touches a network path only below a place that the agent knows', () => {
    const places = ['\\\\nas\\backup', '\\\\nas\\data\\site']
    expect(mayShow('\\\\NAS\\backup\\erp', places, 'win32')).toBe(true)
    expect(mayShow('\\\\nas\\backup', places, 'win32')).toBe(true)
    for (const path of [
      '\\\\evil\\backup',
      '\\\\nas\\backup2',
      '\\\\nas\\data\\site\\..\\other',
      '//evil/x',
      '\\\\?\\UNC\\evil\\x',
    ])
      expect(mayShow(path, places, 'win32'), path).toBe(false)
  })
})

describe('U05: contentSecurityPolicy', () => {
  it('allows neither inline nor foreign script, and no connection', () => {
    expect(contentSecurityPolicy).toContain("default-src 'none'")
    expect(contentSecurityPolicy).toContain("script-src 'self';")
    expect(contentSecurityPolicy).toContain("connect-src 'none'")
    expect(contentSecurityPolicy).not.toContain('unsafe')
  })
})
