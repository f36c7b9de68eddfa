/** Secrets cannot be printed by accident, and are found in any text in the forms that programs give them (faults.md I27). */
import { inspect, format } from 'node:util'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Redactor, Secret } from '../../electron/engine/secret.ts'

const value = 'p@ss/wörd "7" <&+='

describe('a secret', () => {
  it('prints as [redacted], whatever prints it', () => {
    const secret = new Secret(value)
    const printed = [
      String(secret),
      secret.toString(),
      JSON.stringify({ secret }),
      inspect(secret),
      inspect({ deep: [secret] }, { showHidden: true, depth: 9 }),
      format('%s %o %j', secret, secret, secret),
      Object.entries(secret).join(),
    ]
    for (const text of printed) expect(text).not.toContain('wörd')
    expect(secret.reveal()).toBe(value)
  })
})

/** How programs write a value into URLs, headers, logs and pages. */
export const forms: Readonly<Record<string, (value: string) => string>> = {
  'plain': (v) => v,
  'in a URL component': encodeURIComponent,
  'in a URL, lower-case escapes': (v) => encodeURIComponent(v).replace(/%[0-9A-F]{2}/g, (e) => e.toLowerCase()),
  'in a URL path': encodeURI,
  'in a form': (v) => new URLSearchParams({ v }).toString().slice(2),
  'in JSON': (v) => JSON.stringify(v).slice(1, -1),
  'in JSON within JSON': (v) => JSON.stringify(JSON.stringify(v).slice(1, -1)).slice(1, -1),
  'in base64': (v) => Buffer.from(v).toString('base64'),
  'in base64 without padding': (v) => Buffer.from(v).toString('base64').replace(/=+$/, ''),
  'in base64url': (v) => Buffer.from(v).toString('base64url'),
  'in hex': (v) => Buffer.from(v).toString('hex'),
  'in upper-case hex': (v) => Buffer.from(v).toString('hex').toUpperCase(),
  'in HTML': (v) =>
    v.replace(/[&<>"']/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[c] ?? '&#39;'),
}

describe('the redactor', () => {
  for (const [name, write] of Object.entries(forms)) {
    it(`finds a secret ${name}`, () => {
      const redactor = new Redactor()
      redactor.add(new Secret(value))
      expect(redactor.text(`before ${write(value)} after`)).toBe('before [redacted] after')
      expect(redactor.text(`${write(value)}${write(value)}`)).toBe('[redacted][redacted]')
    })
  }

  it('finds a secret within the base64 of a longer text, as in a basic-auth header', () => {
    const secret = 'correct-horse-battery'
    const redactor = new Redactor()
    redactor.add(new Secret(secret))
    for (const user of ['', 'a', 'ab', 'abc', 'admin']) {
      for (const tail of ['', 'x', 'xy', 'xyz']) {
        const clean = redactor.text(Buffer.from(`${user}:${secret}${tail}`).toString('base64'))
        // What is left must not give back a run of the secret's own characters.
        const rest = clean.split('[redacted]').map((part) => Buffer.from(part, 'base64').toString('latin1'))
        expect(clean).toContain('[redacted]')
        for (const part of rest) expect(secret.includes(part.slice(-3)) && part.length > 12).toBe(false)
      }
    }
  })

  it('finds a key of many lines line by line', () => {
    const lines = [
      '-----BEGIN KEY-----',
      'MIIEvQIBADANBgkqhkiG9w0BAQEFAASC',
      'BKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj',
      '-----END KEY-----',
    ]
    const redactor = new Redactor()
    redactor.add(new Secret(`${lines.join('\n')}\n`))
    expect(redactor.text(`line 2: ${lines[1]}`)).toBe('line 2: [redacted]')
    expect(redactor.text('-----BEGIN KEY-----')).toBe('-----BEGIN KEY-----')
    expect(redactor.text(lines.join('\n'))).toBe('[redacted]')
  })

  it('cleans data deeply, keys too, and leaves the rest as it is', () => {
    const redactor = new Redactor()
    const data = { a: [1, true, null, { ['password=hunter22']: 'hunter22' }], b: 'fine' }
    expect(redactor.data(data)).toEqual(data)
    redactor.add(new Secret('hunter22'))
    expect(redactor.data(data)).toEqual({ a: [1, true, null, { 'password=[redacted]': '[redacted]' }], b: 'fine' })
  })

  it('leaves values alone that are too short to be told from ordinary text', () => {
    const redactor = new Redactor()
    redactor.add(new Secret('abc'))
    expect(redactor.text('abcdef')).toBe('abcdef')
  })

  it('hides the longer of two secrets whole, where one lies in the other', () => {
    const redactor = new Redactor()
    redactor.add(new Secret('hunter'))
    redactor.add(new Secret('hunter-and-more'))
    expect(redactor.text('hunter-and-more')).toBe('[redacted]')
  })

  it('I27: leaves no form of any secret in any text', () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 6, maxLength: 40, unit: 'binary' }),
        fc.string(),
        fc.constantFrom(...Object.keys(forms)),
        (secret, around, form) => {
          const redactor = new Redactor()
          redactor.add(new Secret(secret))
          const written = forms[form]!(secret.toWellFormed())
          fc.pre(!around.includes(written) && !'[redacted]'.includes(written))
          expect(redactor.text(`${around}${written}${around}`)).not.toContain(written)
        },
      ),
      { numRuns: 3000 },
    )
  })
})
