/** Takes a Windows command line apart into words and redirections. */
import type { Program } from './step.ts'

/** Words as the C run-time takes them apart: quotes hold a word together and vanish. Source: Microsoft, "Parsing C command-line arguments". */
export function windowsWords(text: string): string[] {
  const words: string[] = []
  let word: string | undefined
  let isQuoted = false
  for (const char of text) {
    if (char === '"') {
      isQuoted = !isQuoted
      word ??= ''
    } else if (/\s/.test(char) && !isQuoted) {
      if (word !== undefined) words.push(word)
      word = undefined
    } else word = (word ?? '') + char
  }
  return word === undefined ? words : [...words, word]
}

const REDIRECTION = /^(\d?)(>>?|<)(&\d)?/

/** One command of cmd with its redirections taken out of the words. */
export function cmdProgram(text: string): Program {
  let rest = ''
  let output: Program['output']
  let areErrorsDiscarded = false
  let isQuoted = false
  for (let at = 0; at < text.length; at += 1) {
    if (text.charAt(at) === '"') isQuoted = !isQuoted
    const found = isQuoted ? undefined : redirectionAt(text, at)
    if (found === undefined) {
      rest += text.charAt(at)
      continue
    }
    at = found.end - 1
    const isNowhere = /^nul$/i.test(found.to)
    if (found.kind === 'errors') areErrorsDiscarded ||= isNowhere
    else if (found.kind === 'output' && !isNowhere) output = { path: found.to, append: found.append }
  }
  return { argv: windowsWords(rest), output, areErrorsDiscarded }
}

interface Redirection {
  readonly kind: 'output' | 'errors' | 'none'
  readonly to: string
  readonly append: boolean
  readonly end: number
}

function redirectionAt(text: string, at: number): Redirection | undefined {
  // A digit belongs to a redirection only where it stands alone before it.
  if (/\d/.test(text.charAt(at)) && /\S/.test(text.charAt(at - 1))) return undefined
  const found = REDIRECTION.exec(text.slice(at, at + 5))
  if (found === null) return undefined
  const start = at + found[0].length
  if (found[3] !== undefined) return { kind: 'none', to: '', append: false, end: start }
  const { word, end } = wordAt(text, start)
  const kind = found[2] === '<' ? 'none' : found[1] === '2' ? 'errors' : 'output'
  return { kind, to: word, append: found[2] === '>>', end }
}

function wordAt(text: string, from: number): { word: string; end: number } {
  const found = /^\s*("[^"]*"?|[^\s"<>&|]+)+/.exec(text.slice(from, from + 4096))?.[0] ?? ''
  return { word: found.trim().replaceAll('"', ''), end: from + found.length }
}
