/** What is a secret in a configuration file, and how one is replaced: shared by all kinds of file. */

/** Stands for every masked value. */
export const MASK = '***MASKED***'

/** Keys whose values are secrets, whatever they look like. Masking too much is safe: the live file is still there. */
const SECRET_KEY =
  /pass(word|wd)?|pwd|secret|token|api[_-]?key|private[_-]?key|credential|access[_-]?key|auth|dsn|connection[_-]?string/i
/** Words that say how, not what. */
const HARMLESS = /^(true|false|yes|no|on|off|null|none|~)?$/i
/** Shorter values occur by chance all over a file; they are masked at their key only. */
const MIN_SHARED = 6

export function isSecretKey(key: string): boolean {
  return SECRET_KEY.test(key)
}

export function isSecretValue(value: string): boolean {
  return !HARMLESS.test(value.trim()) && value !== MASK
}

/** True where a value is long enough to be looked for elsewhere too. */
export function isShareable(value: string): boolean {
  return value.length >= MIN_SHARED && isSecretValue(value)
}

/** A secret in a text: where it stands, under which key, and what takes its place. */
export interface Secretion {
  readonly start: number
  readonly end: number
  readonly key: string
  readonly value: string
  readonly replacement: string
}

/** `text` with each place replaced; where two overlap, the one that begins first (and then the longer) holds. */
export function replaceAll(text: string, places: readonly Secretion[]): string {
  let result = ''
  let at = 0
  for (const { start, end, replacement } of [...places].sort((a, b) => a.start - b.start || b.end - a.end)) {
    if (start < at) continue
    result += text.slice(at, start) + replacement
    at = end
  }
  return result + text.slice(at)
}

interface Pattern {
  readonly key: string
  /** Its first group, or the named group `value`, is the secret. */
  readonly regex: RegExp
}

/** Secrets that show by their form, wherever they stand. */
const forms: readonly Pattern[] = [
  // scheme://user:PASSWORD@host — lazily up to the first @ that a host follows, since passwords may hold anything.
  {
    key: 'password in a URL',
    regex: /[a-z][a-z0-9+.-]*:\/\/[^\s:/?#@'"]*:(?<value>[^\s'"]+?)@(?=[\w.[\]${}-]+(?::\d+)?(?:[/?#,;\s'"<)]|$))/gi,
  },
  { key: 'authorization', regex: /\b(?:Bearer|Basic)\s+(?<value>[A-Za-z0-9._~+/=-]{8,})/g },
  {
    key: 'private key',
    regex: /-----BEGIN [A-Z ]*PRIVATE KEY-----(?<value>[\s\S]+?)-----END [A-Z ]*PRIVATE KEY-----/g,
  },
  // `Server=a;Password=b`, `--password=b`, `- DB_PASSWORD=b`: an assignment inside a longer text.
  {
    key: 'password',
    regex:
      /[\w-]*(?:pass(?:word|wd)?|pwd|secret|token|api[_-]?key|access[_-]?key|private[_-]?key)[\w-]*=(?<value>[^\s;,"'&<>)=]+)/gi,
  },
]

/** Secrets in `text` that show by their form. */
export function formsIn(text: string): Secretion[] {
  return forms.flatMap(({ key, regex }) => placesOf(text, regex, () => key))
}

/** The named group `value` of every match, as places to mask. */
export function placesOf(
  text: string,
  regex: RegExp,
  keyOf: (match: RegExpMatchArray) => string | undefined,
): Secretion[] {
  const places: Secretion[] = []
  for (const match of text.matchAll(new RegExp(regex.source, [...new Set(`${regex.flags}gd`)].join('')))) {
    const key = keyOf(match)
    const range = match.indices?.groups?.['value']
    const value = match.groups?.['value']
    if (key === undefined || range === undefined || value === undefined || !isSecretValue(value)) continue
    places.push({ start: range[0], end: range[1], key, value, replacement: MASK })
  }
  return places
}

/** Where values known to be secrets elsewhere stand in `text`. */
export function knownIn(text: string, known: ReadonlySet<string>): Secretion[] {
  const places: Secretion[] = []
  for (const value of known)
    for (let start = text.indexOf(value); start !== -1; start = text.indexOf(value, start + value.length))
      places.push({ start, end: start + value.length, key: 'same value', value, replacement: MASK })
  return places
}
